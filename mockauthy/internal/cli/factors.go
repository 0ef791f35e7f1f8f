package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"sftpgo-authy/mockauthy/mockapi"
)

// factorCommand is userCommand for Verify. A factor goes by its SID, or by the identity of a person
// who has one alone.
func factorCommand(sys System) *cobra.Command {
	return groupCommand("factor", "TOTP factors of Twilio Verify in a running mock",
		factorAddCommand(sys),
		factorCodeCommand(sys),
		askCommand(sys, "list", "List factors: SID, identity, friendly name, whether verified", noArguments,
			func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
				factors, err := c.Factors(ctx, mockapi.FactorQuery{})
				return answer{factors.Items, lines(factors.Items, factorLine)}, err
			}),
		askCommand(sys, "remove FACTOR", "Take a factor away", oneArgument,
			func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
				return answer{}, c.RemoveFactor(ctx, args[0])
			}))
}

func factorLine(f mockapi.Factor) string {
	state := "unverified"
	if f.Verified {
		state = "verified"
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\n", f.SID, f.Identity, f.FriendlyName, state)
}

// factorAddCommand prints the SID alone, for $( ) in a shell.
func factorAddCommand(sys System) *cobra.Command {
	var spec mockapi.NewFactor
	var unverified bool
	cmd := askCommand(sys, "add IDENTITY", "Add a verified factor and print its SID", oneArgument,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			spec.Identity, spec.Verified = args[0], mockapi.Ptr(!unverified)
			factor, err := c.AddFactor(ctx, spec)
			return answer{factor, fmt.Sprintln(factor.SID)}, err
		})
	flags := cmd.Flags()
	flags.StringVar(&spec.FriendlyName, "name", "", "what the authenticator app shows (default the identity)")
	flags.StringVar(&spec.Secret, "secret", "", "base32 secret (default made up)")
	flags.StringVar(&spec.ServiceSID, "service", "", "SID of the service (default the first)")
	flags.BoolVar(&unverified, "unverified", false, "as if no code had been right yet")
	return cmd
}

// factorCodeCommand prints the code alone.
func factorCodeCommand(sys System) *cobra.Command {
	var step int
	cmd := askCommand(sys, "code FACTOR", "Print the code that the person's phone shows now", oneArgument,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			token, err := c.FactorToken(ctx, args[0], step)
			return answer{token, fmt.Sprintln(token.Token)}, err
		})
	cmd.Flags().IntVar(&step, "step", 0, "steps from now: -1 is the previous code")
	return cmd
}
