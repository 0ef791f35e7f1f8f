package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sftpgo-authy/mockauthy/mockapi"
)

// duration defines a flag whose value is a duration such as 90s.
func duration(flags *pflag.FlagSet, into *mockapi.Duration, name, usage string) {
	flags.DurationVar((*time.Duration)(into), name, 0, usage)
}

// clockCommand turns the clock as its flags say, and prints the time.
func clockCommand(sys System) *cobra.Command {
	var change mockapi.ClockChange
	var set string
	var skew mockapi.Duration
	var freeze, run, all bool
	var cmd *cobra.Command
	cmd = askCommand(sys, "clock", "Print the time of a running mock, and turn its clock", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
			flags := cmd.Flags()
			if flags.Changed("set") {
				at, err := time.Parse(time.RFC3339, set)
				if err != nil {
					return answer{}, usageError{errors.New("--set: want a time such as 2030-02-28T23:59:50Z")}
				}
				change.Set = &at
			}
			if flags.Changed("skew") {
				change.Skew = &skew
			}
			if freeze && run {
				return answer{}, usageError{errors.New("--freeze and --run: want one of them")}
			}
			if freeze || run {
				change.Freeze = &freeze
			}
			turn, read := c.TurnClock, c.Clock
			if all {
				turn, read = c.TurnGlobalClock, c.GlobalClock
			}
			if change == (mockapi.ClockChange{}) {
				clock, err := read(ctx)
				return clockAnswer(clock), err
			}
			clock, err := turn(ctx, change)
			return clockAnswer(clock), err
		})
	flags := cmd.Flags()
	flags.BoolVar(&change.Reset, "reset", false, "back to wall time")
	flags.BoolVar(&freeze, "freeze", false, "stop it")
	flags.BoolVar(&run, "run", false, "let it run on from the time it shows")
	flags.StringVar(&set, "set", "", "move it to this time, such as 2030-02-28T23:59:50Z")
	duration(flags, &skew, "skew", "make it differ from wall time by that much")
	duration(flags, &change.Advance, "advance", "move it forwards, or backwards if negative")
	flags.BoolVar(&all, "all", false, "the clock that the worlds of all apps start from")
	return cmd
}

func clockAnswer(c mockapi.Clock) answer {
	text := c.Now.Format(time.RFC3339)
	if c.Frozen {
		text += " frozen"
	}
	return answer{c, text + "\n"}
}
