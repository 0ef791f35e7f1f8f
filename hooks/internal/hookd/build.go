package hookd

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/admin"
	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/hookd/breaker"
	"sftpgo-authy/hooks/internal/hookd/push"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// parts are what outlives a reload: what is remembered must not be forgotten with a SIGHUP.
type parts struct {
	host    Host
	log     *slog.Logger
	metrics *metrics
	memory  *inprocess.Store
	random  []byte // key of digests that no other process has to understand
	waiting *unanswered

	now   atomic.Pointer[site] // the configuration in force; nil before the first
	board health.Board         // findings about what outlives a reload
	said  announcer
}

// site is one configuration in force.
type site struct {
	config  config.Config
	loaded  time.Time
	files   []admin.File // that the configuration names, as they were then
	sources accounts.Chain
	grace   gate.Grace // nil: there is none
	handler *Handler
	tls     *tls.Config // nil for plain http
	breaker *breaker.Breaker
	spares  *authy.Ahead  // nil: nothing is dialled ahead
	board   *health.Board // what its parts report
	checks  []health.Check
	watch   *health.Watch // runs the checks while this configuration is in force
	closers []io.Closer
}

// enforce puts a site in force, and its checks in place of those of the one before, which it
// returns.
func (p *parts) enforce(s *site) *site {
	s.watch = health.Start(context.Background(), s.board, s.checks, p.announce)
	old := p.now.Swap(s)
	if old != nil {
		old.watch.Stop()
		old.hangUp()
	}
	p.announce()
	return old
}

// hangUp closes the connections that were dialled ahead. Logins in flight go on without.
func (s *site) hangUp() {
	if s.spares != nil {
		_ = s.spares.Close()
	}
}

// waiting returns how many connections are ready.
func (s *site) waiting() int {
	if s.spares == nil {
		return 0
	}
	return s.spares.Waiting()
}

// close lets go of what belongs to this configuration alone.
func (s *site) close() {
	if s.watch != nil {
		s.watch.Stop()
	}
	s.hangUp()
	for _, c := range s.closers {
		_ = c.Close()
	}
}

// build makes a site of a configuration, or says why that cannot be.
func (p *parts) build(c config.Config) (*site, error) {
	if err := private(c); err != nil {
		return nil, err
	}
	s := &site{config: c, loaded: p.host.Now(), files: filesOf(c), board: &health.Board{}}
	s.board.Changed = func() {
		if p.now.Load() == s {
			p.announce()
		}
	}
	var err error
	if s.tls, err = serverTLS(c.Hookd.TLS); err != nil {
		return nil, err
	}
	to, err := audit.Open(c.Audit, false, audit.Streams{Out: p.host.Stdout, Err: p.host.Stderr})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	if closer, ok := to.Writer.(io.Closer); ok && to.Writer != p.host.Stderr && to.Writer != p.host.Stdout {
		s.closers = append(s.closers, closer)
	}
	memory, err := p.state(c, s)
	if err != nil {
		s.close()
		return nil, err
	}
	log := audit.NewLog(to)
	log.Seen = p.metrics.attempt
	login := &hook.Login{
		Door: audit.HTTP, Gate: &gate.Gate{}, Audit: log, Now: p.host.Now, NewID: hook.Name(p.host.Rand),
		Problem: func(err error) { p.log.Error(err.Error()) },
	}
	if err := login.Configure(c); err != nil {
		s.close()
		return nil, err
	}
	s.sources = login.Sources
	provider, _ := login.Gate.Provider.(*authy.Client)
	if c.Hookd.DialAhead {
		s.spares = authy.NewAhead(provider, ahead.Options{Max: c.Hookd.MaxCalls, Now: p.host.Now, Seen: p.metrics.connection})
		login.Gate.Provider = s.spares
	}
	s.breaker = p.strengthen(login, memory, c, s.board)
	s.grace = login.Gate.Grace
	s.checks = watched{
		config: c, provider: provider, breaker: s.breaker, log: log, store: memory.Store, sources: s.sources, board: s.board,
	}.checks()
	s.handler = New(Options{
		Login: login, Secret: c.Hookd.Secret, ClientCerts: c.Hookd.TLS.ClientCAFile != "", Address: memory.Address,
		Waiting: p.waiting, Steps: memory,
		Metrics: p.metrics.handler(), Ready: p.ready, Log: p.log,
	})
	return s, nil
}

// strengthen adds what a program hook cannot have, and gives the breaker before Authy.
func (p *parts) strengthen(login *hook.Login, memory *memory.Logins, c config.Config, board *health.Board) *breaker.Breaker {
	client := login.Gate.Provider
	if phones, ok := client.(push.Phones); ok && c.Push.Enabled {
		login.Gate.Pusher = &push.Pusher{Phones: phones, Message: c.Push.Message, Wait: c.Push.Wait, Every: 500 * time.Millisecond}
		login.Settings.Push = true
	}
	before := breaker.New(judged{client, board}, breaker.Options{
		Calls: c.Hookd.MaxCalls, Failures: c.Hookd.BreakerFailures, Pause: c.Hookd.BreakerPause,
	})
	login.Gate.Provider = timed{before, p.metrics, p.host.Now}
	login.Gate.Memory, login.Sends = memory, memory
	if memory.Graceful() {
		login.Gate.Grace = memory
	}
	if memory.Limits.Any() {
		login.Gate.Guard = memory
	}
	return before
}

// state makes the memory of a configuration. The shared store's digests are keyed by the API key,
// which all that share it have.
func (p *parts) state(c config.Config, s *site) (*memory.Logins, error) {
	l := c.Hookd.Lockout
	logins := &memory.Logins{
		Store: p.memory, Key: p.random, Now: p.host.Now, Fresh: hook.Name(p.host.Rand), Grace: c.Grace, WebDAVGrace: c.Hookd.WebDAVGrace,
		Limits: memory.Limits{Window: l.Window, PerAccountIP: l.PerAccountIP, PerIP: l.PerIP, PerAccount: l.PerAccount},
	}
	if c.Hookd.RedisURL == "" {
		return logins, nil
	}
	shared, err := redis.Open(c.Hookd.RedisURL)
	if err != nil {
		return nil, fmt.Errorf("hookd.%w", err)
	}
	s.closers = append(s.closers, shared)
	logins.Store, logins.Key = counted{shared, p.metrics.store}, []byte(c.APIKey)
	return logins, nil
}

// private refuses to be asked by everybody.
func private(c config.Config) error {
	host, _, err := net.SplitHostPort(c.Hookd.Listen)
	if err != nil {
		return fmt.Errorf("listen %q: want host:port", c.Hookd.Listen)
	}
	if c.Hookd.Secret == "" && !config.IsLoopback(host) {
		return fmt.Errorf("listen %s: without a secret anybody could ask whether a code is right; set AUTHY_HOOKD_SECRET, or listen on 127.0.0.1", c.Hookd.Listen)
	}
	return nil
}
