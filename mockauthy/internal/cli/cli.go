// Package cli is the command line of mockauthy: flags, variables and files become a running server.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sftpgo-authy/internal/cmdline"
	"sftpgo-authy/mockauthy/internal/world"
)

// System is what a command may use of the system.
type System struct {
	Out, Err io.Writer
	Env      []string // NAME=value
	Terminal bool     // a person reads Err
	Now      func() time.Time
	// Memory bounds this process's memory to that many bytes, as far as the runtime can, and
	// returns how the worlds know that they hold as much as they may. May be nil: no bound.
	Memory func(limit int64) world.Memory
}

// OS is the real system.
func OS() System {
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return System{Out: os.Stdout, Err: os.Stderr, Env: os.Environ(), Terminal: terminal, Now: time.Now,
		Memory: BoundMemory}
}

// usageError is a mistake in flags, variables or files. It ends with exit code 2, and every other
// error with 1.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Main runs one command line until it is done or ctx ends, and returns the exit code. It touches
// nothing but sys.
func Main(ctx context.Context, args []string, sys System) int {
	root := rootCommand(sys)
	root.SetArgs(args)
	root.SetOut(sys.Out)
	root.SetErr(sys.Err)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return cmdline.OK
	}
	var usage usageError
	if errors.As(err, &usage) {
		cmdline.WriteError(sys.Err, err, cmd.CommandPath()+" --help shows what there is")
		return cmdline.Usage
	}
	cmdline.WriteError(sys.Err, err)
	return cmdline.Failed
}

func rootCommand(sys System) *cobra.Command {
	root := serveCommand(sys, "mockauthy")
	root.Long = "mockauthy is a stand-in for Twilio's Authy API and Verify, for tests. Without a command it serves."
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = true
	root.Version = cmdline.Version("mockauthy")
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(
		serveCommand(sys, "serve"),
		healthCommand(sys),
		userCommand(sys),
		codeCommand(sys),
		factorCommand(
			sys,
		),
		faultCommand(sys),
		clockCommand(sys),
		journalCommand(sys),
		outboxCommand(sys),
		pushCommand(sys),
		suspendCommand(sys),
		stateCommand(sys),
		appCommand(sys),
		settingsCommand(sys),
		resetCommand(sys),
		tailCommand(sys),
		envCommand(sys),
	)
	return root
}

// noArguments refuses arguments. A command that has commands of its own names the one it does not
// know.
func noArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasAvailableSubCommands():
		return usageError{fmt.Errorf("unknown command %q", args[0])}
	}
	return usageError{fmt.Errorf("argument %q is not understood; want %s", args[0], cmd.UseLine())}
}

// oneArgument wants the one argument that the command's usage names.
func oneArgument(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("%d arguments; want %s", len(args), cmd.UseLine())}
	}
	return nil
}

func serveCommand(sys System, use string) *cobra.Command {
	given := map[string][]string{}
	cmd := &cobra.Command{
		Use: use, Short: "Serve the mock", Args: noArguments, SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, start, err := prepare(given, sys.Env)
			if err != nil {
				return usageError{err}
			}
			return serve(cmd.Context(), config, start, sys)
		},
	}
	defineFlags(cmd.Flags(), given)
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		// Report everything else that is wrong, too.
		_, _, more := prepare(given, sys.Env)
		return usageError{errors.Join(err, more)}
	})
	return cmd
}

// defineFlags makes the flags of the table. What they are given is collected in given as text and
// checked by load, with that of the other sources.
func defineFlags(flags *pflag.FlagSet, given map[string][]string) {
	flags.SortFlags = false
	flags.Var(&raw{name: "config", value: "FILE", given: given}, "config",
		"YAML or JSON file whose keys are these names ($MOCKAUTHY_CONFIG)")
	for _, s := range settings() {
		help := s.help + " ($" + s.env() + ")"
		if s.many {
			help += "; repeatable"
		}
		flags.Var(&raw{name: s.name, value: s.value, fallback: s.fallback, given: given}, s.name, help)
		if s.value == "" {
			flags.Lookup(s.name).NoOptDefVal = "true"
		}
	}
}

// raw collects the texts given to one flag.
type raw struct {
	name, value, fallback string
	given                 map[string][]string
}

func (r *raw) String() string { return r.fallback }

func (r *raw) Type() string {
	if r.value == "" {
		return "bool" // pflag prints no value name for it
	}
	return r.value
}

func (r *raw) Set(v string) error {
	r.given[r.name] = append(r.given[r.name], v)
	return nil
}
