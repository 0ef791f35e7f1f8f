package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sftpgo-authy/mockauthy/mockapi"
)

func faultCommand(sys System) *cobra.Command {
	return groupCommand("fault", "Faults of a running mock",
		faultAddCommand(sys),
		askCommand(sys, "list", "List the rules as JSON, one a line", noArguments,
			func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
				rules, err := c.Faults(ctx)
				return answer{rules, lines(rules, jsonLine)}, err
			}),
		askCommand(sys, "remove ID", "Take one rule away", oneArgument,
			func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
				return answer{}, c.RemoveFault(ctx, args[0])
			}),
		askCommand(sys, "clear", "Take all rules away", noArguments,
			func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
				return answer{}, c.ClearFaults(ctx)
			}))
}

// jsonLine is a rule as one line of JSON.
func jsonLine(r mockapi.Rule) string {
	text, _ := json.Marshal(r) // it came as JSON
	return string(text) + "\n"
}

// onlyFlags is for fault add, where people name the call without its flag.
func onlyFlags(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("argument %q is not understood; want flags, such as --endpoint %s", args[0],
			args[0])}
	}
	return nil
}

// faultAddCommand prints the id of the rule alone.
func faultAddCommand(sys System) *cobra.Command {
	var rule mockapi.Rule
	var user string
	cmd := askCommand(sys, "add", "Make requests misbehave and print the rule's id", onlyFlags,
		func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
			rule.Match.User = mockapi.UserRef(user)
			made, err := c.AddFault(ctx, rule)
			return answer{made, made.ID + "\n"}, err
		})
	flags := cmd.Flags()
	flags.StringVar(&rule.Match.Endpoint, "endpoint", "", "only this call of Authy, such as verify (default all)")
	flags.StringVar(&user, "user", "", "only this user, by id, name, e-mail or cellphone")
	flags.StringVar(&rule.Match.Method, "method", "", "only this HTTP method")
	flags.IntVar(&rule.Match.Nth, "nth", 0, "only the nth matching request")
	flags.StringVar(&rule.Effect.Kind, "effect", "",
		strings.Join(mockapi.Kinds(), ", ")+" (default follows from the others)")
	flags.StringVar(&rule.Effect.Error, "error", "", "Authy error by code or name")
	flags.IntVar(&rule.Effect.Status, "status", 0, "HTTP status")
	flags.StringVar(&rule.Effect.Body, "body", "", "body for --status")
	flags.StringVar(&rule.Effect.ContentType, "content-type", "", "its media type")
	flags.StringVar(&rule.Effect.Location, "location", "", "where to redirect")
	flags.StringVar(&rule.Effect.RetryAfter, "retry-after", "", "header of that name")
	duration(flags, &rule.Effect.Delay, "delay", "wait before the reply")
	flags.IntVar(&rule.After, "after", 0, "let that many requests through first")
	flags.IntVar(&rule.Times, "times", 0, "hit that many requests (default all)")
	flags.Float64Var(&rule.Probability, "probability", 0, "chance of a hit, up to 1 (default always)")
	return cmd
}
