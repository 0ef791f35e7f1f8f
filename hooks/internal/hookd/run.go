package hookd

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/sftpgo"
	"sftpgo-authy/internal/cmdline"
)

// Host is what hookd gets from its system.
type Host struct {
	Args   []string  // without the program's name
	Env    []string  // KEY=VALUE
	Stdout io.Writer // for help and version, and an audit that goes there
	Stderr io.Writer
	Now    func() time.Time
	Rand   io.Reader     // of what nobody may guess
	Draw   func() uint64 // a random number, for names that need only be unique
	// After calls a function later. If it is nil, the audit has no lines about people who never
	// answer.
	After  func(time.Duration, func()) (stop func() bool)
	Reload <-chan struct{} // each value has the configuration read again; may be nil

	// Serving is called once, as soon as connections are accepted. It may be nil.
	Serving func()

	stop *atomic.Bool
}

func (h Host) stopping() bool { return h.stop.Load() }

// graceful is how long a stopping server waits for logins in flight: as long as a login may last.
const graceful = budget + time.Second

// StopTime is how long [Main] may take to return after its context has ended.
const StopTime = graceful + 3*time.Second

// flags are what the command line sets.
type flags struct {
	config, listen string
	healthcheck    bool
}

// flags reads the command line. `hookd healthcheck` is the same as `hookd --healthcheck`.
func (h Host) flags() (flags, *flag.FlagSet, error) {
	var f flags
	set := cmdline.NewFlags()
	set.StringVar(
		&f.config,
		"config",
		"",
		"configuration `FILE`, YAML or JSON; default $AUTHY_HOOKS_CONFIG, else "+config.Installed,
	)
	set.StringVar(&f.listen, "listen", "", "`ADDRESS` to listen on; default 127.0.0.1:8890")
	set.BoolVar(&f.healthcheck, "healthcheck", false, "the same as the command healthcheck")
	args, err := cmdline.Parse(set, h.Args)
	switch {
	case err == nil && len(args) == 1 && args[0] == "healthcheck":
		f.healthcheck = true
	case err == nil && len(args) > 0:
		err = fmt.Errorf("argument %q is not understood; want flags only, or healthcheck", args[0])
	}
	return f, set, err
}

const help = `hookd answers SFTPGo's login hooks over HTTP, at /keyint, /extauth and /checkpwd. It has the codes
judged by Authy, by Twilio Verify or by local TOTP.

usage: hookd [flags]               serve
       hookd healthcheck [flags]   ask the hookd that runs whether it is well; exit 0 if so

It reads its configuration from AUTHY_API_KEY, AUTHY_API_URL, AUTHY_USERS_FILE, AUTHY_HOOKD_SECRET and
other variables, or from a file; docs/reference.md lists them all.

flags:
`

// load reads the configuration. Flags override variables, and variables the file.
func (h Host) load(f flags) (config.Config, error) {
	c, err := config.Load(f.config, sftpgo.Env(h.Env).Lookup)
	if f.listen != "" {
		c.Hookd.Listen = f.listen
	}
	return c, err
}

// Main runs hookd until ctx ends and returns the exit code. As soon as connections are accepted, it
// logs the address that it listens on.
func Main(ctx context.Context, h Host) int {
	f, set, err := h.flags()
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(h.Stdout, help)
		cmdline.WriteFlags(h.Stdout, set)
		return cmdline.OK
	case errors.Is(err, cmdline.ErrVersion):
		fmt.Fprintln(h.Stdout, cmdline.Version("hookd"))
		return cmdline.OK
	case err != nil:
		cmdline.WriteError(h.Stderr, err, "hookd --help shows the flags")
		return cmdline.Usage
	}
	h.stop = &atomic.Bool{}
	c, err := h.load(f)
	if f.healthcheck { // needs no key
		err = Healthcheck(ctx, c.Hookd.Listen, c.Hookd.TLS.CertFile != "")
	} else if err == nil {
		err = h.serve(ctx, f, c)
	}
	if err != nil {
		cmdline.WriteError(h.Stderr, err)
		return cmdline.Failed
	}
	return cmdline.OK
}

// serve listens until ctx ends, then finishes the logins in flight.
func (h Host) serve(ctx context.Context, f flags, c config.Config) error {
	log := slog.New(slog.NewJSONHandler(h.Stderr, nil))
	for _, unknown := range config.UnknownVariables(h.Env) {
		log.Warn("environment: " + unknown.Error())
	}
	p := &process{host: h, log: log, metrics: newMetrics()}
	if err := p.open(c); err != nil {
		return err
	}
	defer p.shut()
	p.waiting = &unanswered{after: h.After, tell: func(r sftpgo.Keyint) { p.now.Load().handler.unanswered(r) }}
	first, err := p.build(c)
	if err != nil {
		return err
	}
	p.enforce(first)
	p.metrics.registry.MustRegister(remotes(func() []*remote { return p.now.Load().remotes }))
	p.metrics.health(p.health)
	defer func() { p.now.Load().close() }()

	listener, err := p.listen(c.Hookd.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	admin := backend{
		host: h, flags: f, now: &p.now, file: p.file, look: p.look, started: h.Now(),
		listening: []string{listener.Addr().String()},
	}
	monitored, shut, err := p.openMonitoring(c.Hookd.AdminListen)
	if err != nil {
		return err
	}
	defer shut()
	shutAdmin, err := admin.openAdmin()
	if err != nil {
		return err
	}
	defer shutAdmin()
	log.Info("listening", "addr", listener.Addr().String(), "tls", first.tls != nil, "admin_addr", monitored,
		"on_no_answer", c.OnNoAnswer, "unmapped_keyint", c.Unmapped.Keyint, "unmapped_checkpwd", c.Unmapped.Checkpwd,
		"shared_store", c.Hookd.RedisURL != "", "memory_file", c.MemoryFile, "grace", c.Grace.String(),
		"trusted_networks", c.TrustedNetworks)
	if h.Serving != nil {
		h.Serving()
	}
	go p.reload(ctx, f)
	return h.run(ctx, p.server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.now.Load().handler.ServeHTTP(w, r)
	})), listener)
}

// reload puts the new configuration in force whenever it is asked to, if that is sound. The address
// and whether hookd speaks TLS cannot change.
func (p *process) reload(ctx context.Context, f flags) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.host.Reload:
		}
		c, err := p.host.load(f)
		if err == nil {
			err = setup.CheckUsersFile(c) // the one in force may still have its last content
		}
		var next *inForce
		if err == nil {
			next, err = p.build(c)
		}
		old := p.now.Load()
		if err == nil {
			if err = restartOnly(old, next); err != nil {
				next.close()
			}
		}
		p.metrics.reloads.WithLabelValues(fmt.Sprint(err == nil)).Inc()
		if err != nil {
			p.log.Error("reload: the previous configuration stays in force: " + err.Error())
			continue
		}
		p.enforce(next)
		p.log.Info("reloaded") // only now, because people and scripts wait for this line
		// Logins in flight may still use the old one, for as long as one lasts.
		time.AfterFunc(graceful, old.close)
	}
}

// run serves until ctx ends.
func (h Host) run(ctx context.Context, server *http.Server, listener net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	h.stop.Store(true)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceful)
	defer cancel()
	err := server.Shutdown(stop)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		return served
	}
	return err
}

// Healthcheck asks the hookd that listens on addr of this machine whether it is well. It returns
// nil if so.
func Healthcheck(ctx context.Context, addr string, secure bool) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen %q: want host:port", addr)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if secure {
		scheme = "https"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet,
		scheme+"://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	// The certificate is not verified: it has the name that SFTPGo uses, and the answer is no
	// secret.
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("healthcheck: status %d, want 200", res.StatusCode)
	}
	return nil
}
