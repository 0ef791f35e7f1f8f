package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
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

func userCommand(sys System) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Users of a running mock", Args: noArguments, SilenceErrors: true,
		SilenceUsage: true,
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("user: want a command, such as user add")}
		}}
	cmd.AddCommand(userAddCommand(sys), userListCommand(sys))
	return cmd
}

// userAddCommand prints the Authy id alone, for $( ) in a shell.
func userAddCommand(sys System) *cobra.Command {
	var spec mockapi.NewUser
	var code int
	var unregistered bool
	cmd := clientCommand(sys, "add NAME", "Add a user and print the Authy id", oneArgument,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, args []string) error {
			spec.Name, spec.CountryCode = args[0], mockapi.CountryCode(code)
			if unregistered {
				spec.Registered = mockapi.Ptr(false)
			}
			if spec.Cellphone == "" {
				return usageError{errors.New("--cellphone: is missing, want a number such as 2015550123")}
			}
			user, err := c.AddUser(ctx, spec)
			if err == nil {
				fmt.Fprintln(sys.Out, user.ID)
			}
			return err
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

func userListCommand(sys System) *cobra.Command {
	return clientCommand(sys, "list", "List users: id, name, phone", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, _ []string) error {
			users, err := c.Users(ctx, mockapi.UserQuery{})
			for _, u := range users.Items {
				fmt.Fprintf(sys.Out, "%d\t%s\t+%d%s\n", u.ID, u.Name, u.CountryCode, u.Cellphone)
			}
			return err
		})
}

// codeCommand prints the code alone.
func codeCommand(sys System) *cobra.Command {
	var family string
	var step int
	cmd := clientCommand(sys, "code USER", "Print the code that a user's phone shows now", oneArgument,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, args []string) error {
			token, err := c.Token(ctx, args[0], family, step)
			if err == nil {
				fmt.Fprintln(sys.Out, token.Token)
			}
			return err
		})
	cmd.Flags().StringVar(&family, "family", "", "app or generic (default app for a user who has it)")
	cmd.Flags().IntVar(&step, "step", 0, "steps from now: -1 is the previous code")
	return cmd
}

func faultCommand(sys System) *cobra.Command {
	cmd := &cobra.Command{Use: "fault", Short: "Faults of a running mock", Args: noArguments, SilenceErrors: true,
		SilenceUsage: true,
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("fault: want a command: add, list or clear")}
		}}
	list := clientCommand(sys, "list", "List the rules as JSON, one a line", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, _ []string) error {
			rules, err := c.Faults(ctx)
			for _, rule := range rules {
				if err := json.NewEncoder(sys.Out).Encode(rule); err != nil {
					return err
				}
			}
			return err
		})
	clearAll := clientCommand(sys, "clear", "Take all rules away", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, _ []string) error {
			return c.ClearFaults(ctx)
		})
	cmd.AddCommand(faultAddCommand(sys), list, clearAll)
	return cmd
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
	var user, delay string
	cmd := clientCommand(sys, "add", "Make requests misbehave and print the rule's id", onlyFlags,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, _ []string) error {
			rule.Match.User = mockapi.UserRef(user)
			if delay != "" {
				if err := rule.Effect.Delay.UnmarshalText([]byte(delay)); err != nil {
					return usageError{fmt.Errorf("--delay: %w", err)}
				}
			}
			made, err := c.AddFault(ctx, rule)
			if err == nil {
				fmt.Fprintln(sys.Out, made.ID)
			}
			return err
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
	flags.StringVar(&delay, "delay", "", "wait before the reply")
	flags.IntVar(&rule.After, "after", 0, "let that many requests through first")
	flags.IntVar(&rule.Times, "times", 0, "hit that many requests (default all)")
	flags.Float64Var(&rule.Probability, "probability", 0, "chance of a hit, up to 1 (default always)")
	return cmd
}

// envCommand prints what to set so that clients which have https://api.authy.com compiled in come
// to the mock.
func envCommand(sys System) *cobra.Command {
	var proxy, caFile string
	cmd := clientCommand(sys, "env", "Print variables that lead clients of https://api.authy.com to the mock's proxy",
		noArguments,
		func(ctx context.Context, c *mockapi.Client, _ *cobra.Command, _ []string) error {
			if proxy == "" {
				config, err := load(nil, sys.Env, readBounded)
				if err != nil {
					return usageError{err}
				}
				if config.ProxyListen == "" {
					return usageError{
						errors.New("--proxy: is missing, want the URL of the mock's proxy, as its banner shows it")}
				}
				proxy = "http://" + config.ProxyListen
			}
			pem, err := c.CA(ctx)
			if err != nil {
				return err
			}
			// A client that runs in another folder must find it as well.
			if caFile, err = filepath.Abs(caFile); err != nil {
				return fmt.Errorf("--ca-file: %w", err)
			}
			if err := writeWhole(caFile, pem, 0o644); err != nil {
				return fmt.Errorf("--ca-file: %w", err)
			}
			for _, v := range [][2]string{
				{"HTTPS_PROXY", proxy}, {"https_proxy", proxy}, {"HTTP_PROXY", proxy}, {"http_proxy", proxy},
				{"NO_PROXY", "localhost,127.0.0.1,::1"}, {"no_proxy", "localhost,127.0.0.1,::1"},
				{"SSL_CERT_FILE", caFile}, {"NODE_EXTRA_CA_CERTS", caFile}, {"REQUESTS_CA_BUNDLE", caFile},
				{"CURL_CA_BUNDLE", caFile},
				{"MOCKAUTHY_URL", c.URL},
			} {
				fmt.Fprintf(sys.Out, "export %s=%s\n", v[0], quoted(v[1]))
			}
			return nil
		})
	cmd.Flags().StringVar(&proxy, "proxy", "", "URL of the mock's proxy (default from $MOCKAUTHY_PROXY_LISTEN)")
	cmd.Flags().StringVar(&caFile, "ca-file", "mockauthy-ca.pem",
		"where to put the certificate that clients have to trust")
	cmd.Long = cmd.Short +
		".\n\nUse it as: eval \"$(mockauthy env --proxy http://127.0.0.1:8888 --ca-file /tmp/ca.pem)\"\nThe " +
		"certificates replace those of the system, so other hosts cannot be asked from that shell; the proxy " +
		"refuses them as well."
	return cmd
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
