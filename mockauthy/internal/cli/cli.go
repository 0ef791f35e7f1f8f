// Package cli is the command line of mockauthy: flags, variables and files become a running server.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sftpgo-authy/mockauthy/internal/world"
)

// System is what a command may touch of the world outside.
type System struct {
	Out, Err io.Writer
	Env      []string // NAME=value
	Terminal bool     // a person reads Err
	Now      func() time.Time
	// Memory bounds this process's memory to that many bytes, as far as the runtime can, and returns
	// how the worlds know that they hold as much as they may. May be nil: no bound.
	Memory func(limit int64) world.Memory
}

// OS is the real system.
func OS() System {
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return System{Out: os.Stdout, Err: os.Stderr, Env: os.Environ(), Terminal: terminal, Now: time.Now, Memory: boundMemory}
}

// Exit codes. A mistake in flags or files is told apart from a server that failed.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError is a mistake of the person at the keyboard.
type usageError struct{ error }

// Main runs one command line until it is done or ctx ends, and gives the exit code. It touches
// nothing but sys.
func Main(ctx context.Context, args []string, sys System) int {
	root := rootCommand(sys)
	root.SetArgs(args)
	root.SetOut(sys.Out)
	root.SetErr(sys.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(sys.Err, "error: "+line)
	}
	var usage usageError
	if errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command") {
		fmt.Fprintln(sys.Err, "hint: mockauthy --help lists flags, variables and defaults")
		return exitUsage
	}
	return exitFailed
}

func rootCommand(sys System) *cobra.Command {
	root := serveCommand(sys, "mockauthy")
	root.Long = "mockauthy is a stand-in for Twilio's Authy API, for tests. Without a command it serves."
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(serveCommand(sys, "serve"), healthCommand(sys), userCommand(sys), codeCommand(sys), faultCommand(sys), tailCommand(sys), envCommand(sys))
	return root
}

func serveCommand(sys System, use string) *cobra.Command {
	given := map[string][]string{}
	cmd := &cobra.Command{
		Use: use, Short: "Serve the mock", Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true,
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
		// What else is wrong is told in the same breath.
		_, _, more := prepare(given, sys.Env)
		return usageError{errors.Join(err, more)}
	})
	return cmd
}

// defineFlags makes the flags of the table. What they are given is collected in given as text and
// checked by load, with that of the other sources.
func defineFlags(flags *pflag.FlagSet, given map[string][]string) {
	flags.SortFlags = false
	flags.Var(&raw{name: "config", value: "FILE", given: given}, "config", "YAML or JSON file whose keys are these names ($MOCKAUTHY_CONFIG)")
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
