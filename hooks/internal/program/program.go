// Package program is the door by which SFTPGo runs a hook as a program: the request is in the
// environment, the reply goes to stdout in one write, the exit code is 0 for a regular answer and 1
// for a failure. A person who runs a program gets help, and exit code 2 for a wrong command line.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/harden"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/sftpgo"
	"sftpgo-authy/internal/cmdline"
)

// Host is what a program gets from its system.
type Host struct {
	Args   []string // without the program's name
	Env    []string // KEY=VALUE
	Stdin  *os.File // used by keyint alone
	Stdout io.Writer
	Stderr io.Writer
	Now    func() time.Time
	Rand   io.Reader // of what nobody may guess
	// Draw returns a random number, for names that need only be unique. The first read of a secret
	// one takes as long as the rest of a small hook.
	Draw func() uint64
}

// CheckPassword runs the check password hook and returns the exit code.
func CheckPassword(h Host) int {
	r := sftpgo.CheckPasswordFromEnv(h.Env)
	return h.run(gate.Checkpwd, sftpgo.PasswordDenied(),
		func(l *hook.Login, _ config.Config, broken error) sftpgo.Reply {
			if broken != nil {
				return l.Broken(gate.Checkpwd, r.Username, r.IP, r.Protocol, broken)
			}
			return l.CheckPassword(context.Background(), r)
		})
}

// ExternalAuth runs the external authentication hook and returns the exit code.
func ExternalAuth(h Host) int {
	r := sftpgo.ExternalAuthFromEnv(h.Env)
	return h.run(gate.Extauth, sftpgo.AccountDenied(), func(l *hook.Login, _ config.Config, broken error) sftpgo.Reply {
		if broken != nil {
			return l.Broken(gate.Extauth, r.Username, r.IP, r.Protocol, broken)
		}
		return l.ExternalAuth(context.Background(), r)
	})
}

// Keyint runs the keyboard-interactive hook and returns the exit code, which SFTPGo ignores.
func Keyint(h Host) int {
	r := sftpgo.KeyintFromEnv(h.Env)
	return h.run(gate.Keyint, sftpgo.KeyintDenied(), func(l *hook.Login, c config.Config, broken error) sftpgo.Reply {
		if broken != nil {
			return l.Broken(gate.Keyint, r.Username, r.IP, "SSH", broken)
		}
		return h.converse(l, r, c.Keyint.TypingTimeout)
	})
}

// run reads the configuration, calls serve for the reply and writes it. If anything goes wrong, the
// reply is the denial no.
func (h Host) run(
	name gate.Hook, no sftpgo.Reply, serve func(*hook.Login, config.Config, error) sftpgo.Reply,
) (code int) {
	defer func() {
		if recover() != nil {
			cmdline.WriteError(h.Stderr, errors.New("internal: panic"))
			code = h.reply(no.Failed())
		}
	}()
	if err := harden.Process(); err != nil {
		cmdline.WriteError(h.Stderr, fmt.Errorf("hardening: %w", err))
	}
	flags := cmdline.NewFlags()
	path := flags.String(
		"config",
		"",
		"configuration `FILE`, YAML or JSON; default $AUTHY_HOOKS_CONFIG, else "+config.Installed,
	)
	wrongUse := cmdline.ParseFlags(flags, h.Args)
	if wrongUse != nil && !h.startedBySFTPGo() {
		return h.tell(name, flags, wrongUse)
	}
	c, err := config.Load(*path, sftpgo.Env(h.Env).Lookup)
	to, auditErr := audit.Open(c.Audit, name == gate.Keyint, audit.Streams{Err: h.Stderr})
	problem := func(err error) {
		cmdline.WriteError(h.Stderr, err)
		if to.System { // SFTPGo discards keyint's stderr
			fmt.Fprintf(to, "%s: %s", name, strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	if auditErr != nil {
		problem(fmt.Errorf("audit: %w", auditErr))
	}
	host := setup.Host{Now: h.Now, Rand: h.Rand, Draw: h.Draw, Audit: audit.NewLog(to), Problem: problem}
	var login *hook.Login
	if err = errors.Join(wrongUse, err); err == nil {
		kept, closer := setup.Remembered(c, host)
		defer func() {
			if err := closer.Close(); err != nil {
				problem(err)
			}
		}()
		login, err = setup.Program(c, host, newSends(h.temp(), c.APIURL, c.APIKey, h.Now), kept)
	}
	if err != nil {
		login = host.Broken(audit.Program)
	}
	return h.reply(serve(login, c, err))
}

// startedBySFTPGo reports whether the environment holds a login. SFTPGo then waits for an answer,
// and for extauth no answer at all would be a yes: even a wrong command line is answered with the
// denial.
func (h Host) startedBySFTPGo() bool {
	return slices.ContainsFunc(h.Env, func(pair string) bool { return strings.HasPrefix(pair, "SFTPGO_AUTHD_") })
}

// tell answers a person who ran the program by hand: with the help, the version, or what is wrong
// with the command line. It returns the exit code.
func (h Host) tell(name gate.Hook, flags *flag.FlagSet, err error) int {
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(h.Stdout, help, name)
		cmdline.WriteFlags(h.Stdout, flags)
	case errors.Is(err, cmdline.ErrVersion):
		fmt.Fprintln(h.Stdout, cmdline.Version(string(name)))
	default:
		cmdline.WriteError(h.Stderr, err, string(name)+" --help shows the flags")
		return cmdline.Usage
	}
	return cmdline.OK
}

const help = `%s is run by SFTPGo, which hands it a login in the environment. It has the code judged by Authy, by
Twilio Verify or by local TOTP, and answers on the standard output.

It reads its configuration from AUTHY_API_KEY, AUTHY_API_URL, AUTHY_USERS_FILE and other variables,
or from a file; docs/reference.md lists them all.

flags:
`

// temp returns the folder for temporary files.
func (h Host) temp() string {
	if folder, _ := sftpgo.Env(h.Env).Lookup("TMPDIR"); folder != "" {
		return folder
	}
	return "/tmp"
}

// reply writes the reply in one piece and returns the exit code.
func (h Host) reply(r sftpgo.Reply) int {
	if _, err := h.Stdout.Write(r.Body); err != nil || r.Fault {
		return 1
	}
	return 0
}
