package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/sftpgo"
	"sftpgo-authy/hooks/internal/used"
)

// Host is what hookd gets from its system.
type Host struct {
	Args   []string // without the program's name
	Env    []string // KEY=VALUE
	Stderr io.Writer
	Now    func() time.Time
	Rand   io.Reader
}

// graceful is how long a stopping server waits for logins in flight: as long as one may last.
const graceful = budget + time.Second

// Main runs hookd until ctx ends and gives the exit code. It prints the address it listens on, once connections are
// accepted.
func Main(ctx context.Context, h Host) int {
	flags := flag.NewFlagSet("hookd", flag.ContinueOnError)
	flags.SetOutput(h.Stderr)
	path := flags.String("config", "", "configuration `file`, YAML or JSON (default $AUTHY_HOOKS_CONFIG)")
	listen := flags.String("listen", "", "`address` to listen on (default 127.0.0.1:8890)")
	healthcheck := flags.Bool("healthcheck", false, "ask a running hookd whether it is well, and exit 0 if so")
	if err := flags.Parse(h.Args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(h.Stderr, "hookd: argument %q; want flags only\n", flags.Arg(0))
		return 2
	}
	c, err := config.Load(*path, sftpgo.Env(h.Env).Lookup)
	if *listen != "" {
		c.Hookd.Listen = *listen
	}
	if *healthcheck {
		err = Healthcheck(ctx, c.Hookd.Listen)
	} else if err == nil {
		err = h.serve(ctx, c)
	}
	if err != nil {
		fmt.Fprintf(h.Stderr, "hookd: %v\n", err)
		return 1
	}
	return 0
}

// serve listens until ctx ends, then finishes the logins in flight.
func (h Host) serve(ctx context.Context, c config.Config) error {
	host, _, err := net.SplitHostPort(c.Hookd.Listen)
	if err != nil {
		return fmt.Errorf("listen %q: want host:port", c.Hookd.Listen)
	}
	if c.Hookd.Secret == "" && !config.IsLoopback(host) {
		return fmt.Errorf("listen %s: without a secret anybody could ask whether a code is right; set AUTHY_HOOKD_SECRET, or listen on 127.0.0.1", c.Hookd.Listen)
	}
	to, err := audit.Open(c.Audit, false, h.Stderr)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	log := slog.New(slog.NewJSONHandler(h.Stderr, nil))
	login := &hook.Login{
		Door: audit.HTTP, Gate: &gate.Gate{}, Audit: audit.NewLog(to), Now: h.Now, NewID: hook.Name(h.Rand),
		Problem: func(err error) { log.Error(err.Error()) },
	}
	if err := login.Configure(c); err != nil {
		return err
	}
	login.Gate.Memory = used.New([]byte(c.APIKey), h.Now)

	listener, err := net.Listen("tcp", c.Hookd.Listen)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: New(login, c.Hookd.Secret, log),
		// All below the 20 s that SFTPGo waits.
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 19 * time.Second, IdleTimeout: 30 * time.Second,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	log.Info("listening", "addr", listener.Addr().String(), "on_no_answer", c.OnNoAnswer,
		"unmapped_keyint", c.Unmapped.Keyint, "unmapped_checkpwd", c.Unmapped.Checkpwd)
	return run(ctx, server, listener)
}

// run serves until ctx ends.
func run(ctx context.Context, server *http.Server, listener net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceful)
	defer cancel()
	err := server.Shutdown(stop)
	<-ended
	return err
}

// Healthcheck asks the hookd that listens on addr whether it is well.
func Healthcheck(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen %q: want host:port", addr)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("healthcheck: status %d, want 200", res.StatusCode)
	}
	return nil
}
