package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sftpgo-authy/mockauthy/mockapi"
)

func userCommand(sys System) *cobra.Command {
	return groupCommand("user", "Users of a running mock",
		userAddCommand(sys),
		askCommand(sys, "list", "List users: id, name, phone", noArguments,
			func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
				users, err := c.Users(ctx, mockapi.UserQuery{})
				return answer{users.Items, lines(users.Items, userLine)}, err
			}),
		askCommand(sys, "show USER", "Show one user: id, name, phone", oneArgument,
			func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
				user, err := c.User(ctx, args[0])
				return answer{user, userLine(user)}, err
			}),
		askCommand(sys, "remove USER", "Take a user away without a trace", oneArgument,
			func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
				return answer{}, c.RemoveUser(ctx, args[0])
			}))
}

// lines writes one line for each item.
func lines[T any](items []T, line func(T) string) string {
	var all strings.Builder
	for _, item := range items {
		all.WriteString(line(item))
	}
	return all.String()
}

func userLine(u mockapi.User) string {
	return fmt.Sprintf("%d\t%s\t+%d%s\n", u.ID, u.Name, u.CountryCode, u.Cellphone)
}

// userAddCommand prints the Authy id alone, for $( ) in a shell.
func userAddCommand(sys System) *cobra.Command {
	var spec mockapi.NewUser
	var code int
	var unregistered bool
	cmd := askCommand(sys, "add NAME", "Add a user and print the Authy id", oneArgument,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			spec.Name, spec.CountryCode = args[0], mockapi.CountryCode(code)
			if unregistered {
				spec.Registered = mockapi.Ptr(false)
			}
			if spec.Cellphone == "" {
				return answer{}, usageError{errors.New("--cellphone: is missing, want a number such as 2015550123")}
			}
			user, err := c.AddUser(ctx, spec)
			return answer{user, fmt.Sprintln(user.ID)}, err
		})
	flags := cmd.Flags()
	flags.StringVar(&spec.Cellphone, "cellphone", "", "national number")
	flags.IntVar(&code, "country-code", 1, "calling code")
	flags.StringVar(&spec.Email, "email", "", "e-mail")
	flags.Int64Var(&spec.ID, "id", 0, "Authy id (default the next free one)")
	flags.StringVar(&spec.Secret, "secret", "", "base32 secret (default made up)")
	flags.BoolVar(&spec.Confirmed, "confirmed", false, "as if a code had been right once")
	flags.BoolVar(&unregistered, "unregistered", false, "as if the phone did not have the app")
	return cmd
}

// suspendCommand suspends a user as Authy does after too many wrong codes, or ends that.
func suspendCommand(sys System) *cobra.Command {
	var off bool
	cmd := askCommand(sys, "suspend USER", "Suspend a user, who is then answered 60017", oneArgument,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			user, err := c.PatchUser(ctx, args[0], mockapi.UserPatch{Suspended: mockapi.Ptr(!off)})
			return answer{value: user}, err
		})
	cmd.Flags().BoolVar(&off, "off", false, "end the suspension")
	return cmd
}

// codeCommand prints the code alone.
func codeCommand(sys System) *cobra.Command {
	var family string
	var step int
	cmd := askCommand(sys, "code USER", "Print the code that a user's phone shows now", oneArgument,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			token, err := c.Token(ctx, args[0], family, step)
			return answer{token, token.Token + "\n"}, err
		})
	cmd.Flags().StringVar(&family, "family", "", "app or generic (default app for a user who has it)")
	cmd.Flags().IntVar(&step, "step", 0, "steps from now: -1 is the previous code")
	return cmd
}
