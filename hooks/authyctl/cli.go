package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/internal/cmdline"
)

// Exit codes.
const (
	exitOK       = cmdline.OK
	exitNo       = cmdline.Failed // it did not work, the code is wrong, or doctor found something
	exitUsage    = cmdline.Usage
	exitUnknowns = 3 // doctor found nothing, and could not look at everything
)

// cli is authyctl with its surroundings.
type cli struct {
	in       io.Reader
	out, err io.Writer
	lookup   func(string) (string, bool) // the environment
	environ  []string                    // the same, NAME=value
	width    int                         // columns of the terminal, 0 where out is none
	now      func() time.Time
	typed    *bufio.Reader // in, once somebody was asked
}

// command is one subcommand. flags adds its own flags and returns what to run with the account.
type command struct {
	name, args, about string
	more              string // what its help adds
	accounts          int    // how many arguments it takes: 0 or 1
	flags             func(*cli, *flag.FlagSet) func(ctx context.Context, account string) error
}

// commands returns all subcommands, in the order of the help.
func commands() []command {
	return []command{
		{"enroll", "[ACCOUNT]", "give an account a second factor, or many accounts with --from", enrollHelp, 1,
			(*cli).enroll},
		{"link", "ACCOUNT", "give an account a user that Authy already has", linkHelp, 1, (*cli).link},
		{"replace", "ACCOUNT", "give an account a new second factor, for a lost phone", replaceHelp, 1, (*cli).replace},
		{"list", "", "show who has which second factor", listHelp, 0, (*cli).list},
		{"status", "ACCOUNT", "show an account's second factor", "", 1, (*cli).status},
		{"remove", "ACCOUNT", "take an account's second factor away", removeHelp, 1, (*cli).remove},
		{"recovery", "ACCOUNT", "make new recovery codes", recoveryHelp, 1, (*cli).recovery},
		{"release", "ACCOUNT", "end the pause after wrong codes of local TOTP", releaseHelp, 1, (*cli).release},
		{"totp", "ACTION", "encrypt the secrets of local TOTP, change their key, check them", totpHelp, 1, (*cli).totp},
		{"migrate", "ACTION", "move people away from Authy, with the phones that they have", migrateHelp, 1,
			(*cli).migrate},
		{"app", "", "show which Authy app or Verify service the secrets are for", "", 0, (*cli).app},
		{"qr", "ACCOUNT", "show the secret as a QR code, for an authenticator app", qrHelp, 1, (*cli).qr},
		{"verify", "ACCOUNT", "read a code and have Authy or Twilio Verify check it", verifyHelp, 1, (*cli).verify},
		{"sms", "ACCOUNT", "send the account's user at Authy a code", "", 1, (*cli).sms},
		{"doctor", "", "find the ways round the second factor, and the settings that close them", doctorHelp, 0,
			(*cli).doctor},
	}
}

// silent is an error whose text was printed already.
type silent struct{ code int }

func (s silent) Error() string { return fmt.Sprintf("exit %d", s.code) }

// main runs one subcommand and returns the exit code.
func (c *cli) main(ctx context.Context, args []string) int {
	if len(args) == 0 {
		return c.wrongUse(errors.New("no command"), "authyctl --help")
	}
	name := args[0]
	switch strings.TrimLeft(name, "-") {
	case "h", "help":
		c.usage(c.out)
		return exitOK
	case "version":
		fmt.Fprintln(c.out, cmdline.Version("authyctl"))
		return exitOK
	}
	for _, cmd := range commands() {
		if cmd.name == name {
			return c.run(ctx, cmd, args[1:])
		}
	}
	if strings.HasPrefix(name, "-") {
		return c.wrongUse(fmt.Errorf("%s: flags go after the command", name), "authyctl --help")
	}
	return c.wrongUse(fmt.Errorf("unknown command %q", name), "authyctl --help")
}

// wrongUse reports a wrong command line and names the help that shows the right ones.
func (c *cli) wrongUse(err error, help string) int {
	cmdline.WriteError(c.err, err, help+" shows the usage")
	return exitUsage
}

// run parses the arguments of a subcommand, flags before and after the account, and runs it.
func (c *cli) run(ctx context.Context, cmd command, args []string) int {
	set := cmdline.NewFlags()
	action := cmd.flags(c, set)
	names, err := cmdline.Parse(set, args)
	account := strings.Join(names, "")
	switch {
	case errors.Is(err, flag.ErrHelp):
		c.help(cmd, set)
		return exitOK
	case errors.Is(err, cmdline.ErrVersion):
		return c.main(ctx, []string{"--version"})
	case err == nil && len(names) == 0 && strings.HasPrefix(cmd.args, "["): // may be left out
	case err == nil && len(names) != cmd.accounts:
		want := "one " + strings.ToLower(strings.Trim(cmd.args, "[]"))
		if cmd.accounts == 0 {
			want = "no account"
		}
		err = fmt.Errorf("want %s, got %d", want, len(names))
	case err == nil && cmd.accounts == 1 && account == "":
		err = fmt.Errorf("%s: is empty", cmd.args)
	}
	if err != nil {
		return c.wrongUse(err, "authyctl "+cmd.name+" --help")
	}
	for _, unknown := range config.UnknownVariables(c.environ) {
		fmt.Fprintf(c.err, "warning: %v\n", unknown)
	}
	err = action(ctx, account)
	var told silent
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &told):
		return told.code
	}
	cmdline.WriteError(c.err, err)
	return exitNo
}

func (c *cli) usage(w io.Writer) {
	fmt.Fprint(w, `authyctl manages the second factor of SFTPGo accounts.

usage: authyctl COMMAND [ACCOUNT] [flags]

`)
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  %-16s %s\n", strings.TrimSpace(cmd.name+" "+cmd.args), cmd.about)
	}
	fmt.Fprint(w, `
It reads the configuration of the hooks: --config FILE or AUTHY_HOOKS_CONFIG, and the AUTHY_
variables, which count more. Without any of them it reads /etc/sftpgo-authy/hookd.yaml.

authyctl COMMAND --help shows the flags of a command, authyctl --version the version.
`)
}

func (c *cli) help(cmd command, set *flag.FlagSet) {
	fmt.Fprintf(c.out, "authyctl %s: %s\n\nusage: authyctl %s [flags]\n%s\nflags:\n", cmd.name, cmd.about,
		strings.TrimSpace(cmd.name+" "+cmd.args), cmd.more)
	cmdline.WriteFlags(c.out, set)
}
