package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/migrate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/safefile"
	"sftpgo-authy/hooks/internal/setup/lasting"
)

// mover is what the actions work with.
type mover struct {
	migrate.Mover
	migration
	tools
	there map[string]migrate.Destination // by the names of their providers
}

// mover makes the destinations that the configuration has.
func (c *cli) mover(t tools, m migration) (v *mover, done func(), err error) {
	switch {
	case t.authy == nil:
		return nil, nil, errNoAuthy
	case !slices.Contains(t.config.AccountSources, config.SourceFile):
		return nil, nil, errors.New("account_sources has no file, and migrate moves lines of the users file alone")
	}
	if slices.Contains(t.config.AccountSources, config.SourceAdditionalInfo) {
		fmt.Fprintln(c.err, "ids in additional_info of SFTPGo are not looked at: only lines of the users file move")
	}
	v = &mover{migration: m, tools: t, there: map[string]migrate.Destination{}}
	v.Mover = migrate.Mover{
		Authy: t.authy, UsersFile: t.config.UsersFile, People: t.people, AppToo: m.app, Pace: c.pace(m.rate),
	}
	v.Now, done = c.now, func() {}
	if t.config.Lasts() {
		kept, closer, err := lasting.Memory(t.config, c.host())
		if err != nil {
			return nil, nil, err
		}
		v.Carry, done = kept.Carry, func() { _ = closer.Close() }
	}
	users := func() (map[string]provider.Person, error) {
		list, err := readUsers(t.config.UsersFile, t.people)
		return list.Values, err
	}
	if t.config.Verify.Enabled() {
		v.there[verify.Name] = migrate.Verify{Client: t.verify, Users: users}
	}
	if t.config.TOTP.Enabled() {
		l := migrate.Local{Users: users}
		desk, closeDesk, err := c.desk(t, "")
		closeMemory := done
		if err != nil {
			closeMemory()
			return nil, nil, err
		}
		l.Desk = desk
		done = func() { closeDesk(); closeMemory() }
		v.there[totp.Name] = l
	}
	return v, done, nil
}

// pace returns what waits between two people, so that there are no more than so many a second.
func (c *cli) pace(rate int) func(context.Context) error {
	first := true
	return func(ctx context.Context) error {
		if first {
			first = false
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second / time.Duration(rate)):
			return nil
		}
	}
}

// wanted says whether a person is one whom the flags mean.
func (v *mover) wanted(p migrate.Person) bool {
	return len(v.accounts) == 0 || slices.ContainsFunc(p.Accounts, func(name string) bool {
		return slices.Contains(v.accounts, name)
	})
}

// atAuthy returns those whom the flags mean and who are at Authy. A users file with a broken line
// is refused: nobody can say whose it is.
func (v *mover) atAuthy() ([]migrate.Person, error) {
	list, err := readUsers(v.config.UsersFile, v.people)
	people := migrate.People(list.Values)
	return slices.DeleteFunc(people, func(p migrate.Person) bool { return !v.wanted(p) }), err
}

// moved returns those whom the flags mean and who were moved.
func (v *mover) moved() ([]migrate.Moved, error) {
	moved, err := migrate.ReadMoved(v.config.UsersFile, v.people)
	return slices.DeleteFunc(moved, func(p migrate.Moved) bool { return !v.wanted(p.Person) }), err
}

// destination returns where --to says.
func (v *mover) destination() (migrate.Destination, error) {
	if dest := v.there[v.to]; dest != nil {
		return dest, nil
	}
	known := slices.Sorted(maps.Keys(v.there))
	known = append(known, toLoaddata)
	return nil, fmt.Errorf("--to %q: want %s, as the configuration has it", v.to, strings.Join(known, " or "))
}

// lock keeps two migrations of one users file apart: one would take away what the other has just
// made.
func (v *mover) lock() (unlock func(), err error) {
	return safefile.Lock(v.config.UsersFile+".migration.lock", false)
}

// keepOld keeps the users file as it was before the first run.
func (v *mover) keepOld() error {
	const limit = 64 << 20
	text, err := safefile.Read(v.config.UsersFile, safefile.Public, limit)
	if err != nil {
		return err
	}
	path := v.config.UsersFile + ".before-migration"
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	err = safefile.Edit(path, safefile.Public, limit, 0o644, func(string) (string, error) { return string(text), nil })
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return err
}

// keeper returns what keeps the secrets of --save-sealed; nil where nobody wants that.
func (v *mover) keeper() (func(migrate.Person, totp.Secret) error, error) {
	if v.sealed == "" {
		return nil, nil
	}
	files, err := openTOTP(v.config)
	if err == nil && !files.keys.Any() {
		err = errors.New("--save-sealed: totp.key_file is not set, so nothing can be sealed")
	}
	if err != nil {
		return nil, err
	}
	secrets := files.secrets()
	secrets.Path = v.sealed
	return func(p migrate.Person, s totp.Secret) error {
		return secrets.Put(v.config.TOTP.Issuer, totp.Entry{Account: p.Accounts[0], Secret: s})
	}, nil
}
