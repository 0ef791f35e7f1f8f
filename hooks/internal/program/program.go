// Package program is the door by which SFTPGo runs a hook as a program: the request is in the
// environment, the reply goes to stdout in one write, the exit code is 0 for a regular answer and 1
// for a failure.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/harden"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// Host is what a program gets from its system.
type Host struct {
	Args   []string // without the program's name
	Env    []string // KEY=VALUE
	Stdin  *os.File // used by keyint alone
	Stdout io.Writer
	Stderr io.Writer
	Now    func() time.Time
	Rand   io.Reader
}

// CheckPassword runs the check password hook and gives the exit code.
func CheckPassword(h Host) int {
	r := sftpgo.CheckPasswordFromEnv(h.Env)
	return h.run(gate.Checkpwd, sftpgo.PasswordDenied(), func(l *hook.Login, _ config.Config, broken error) sftpgo.Reply {
		if broken != nil {
			return l.Broken(gate.Checkpwd, r.Username, r.IP, r.Protocol, broken)
		}
		return l.CheckPassword(context.Background(), r)
	})
}

// ExternalAuth runs the external authentication hook and gives the exit code.
func ExternalAuth(h Host) int {
	r := sftpgo.ExternalAuthFromEnv(h.Env)
	return h.run(gate.Extauth, sftpgo.AccountDenied(), func(l *hook.Login, _ config.Config, broken error) sftpgo.Reply {
		if broken != nil {
			return l.Broken(gate.Extauth, r.Username, r.IP, r.Protocol, broken)
		}
		return l.ExternalAuth(context.Background(), r)
	})
}

// Keyint runs the keyboard-interactive hook and gives the exit code, which SFTPGo does not look at.
func Keyint(h Host) int {
	r := sftpgo.KeyintFromEnv(h.Env)
	return h.run(gate.Keyint, sftpgo.KeyintDenied(), func(l *hook.Login, c config.Config, broken error) sftpgo.Reply {
		if broken != nil {
			return l.Broken(gate.Keyint, r.Username, r.IP, "SSH", broken)
		}
		return h.converse(l, r, c.Keyint.TypingTimeout)
	})
}

// run reads the configuration, has serve make the reply and writes it. Whatever goes wrong ends in
// the denial no.
func (h Host) run(name gate.Hook, no sftpgo.Reply, serve func(*hook.Login, config.Config, error) sftpgo.Reply) (code int) {
	defer func() {
		if recover() != nil {
			fmt.Fprintf(h.Stderr, "%s: internal: panic\n", name)
			code = h.reply(no.Failed())
		}
	}()
	if err := harden.Process(); err != nil {
		fmt.Fprintf(h.Stderr, "%s: hardening: %v\n", name, err)
	}
	flags := flag.NewFlagSet(string(name), flag.ContinueOnError)
	flags.SetOutput(h.Stderr)
	flags.Usage = func() {
		fmt.Fprintf(h.Stderr, "%s is run by SFTPGo, which hands it a login in the environment, and asks Authy about the code. What it needs to know\n"+
			"stands in AUTHY_API_KEY, AUTHY_API_URL and AUTHY_USERS_FILE, or in a file; README.md has the whole list.\n\nflags:\n", name)
		flags.PrintDefaults()
	}
	path := flags.String("config", "", "configuration `file`, YAML or JSON (default $AUTHY_HOOKS_CONFIG)")
	flagErr := flags.Parse(h.Args)
	if errors.Is(flagErr, flag.ErrHelp) {
		return 2
	}
	if flagErr == nil && flags.NArg() > 0 {
		flagErr = fmt.Errorf("argument %q; want flags only", flags.Arg(0))
	}
	c, err := config.Load(*path, sftpgo.Env(h.Env).Lookup)
	to, auditErr := audit.Open(c.Audit, name == gate.Keyint, audit.Streams{Err: h.Stderr})
	problem := func(err error) {
		lines := strings.Split(err.Error(), "\n")
		for _, line := range lines {
			fmt.Fprintf(h.Stderr, "%s: %s\n", name, line)
		}
		if to.System { // SFTPGo throws keyint's stderr away
			fmt.Fprintf(to, "%s: %s", name, strings.Join(lines, "; "))
		}
	}
	if auditErr != nil {
		problem(fmt.Errorf("audit: %w", auditErr))
	}
	host := setup.Host{Now: h.Now, Rand: h.Rand, Audit: audit.NewLog(to), Problem: problem}
	var login *hook.Login
	if err = errors.Join(flagErr, err); err == nil {
		login, err = setup.Program(c, host, newSends(h.temp(), c.APIURL, c.APIKey, h.Now))
	}
	if err != nil {
		login = host.Broken(audit.Program)
	}
	return h.reply(serve(login, c, err))
}

// temp returns the folder for what need not last.
func (h Host) temp() string {
	if folder, _ := sftpgo.Env(h.Env).Lookup("TMPDIR"); folder != "" {
		return folder
	}
	return "/tmp"
}

// reply writes the reply whole and gives the exit code.
func (h Host) reply(r sftpgo.Reply) int {
	if _, err := h.Stdout.Write(r.Body); err != nil || r.Fault {
		return 1
	}
	return 0
}
