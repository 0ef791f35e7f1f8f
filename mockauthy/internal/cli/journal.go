package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sftpgo-authy/mockauthy/mockapi"
)

// waitFlags are how many items a command waits for, and how long.
type waitFlags struct {
	count   int
	timeout time.Duration
}

func (w *waitFlags) define(flags *pflag.FlagSet) {
	flags.IntVar(&w.count, "count", 1, "how many to wait for")
	flags.DurationVar(&w.timeout, "timeout", 5*time.Second, "how long to wait, at most 5m; then the exit code is 1")
}

// journalCommand prints what was asked.
func journalCommand(sys System) *cobra.Command {
	var q mockapi.JournalQuery
	var w waitFlags
	filters := func(flags *pflag.FlagSet) {
		flags.StringVar(&q.Endpoint, "endpoint", "", "only this call of Authy, such as verify")
		flags.StringVar(&q.Method, "method", "", "only this HTTP method")
		flags.StringVar(&q.User, "user", "", "only about this user, by id, name, e-mail or cellphone")
		flags.StringVar(&q.Decision, "decision", "", "only those decided so, such as accepted or refused")
		flags.StringVar(&q.Fault, "fault", "", "only those that the rule with this id hit")
		flags.IntVar(&q.Status, "status", 0, "only those answered with this HTTP status")
		flags.Int64Var(&q.Since, "since", 0, "only those with a higher id")
		flags.IntVar(&q.Limit, "limit", 0, "only the newest so many")
	}
	return listCommand(sys, "journal", "what was asked of a running mock, and why it was answered so", filters, &w,
		entryLine, (*mockapi.Client).ClearJournal,
		func(ctx context.Context, c *mockapi.Client) ([]mockapi.Entry, error) { return c.Journal(ctx, q) },
		func(ctx context.Context, c *mockapi.Client) ([]mockapi.Entry, error) {
			return c.WaitJournal(ctx, q, w.count, w.timeout)
		})
}

func entryLine(e mockapi.Entry) string { return fmt.Sprintf("%d\t%s\n", e.ID, line(e)) }

// outboxCommand prints what would have been sent.
func outboxCommand(sys System) *cobra.Command {
	var q mockapi.OutboxQuery
	var w waitFlags
	var codes bool
	filters := func(flags *pflag.FlagSet) {
		flags.StringVar(&q.User, "user", "", "only to this user, by id, name, e-mail or cellphone")
		flags.StringVar(&q.Channel, "channel", "", "only by sms, call, email or push")
		flags.StringVar(&q.To, "to", "", "only to this full number or address")
		flags.Int64Var(&q.Since, "since", 0, "only those with a higher id")
		flags.IntVar(&q.Limit, "limit", 0, "only the newest so many")
		flags.BoolVar(&codes, "code", false, "print the codes alone")
	}
	shown := func(m mockapi.Message) string {
		if codes {
			return m.Code + "\n"
		}
		return fmt.Sprintf("%d\t%s\t%s\t%s\t%q\n", m.ID, m.At.Format("15:04:05"), m.Channel, m.To, m.Text)
	}
	return listCommand(sys, "outbox", "what a running mock would have sent", filters, &w, shown,
		(*mockapi.Client).ClearOutbox,
		func(ctx context.Context, c *mockapi.Client) ([]mockapi.Message, error) { return c.Outbox(ctx, q) },
		func(ctx context.Context, c *mockapi.Client) ([]mockapi.Message, error) {
			return c.WaitOutbox(ctx, q, w.count, w.timeout)
		})
}

// listCommand prints a list that grows; "wait" waits for items, "clear" empties the list.
func listCommand[T any](
	sys System, use, what string, filters func(*pflag.FlagSet), w *waitFlags, line func(T) string,
	forget func(*mockapi.Client, context.Context) error,
	list, wait func(context.Context, *mockapi.Client) ([]T, error),
) *cobra.Command {
	ask := func(use, short string, items func(context.Context, *mockapi.Client) ([]T, error)) *cobra.Command {
		cmd := askCommand(sys, use, short, noArguments,
			func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
				found, err := items(ctx, c)
				return answer{found, lines(found, line)}, err
			})
		filters(cmd.Flags())
		return cmd
	}
	cmd := ask(use, "Print "+what, list)
	waiting := ask("wait", "The same, as soon as there is as much as --count", wait)
	w.define(waiting.Flags())
	cmd.AddCommand(waiting, askCommand(sys, "clear", "Forget it", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
			return answer{}, forget(c, ctx)
		}))
	return cmd
}
