package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sftpgo-authy/mockauthy/mockapi"
)

// pushCommand answers pushes (OneTouch) as the person would on the phone.
func pushCommand(sys System) *cobra.Command {
	var user, status string
	list := askCommand(sys, "list", "List pushes: uuid, Authy id, status, message", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
			pushes, err := c.Approvals(ctx, user, status)
			return answer{pushes, lines(pushes, pushLine)}, err
		})
	list.Flags().StringVar(&user, "user", "", "only of this user, by id, name, e-mail or cellphone")
	list.Flags().StringVar(&status, "status", "", "only those that are pending, approved, denied or expired")
	return groupCommand("push", "Pushes (OneTouch) of a running mock", list,
		pushAnswerCommand(sys, "approve", "Say yes to a push, as the person would on the phone",
			(*mockapi.Client).Approve),
		pushAnswerCommand(sys, "deny", "Say no to a push", (*mockapi.Client).Deny))
}

func pushLine(a mockapi.Approval) string {
	return fmt.Sprintf("%s\t%d\t%s\t%q\n", a.UUID, a.User, a.Status, a.Message)
}

func pushAnswerCommand(
	sys System, name, short string, say func(*mockapi.Client, context.Context, string) (mockapi.Approval, error),
) *cobra.Command {
	var wait time.Duration
	cmd := askCommand(sys, name+" USER|UUID", short, oneArgument,
		func(ctx context.Context, c *mockapi.Client, args []string) (answer, error) {
			var uuid string
			err := retry(ctx, wait, func() (err error) {
				uuid, err = pending(ctx, c, args[0])
				return err
			})
			if err != nil {
				return answer{}, err
			}
			push, err := say(c, ctx, uuid)
			return answer{push, pushLine(push)}, err
		})
	cmd.Flags().DurationVar(&wait, "wait", 0, "go on looking for a pending push for that long")
	return cmd
}

// pending returns the one push that a uuid names, or that a user has not answered yet.
func pending(ctx context.Context, c *mockapi.Client, ref string) (string, error) {
	all, err := c.Approvals(ctx, "", "")
	if err != nil {
		return "", err
	}
	for _, a := range all {
		if a.UUID == ref {
			return ref, nil
		}
	}
	pushes, err := c.Approvals(ctx, ref, "pending")
	switch {
	case err != nil:
		return "", err
	case len(pushes) == 0:
		return "", fmt.Errorf("%s has no pending push; --wait 10s goes on looking", ref)
	case len(pushes) > 1:
		return "", usageError{
			fmt.Errorf("%s has %d pending pushes; name one of push list by its uuid", ref, len(pushes)),
		}
	}
	return pushes[0].UUID, nil
}
