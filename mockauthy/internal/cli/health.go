package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// healthCommand asks a server whether it is ready, for images without a shell.
func healthCommand(sys System) *cobra.Command {
	var wait time.Duration
	var url string
	cmd := &cobra.Command{
		Use: "healthcheck", Short: "Ask a running mock whether it is ready", Args: noArguments, SilenceErrors: true,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ask := func() error {
				base := url
				if base == "" {
					var err error
					if base, err = configuredURL(sys); err != nil {
						return err
					}
				}
				return ready(cmd.Context(), base)
			}
			return retry(cmd.Context(), wait, ask)
		},
	}
	cmd.Flags().DurationVar(&wait, "wait", 0, "go on asking for that long")
	cmd.Flags().StringVar(&url, "url", "", "base URL of the mock (default from $MOCKAUTHY_LISTEN and the like)")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	return cmd
}

// pollEvery is short, since a server is up in a few milliseconds.
const pollEvery = 20 * time.Millisecond

// retry asks until there is no error, ctx ends or the time is over, and returns the last error.
func retry(ctx context.Context, wait time.Duration, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := ask()
		if wrong := (usageError{}); err == nil || errors.As(err, &wrong) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// configuredURL is where a server with the same variables listens.
func configuredURL(sys System) (string, error) {
	c, err := load(nil, sys.Env, readBounded)
	if err != nil {
		return "", usageError{err}
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "", usageError{err}
	}
	if port == "0" && c.PortFile != "" {
		data, err := os.ReadFile(c.PortFile)
		if err != nil {
			return "", fmt.Errorf("port file: %w", err)
		}
		port = strings.TrimSpace(string(data))
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

func ready(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/_mock/readyz", nil)
	if err != nil {
		return usageError{fmt.Errorf("--url: %w", err)}
	}
	// No proxy: the machine's variables are not meant for a request to the mock itself.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 512)) // only to show
		return fmt.Errorf("not ready: %s %s: %s", req.URL, resp.Status, strings.TrimSpace(string(body)))
	}
	return nil
}
