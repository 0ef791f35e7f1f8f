package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strings"

	"github.com/mdp/qrterminal/v3"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/enroll"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/setup/lasting"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// tries is how often somebody who enrols may type a code.
const tries = 3

// desk returns what enrols people for local TOTP, which saves references at place. Close it when
// done.
func (c *cli) desk(t tools, place string) (d enroll.Desk, close func(), err error) {
	files, err := openTOTP(t.config)
	if err != nil {
		return d, nil, err
	}
	memory, closer, err := lasting.Memory(t.config, setup.Host{Now: c.now, Rand: rand.Reader, Draw: mathrand.Uint64})
	if err != nil {
		return d, nil, err
	}
	return enroll.Desk{
		Secrets: files.secrets(), Params: t.config.TOTP.Params(), Issuer: t.config.TOTP.Issuer,
		People: t.people, Memory: memory, Random: rand.Reader, Now: c.now,
		Map: func(ctx context.Context, list ...accounts.Line) error { return t.mapAll(ctx, place, list, c) },
	}, func() { _ = closer.Close() }, nil
}

// openTOTP returns the files of local TOTP that a configuration names, with the keys read.
func openTOTP(cfg config.Config) (files totpFiles, err error) {
	files.TOTP = cfg.TOTP
	if !files.Enabled() {
		return files, errors.New(
			"totp.secrets_file: is not set, so there is no local TOTP; docs/totp.md says how to set it up")
	}
	files.keys, err = readKeys(files.TOTP)
	return files, err
}

// mapAll saves references.
func (t tools) mapAll(ctx context.Context, place string, list []accounts.Line, c *cli) error {
	if place == config.SourceFile {
		for i := range list {
			list[i] = enroll.Dated(list[i], c.now())
		}
		return accounts.AddToFile(t.config.UsersFile, t.people, list...)
	}
	for _, line := range list {
		if err := t.save(ctx, place, line.Name, line.Reference); err != nil {
			return err
		}
	}
	return nil
}

// exists asks SFTPGo whether it has an account, unless that is not wanted.
func (t tools) exists(ctx context.Context, account string, force bool) error {
	if force {
		return nil
	}
	if t.sftpgo == nil {
		return errors.New(
			"SFTPGo cannot be asked whether it has the account; set --sftpgo-url, and --sftpgo-api-key-file " +
				"or --sftpgo-admin, or take --force",
		)
	}
	_, err := t.sftpgo.User(ctx, account)
	return err
}

// enrollTOTP enrols one account for local TOTP.
func (c *cli) enrollTOTP(ctx context.Context, t tools, e enrollment, account string) error {
	place, err := t.place(e.place)
	if err != nil {
		return err
	}
	if err := t.exists(ctx, account, e.force); err != nil {
		return err
	}
	if e.force && place == config.SourceFile {
		t.sftpgo = nil // whether it has the account is not asked
	}
	if err := t.free(ctx, account, place); err != nil {
		return err
	}
	d, done, err := c.desk(t, place)
	if err != nil {
		return err
	}
	defer done()
	return c.hand(ctx, d, account, d.Save)
}

// hand makes a factor, shows it, and has save make it count once a right code of it was typed.
func (c *cli) hand(
	ctx context.Context,
	d enroll.Desk,
	account string,
	save func(context.Context, enroll.Factor, otp.Code) error,
) error {
	f, err := d.New(account)
	if err != nil {
		return err
	}
	c.draw(d.URL(f))
	fmt.Fprintf(c.out, "Whoever has it has the second factor of %q. Nothing counts before a right code.\n", account)
	if err := c.confirmCode(ctx, f, save); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "account %q logs in with codes of this app now; the code just typed is used up\n", account)
	if len(f.Recovery) == 0 {
		fmt.Fprintln(c.out, "there are no recovery codes: totp.key_file is not set")
		return nil
	}
	fmt.Fprintf(c.out, "\nRecovery codes, each works once. They are not shown again:\n\n")
	for pair := range slices.Chunk(f.Recovery, 2) {
		fmt.Fprintf(c.out, "  %s\n", strings.Join(pair, "  "))
	}
	return nil
}

// draw shows an address as a QR code, and in letters.
func (c *cli) draw(address string) {
	fmt.Fprintf(c.out, "Scan this with an authenticator app, or open the address below on the phone:\n\n")
	qrterminal.GenerateHalfBlock(address, qrterminal.L, c.out)
	fmt.Fprintf(c.out, "\n%s\n\n", address)
}

// confirmCode asks for a code of the factor until one is right.
func (c *cli) confirmCode(
	ctx context.Context,
	f enroll.Factor,
	save func(context.Context, enroll.Factor, otp.Code) error,
) error {
	for try := 1; ; try++ {
		line, err := c.line("code: ")
		if err != nil {
			return fmt.Errorf("%w; nothing was changed", err)
		}
		code, err := otp.ParseTypedCode(line)
		if err == nil {
			err = save(ctx, f, code)
			if !errors.Is(err, enroll.ErrCode) {
				return err
			}
		}
		if try == tries {
			return fmt.Errorf("%w; nothing was changed", err)
		}
		fmt.Fprintln(c.err, err)
	}
}

// enrollMany enrols the accounts of a file for local TOTP.
func (c *cli) enrollMany(ctx context.Context, t tools, e enrollment) error {
	if e.from == "" || e.out == "" {
		return errors.New("--from and --out belong together: the accounts, and where what each needs is written")
	}
	place, err := t.place(e.place)
	if err != nil {
		return err
	}
	names, err := readPeople(e.from)
	if err != nil {
		return fmt.Errorf("--from %s: %w", e.from, err)
	}
	names, there, check, err := t.toEnroll(ctx, names, e.force)
	if err != nil {
		return err
	}
	d, done, err := c.desk(t, place)
	if err != nil {
		return err
	}
	defer done()
	h, err := enroll.OpenHandout(e.out, d.Params)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	defer h.Close()
	failed, err := d.Many(ctx, names, h, check, c.progress(len(names)))
	if err != nil {
		return fmt.Errorf("%w; repeat the command to go on", err)
	}
	for _, f := range failed {
		fmt.Fprintf(c.err, "%q is not enrolled: %v\n", f.Account, f.Err)
	}
	fmt.Fprintf(
		c.out,
		"enrolled %d, had a second factor before %d, failed %d\n",
		len(names)-len(failed),
		there,
		len(failed),
	)
	fmt.Fprintf(
		c.out,
		"%s has secrets and recovery codes: hand on to each person what is theirs, then delete it\n",
		e.out,
	)
	if len(failed) > 0 {
		return silent{exitNo}
	}
	return nil
}

func readPeople(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return enroll.ReadPeople(f)
}

// toEnroll returns those of the accounts that have no second factor yet, how many others there are,
// and what says whether one of them may be enrolled. It asks SFTPGo once for all.
func (t tools) toEnroll(
	ctx context.Context,
	names []string,
	force bool,
) (left []string, there int, check func(string) error, err error) {
	if !force && t.sftpgo == nil {
		return nil, 0, nil, t.exists(ctx, "", false)
	}
	docs := map[string]sftpgoapi.Document{}
	if t.sftpgo != nil && !force {
		list, err := t.sftpgo.Users(ctx)
		if err != nil {
			return nil, 0, nil, err
		}
		for _, doc := range list {
			docs[doc.Text("username")] = doc
		}
	}
	mapped, err := t.mapped(docs)
	if err != nil {
		return nil, 0, nil, err
	}
	left = slices.DeleteFunc(names, func(name string) bool { return mapped[name] })
	return left, len(names) - len(left), func(account string) error {
		if _, has := docs[account]; !has && !force {
			return errors.New("SFTPGo has no such account")
		}
		return nil
	}, nil
}

// mapped returns which accounts have a second factor by a source.
func (t tools) mapped(docs map[string]sftpgoapi.Document) (map[string]bool, error) {
	mapped := map[string]bool{}
	for _, source := range t.config.AccountSources {
		if source == config.SourceFile {
			list, err := readUsers(t.config.UsersFile, t.people)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
			for name := range list.Values {
				mapped[name] = true
			}
			continue
		}
		for name, doc := range docs {
			person, err := t.personIn(source, doc, name)
			if err != nil {
				return nil, err
			}
			mapped[name] = mapped[name] || person != nil
		}
	}
	return mapped, nil
}

// progress returns what shows how far a long command is, on a terminal.
func (c *cli) progress(all int) func(int) {
	if f, ok := c.err.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int) {}
	}
	bar := progressbar.NewOptions(
		all,
		progressbar.OptionSetWriter(c.err),
		progressbar.OptionShowCount(),
		progressbar.OptionSetDescription("enrolled"),
		progressbar.OptionOnCompletion(func() { _, _ = io.WriteString(c.err, "\n") }),
	)
	return func(n int) { _ = bar.Add(n) }
}
