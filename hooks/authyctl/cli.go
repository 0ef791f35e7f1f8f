package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// Exit codes.
const (
	exitOK       = 0
	exitNo       = 1 // it did not work, the code is wrong, or doctor found something
	exitUsage    = 2
	exitUnknowns = 3 // doctor found nothing, and could not look at everything
)

// cli is authyctl with its surroundings.
type cli struct {
	in       io.Reader
	out, err io.Writer
	lookup   func(string) (string, bool) // the environment
	now      func() time.Time
}

// command is one subcommand. flags adds its own flags and gives what to run with the arguments that
// are left.
type command struct {
	name, args, about string
	more              string // of its help
	accounts          int    // how many account names it takes
	flags             func(*cli, *flag.FlagSet) func(ctx context.Context, account string) error
}

// commands returns all subcommands, in the order of the help.
func commands() []command {
	return []command{
		{"app", "", "ask Authy whose the API key is", "", 0, (*cli).app},
		{"enroll", "ACCOUNT", "make an account's user at Authy and save the id", enrollHelp, 1, (*cli).enroll},
		{"qr", "ACCOUNT", "get a picture of the secret for another authenticator app", qrHelp, 1, (*cli).qr},
		{"status", "ACCOUNT", "show the account's user at Authy", "", 1, (*cli).status},
		{"verify", "ACCOUNT", "ask for a code and try it", verifyHelp, 1, (*cli).verify},
		{"sms", "ACCOUNT", "have a code sent", "", 1, (*cli).sms},
		{"remove", "ACCOUNT", "forget the account's id and remove its user at Authy", removeHelp, 1, (*cli).remove},
		{"doctor", "", "name the ways round the second factor, and the lines that shut them", doctorHelp, 0, (*cli).doctor},
	}
}

// silent is an error that was told already.
type silent struct{ code int }

func (s silent) Error() string { return fmt.Sprintf("exit %d", s.code) }

// main runs one subcommand and gives the exit code.
func (c *cli) main(ctx context.Context, args []string) int {
	if len(args) == 0 {
		c.usage(c.err)
		return exitUsage
	}
	name := args[0]
	switch strings.TrimLeft(name, "-") {
	case "h", "help":
		c.usage(c.out)
		return exitOK
	}
	for _, cmd := range commands() {
		if cmd.name == name {
			return c.run(ctx, cmd, args[1:])
		}
	}
	fmt.Fprintf(c.err, "error: unknown command %q\nhint: authyctl help lists the commands\n", name)
	return exitUsage
}

// run parses the arguments of a subcommand, flags before and after the account, and runs it.
func (c *cli) run(ctx context.Context, cmd command, args []string) int {
	set := flag.NewFlagSet("authyctl "+cmd.name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	action := cmd.flags(c, set)
	names, err := parse(set, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		c.help(cmd, set)
		return exitOK
	case err == nil && len(names) != cmd.accounts:
		err = fmt.Errorf("want %s, got %d", [...]string{"no account", "one account"}[cmd.accounts], len(names))
	}
	if err != nil {
		fmt.Fprintf(c.err, "error: %v\nhint: authyctl %s -help\n", err, cmd.name)
		return exitUsage
	}
	account := strings.Join(names, "")
	err = action(ctx, account)
	var told silent
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &told):
		return told.code
	}
	fmt.Fprintf(c.err, "error: %v\n", err)
	return exitNo
}

// parse reads flags wherever they stand and gives the other arguments.
func parse(set *flag.FlagSet, args []string) ([]string, error) {
	var names []string
	for {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		if set.NArg() == 0 {
			return names, nil
		}
		names, args = append(names, set.Arg(0)), set.Args()[1:]
	}
}

func (c *cli) usage(w io.Writer) {
	fmt.Fprint(w, `authyctl looks after the second factor of SFTPGo accounts.

usage: authyctl COMMAND [ACCOUNT] [flags]

`)
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  %-16s %s\n", strings.TrimSpace(cmd.name+" "+cmd.args), cmd.about)
	}
	fmt.Fprint(w, `
It reads the configuration of the hooks: -config FILE or AUTHY_HOOKS_CONFIG, and the AUTHY_ variables over it. Where
nothing is named, /etc/sftpgo-authy/hookd.yaml counts.
authyctl COMMAND -help shows the flags of a command.
`)
}

func (c *cli) help(cmd command, set *flag.FlagSet) {
	fmt.Fprintf(c.out, "authyctl %s: %s\n\nusage: authyctl %s [flags]\n%s\nflags:\n", cmd.name, cmd.about,
		strings.TrimSpace(cmd.name+" "+cmd.args), cmd.more)
	set.SetOutput(c.out)
	set.PrintDefaults()
}
