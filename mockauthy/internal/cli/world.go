package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sftpgo-authy/mockauthy/mockapi"
)

// stateCommand prints the world as one document, and replaces it.
func stateCommand(sys System) *cobra.Command {
	cmd := askCommand(sys, "state", "Print the world of a running mock, in the form of a seed file", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
			state, err := c.State(ctx)
			if err != nil {
				return answer{}, err
			}
			text, err := json.MarshalIndent(state, "", "  ")
			return answer{state, string(text) + "\n"}, err
		})
	cmd.AddCommand(askCommand(sys, "load FILE", "Replace the world by that of a seed file", oneArgument,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			state, err := readState(args[0])
			if err != nil {
				return answer{}, err
			}
			return answer{}, c.SetState(ctx, state)
		}))
	return cmd
}

func resetCommand(sys System) *cobra.Command {
	return askCommand(sys, "reset", "Bring the world of a running mock back to how it started", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
			return answer{}, c.Reset(ctx)
		})
}

// atMostOne wants the argument in brackets that the command's usage names, or none.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return oneArgument(cmd, args)
}

// appCommand lists, makes and takes away worlds.
func appCommand(sys System) *cobra.Command {
	var name string
	add := askCommand(sys, "add [KEY]", "Make a world and print its API key", atMostOne,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			spec := mockapi.NewApp{Name: name}
			if len(args) > 0 {
				spec.Key = args[0]
			}
			app, err := c.AddApp(ctx, spec)
			return answer{app, app.Key + "\n"}, err
		})
	add.Flags().StringVar(&name, "name", "", "name of the app")
	return groupCommand("app", "Apps of a running mock, each with a world of its own",
		askCommand(sys, "list", "List apps: key, name, how many users", noArguments,
			func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
				apps, err := c.Apps(ctx)
				return answer{apps, lines(apps, func(a mockapi.App) string {
					return fmt.Sprintf("%s\t%s\t%d\n", a.Key, a.Name, a.Users)
				})}, err
			}),
		add,
		askCommand(sys, "remove KEY", "Take a world away", oneArgument,
			func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
				return answer{}, c.RemoveApp(ctx, args[0])
			}))
}

// settingsCommand changes settings of the app and prints all of them.
func settingsCommand(sys System) *cobra.Command {
	cmd := askCommand(sys, "settings [NAME=VALUE]...", "Print the settings of an app, such as "+
		"onetouch.callback_url, after changing those that are named", cobra.ArbitraryArgs,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			settings, err := c.Settings(ctx)
			if err != nil {
				return answer{}, err
			}
			for _, assignment := range args {
				if err := assign(&settings, assignment); err != nil {
					return answer{}, usageError{fmt.Errorf("%s: %w", assignment, err)}
				}
			}
			if len(args) > 0 {
				patch := map[string]any{}
				raw, err := json.Marshal(settings)
				if err = errors.Join(err, json.Unmarshal(raw, &patch)); err != nil {
					return answer{}, err
				}
				if settings, err = c.PatchSettings(ctx, patch); err != nil {
					return answer{}, err
				}
			}
			text, err := json.MarshalIndent(settings, "", "  ")
			return answer{settings, string(text) + "\n"}, err
		})
	return cmd
}
