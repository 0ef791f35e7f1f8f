package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sftpgo-authy/mockauthy/mockapi"
)

// clientFlags are how a command finds the running mock.
type clientFlags struct {
	url, key string
}

// clientCommand is a command that asks a running mock.
func clientCommand(
	sys System, use, short string, args cobra.PositionalArgs,
	run func(ctx context.Context, c *mockapi.Client, cmd *cobra.Command, args []string) error,
) *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use: use, Short: short, Args: args, SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := f.client(sys)
			if err != nil {
				return err
			}
			err = run(cmd.Context(), client, cmd, args)
			if dial := (*net.OpError)(nil); errors.As(err, &dial) && dial.Op == "dial" {
				err = fmt.Errorf("%w; is mockauthy running there, or elsewhere (--url, MOCKAUTHY_URL)?", err)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&f.url, "url", "",
		"base URL of the mock (default $MOCKAUTHY_URL, else from $MOCKAUTHY_LISTEN and the like)")
	cmd.Flags().StringVar(&f.key, "key", "", "API key of the app (default the first)")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	return cmd
}

// answer is what a command prints: text, or with --json the value as the control API returns it.
type answer struct {
	value any // of a command without an answer, nil
	text  string
}

// askCommand is a client command that prints one answer.
func askCommand(
	sys System, use, short string, args cobra.PositionalArgs,
	run func(ctx context.Context, c *mockapi.Client, args []string) (answer, error),
) *cobra.Command {
	var asJSON bool
	cmd := clientCommand(sys, use, short, args,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, args []string) error {
			a, err := run(ctx, c, args)
			if err != nil || asJSON && a.value == nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(sys.Out).Encode(a.value)
			}
			_, err = io.WriteString(sys.Out, a.text)
			return err
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// groupCommand has commands of its own and does nothing without one of them.
func groupCommand(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: noArguments, SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			return usageError{fmt.Errorf("%s: want a command: %s", use, strings.Join(names, ", "))}
		}}
	cmd.AddCommand(commands...)
	return cmd
}

func (f clientFlags) client(sys System) (*mockapi.Client, error) {
	base := f.url
	if base == "" {
		base = sys.getenv(envPrefix + "URL")
	}
	if base == "" {
		var err error
		if base, err = configuredURL(sys); err != nil {
			return nil, err
		}
	}
	if err := checkURL(base); err != nil {
		return nil, usageError{fmt.Errorf("--url: %w", err)}
	}
	// Not through a proxy: HTTPS_PROXY may well name the mock's own.
	return &mockapi.Client{URL: base, Key: f.key,
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}, nil
}

// getenv returns a variable of the system, the last one of its name as the shell does.
func (s System) getenv(name string) string {
	value := ""
	for _, pair := range s.Env {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}

// tailCommand prints the journal as it grows.
func tailCommand(sys System) *cobra.Command {
	var asJSON bool
	cmd := clientCommand(sys, "tail", "Print requests as they are answered, until Ctrl-C", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, _ []string) error {
			err := c.Follow(ctx, 0, func(e mockapi.StreamedEvent) error {
				if e.Kind != mockapi.EventJournal {
					return nil
				}
				var entry mockapi.Entry
				if err := json.Unmarshal(e.Data, &entry); err != nil || entry.DoneAt == nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(sys.Out).Encode(entry)
				}
				_, err := fmt.Fprintln(sys.Out, line(entry))
				return err
			})
			if ctx.Err() != nil || errors.Is(err, os.ErrClosed) {
				return nil
			}
			return err
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print whole entries as JSON")
	return cmd
}

// line is an entry of the journal for a person.
func line(e mockapi.Entry) string {
	parts := []string{e.At.Format("15:04:05"), e.Method, e.Path, fmt.Sprint(e.Status), e.Decision}
	if e.Reason != "" {
		parts = append(parts, "("+e.Reason+")")
	}
	if e.Fault != "" {
		parts = append(parts, "fault "+e.Fault)
	}
	return strings.Join(parts, " ")
}
