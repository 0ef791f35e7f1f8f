package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sftpgo-authy/e2e/internal/target"
)

// revocation are the sentences about taking access away, with sessions that stay open meanwhile.
func (w *scenario) revocation(sc sentences) {
	sc.Given(`^(\w+) is logged in over `+wayNames()+` and stays$`, w.staysIn)
	sc.When(`^the administrator does what step (\d) of production.md says, for (\w+)$`, w.followsStep)
	sc.When(`^the administrator (breaks|deletes|empties) the users file(?:, with (\w+) taken out)?$`, w.ruinsUsersFile)
	sc.When(`^hookd is told to reload, and refuses$`, w.reloadRefused)
	sc.When(`^hookd is told to reload$`, func(ctx context.Context) error { return w.reload(ctx, nil) })
	sc.Then(`^it says "([^"]+)"$`, w.commandSays)
	sc.Then(`^the sessions still work$`, w.sessionsWork)
	sc.Then(`^the sessions are closed$`, w.sessionsClosed)
	sc.Then(`^the audit names old content$`, w.auditNamesOldContent)
}

// staysIn logs somebody in and keeps the session open until the scenario ends.
func (w *scenario) staysIn(ctx context.Context, name, way string) error {
	p := w.person(name)
	_, text := w.wanted(p.hook)
	if err := w.logsIn(ctx, name, way, text); err != nil {
		return err
	}
	if err := w.isIn(); err != nil {
		return err
	}
	w.open, w.attempts[0].session = append(w.open, w.attempts[0]), nil
	return nil
}

func (w *scenario) sessionsWork(ctx context.Context) error {
	var errs []error
	for i, a := range w.open {
		name := fmt.Sprintf("open-%d", i)
		err := a.session.Put(ctx, name, []byte("x"))
		if err == nil {
			_, err = a.session.Get(ctx, name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", a.way.Name, err))
		}
	}
	return errors.Join(errs...)
}

// sessionsClosed wants every session to be of no use any more. SFTPGo closes connections in its own
// time.
func (w *scenario) sessionsClosed(ctx context.Context) error {
	if len(w.open) == 0 {
		return errors.New("nobody is logged in")
	}
	for i, a := range w.open {
		err := eventually(ctx, func() error {
			_, read := a.session.Get(ctx, fmt.Sprintf("open-%d", i))
			if wrote := a.session.Put(ctx, "closed", []byte("x")); read == nil || wrote == nil {
				return fmt.Errorf("%s: a session still works", a.way.Name)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// procedure is the section of production.md whose commands are followed.
const procedure = "## Taking access away"

var shellBlock = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```$")

// followsStep runs the commands of one step of the procedure as they stand in the document, after
// those that every step needs, with the addresses and the password file of this site.
func (w *scenario) followsStep(ctx context.Context, step int, name string) error {
	site, err := w.managed()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join("..", "docs", "production.md"))
	if err != nil {
		return err
	}
	_, section, found := strings.Cut(string(text), "\n"+procedure+"\n")
	if section, _, _ = strings.Cut(section, "\n## "); !found {
		return fmt.Errorf("production.md has no section %q", procedure)
	}
	blocks := shellBlock.FindAllStringSubmatch(section, -1)
	if step >= len(blocks) {
		return fmt.Errorf("production.md has %d blocks of commands in %q, no step %d", len(blocks), procedure, step)
	}
	w.said, err = site.Shell(ctx, "ACCOUNT="+name+"\n"+blocks[0][1]+blocks[step][1])
	return err
}

func (w *scenario) commandSays(want string) error {
	if !strings.Contains(w.said, want) {
		return fmt.Errorf("it says %q", w.said)
	}
	return nil
}

// ruinsUsersFile writes a users file in which bob's line is broken, none, or an empty one.
func (w *scenario) ruinsUsersFile(ctx context.Context, how, without string) error {
	if how == "deletes" {
		site, err := w.own()
		if err != nil {
			return err
		}
		return site.DeleteUsers()
	}
	var text strings.Builder
	for line := range strings.Lines(target.CastUsers()) {
		switch name, _, _ := strings.Cut(line, ":"); {
		case how == "empties", name == without:
		case name == "bob":
			text.WriteString("bob: none\n")
		default:
			text.WriteString(line)
		}
	}
	return w.site.WriteUsers(ctx, text.String())
}

func (w *scenario) reloadRefused(ctx context.Context) error {
	if w.reload(ctx, nil) == nil {
		return errors.New("hookd says that it has reloaded")
	}
	return nil
}

func (w *scenario) auditNamesOldContent(ctx context.Context) error {
	lines, err := w.newAudit(ctx, 1)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if line.Accounts != "stale" {
			return fmt.Errorf("the audit says %+v", line)
		}
	}
	return nil
}
