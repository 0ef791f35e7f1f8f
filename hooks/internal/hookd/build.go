package hookd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/admin"
	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/bolt"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/hooks/internal/plainhttp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/setup/lasting"
)

// process is what outlives a reload: what is remembered must not be forgotten with a SIGHUP.
type process struct {
	host    Host
	log     *slog.Logger
	metrics *metrics
	memory  *inprocess.Store
	file    *bolt.Owner // whose memory it is then; nil: there is no memory file
	key     []byte      // of the digests in memory
	waiting *unanswered

	now   atomic.Pointer[inForce] // nil before the first
	board health.Board            // findings about what outlives a reload
	said  announcer
}

// inForce is one configuration and what was made of it.
type inForce struct {
	config  config.Config
	loaded  time.Time
	files   []admin.File // that the configuration names, as they were then
	sources accounts.Chain
	grace   gate.Grace // nil: there is none
	handler *Handler
	tls     *tls.Config   // nil for plain http
	remotes []*remote     // providers that ask somebody else
	board   *health.Board // what its parts report
	checks  []health.Check
	watch   *health.Watch // runs the checks while this configuration is in force
	closers []io.Closer
}

// enforce puts a configuration in force, and its checks in place of those of the one before, which
// it returns.
func (p *process) enforce(f *inForce) *inForce {
	f.watch = health.Start(context.Background(), f.board, f.checks, p.announce)
	old := p.now.Swap(f)
	if old != nil {
		old.watch.Stop()
		old.hangUp()
	}
	p.announce()
	return old
}

// hangUp closes the connections that were dialled ahead. Logins in flight go on without.
func (f *inForce) hangUp() {
	for _, r := range f.remotes {
		if r.spares != nil {
			_ = r.spares.Close()
		}
	}
}

// close releases what belongs to this configuration alone.
func (f *inForce) close() {
	if f.watch != nil {
		f.watch.Stop()
	}
	f.hangUp()
	for _, c := range f.closers {
		_ = c.Close()
	}
}

// build makes everything that a configuration asks for, or returns the reason why it cannot.
// Nothing of it is in force yet.
func (p *process) build(c config.Config) (f *inForce, err error) {
	if err := private(c); err != nil {
		return nil, err
	}
	f = p.begin(c)
	defer func() {
		if err != nil {
			f.close()
			f = nil
		}
	}()
	if f.tls, err = serverTLS(c.Hookd.TLS); err != nil {
		return f, err
	}
	log, err := p.openAudit(c, f)
	if err != nil {
		return f, err
	}
	host := setup.Host{Now: p.host.Now, Rand: p.host.Rand, Draw: p.host.Draw, Audit: log, Problem: func(err error) {
		p.log.Error(err.Error())
	}}
	memory, err := p.openMemory(c, f, host)
	if err != nil {
		return f, err
	}
	people, err := p.providers(c, f, host, memory)
	if err != nil {
		return f, err
	}
	if f.sources, err = setup.Accounts(c, people, host.Now, host.Problem); err != nil {
		return f, err
	}
	login := setup.Hookd(c, host, setup.Server{Providers: people, Accounts: f.sources, Memory: memory})
	f.grace = login.Gate.Grace
	f.checks = watched{
		config: c, providers: people, remotes: f.remotes, log: log, store: memory.Store, own: p.memory,
		sources: f.sources,
	}.checks()
	f.handler = New(Options{
		Login: login, Secret: c.Hookd.Secret, Previous: c.Hookd.PreviousSecret,
		ClientCerts: c.Hookd.TLS.ClientCAFile != "", Address: memory.Address, Waiting: p.waiting, Steps: memory,
		Monitoring: p.monitoringBeside(c), Called: p.metrics.called, Log: p.log,
	})
	return f, nil
}

// begin returns what is known of a configuration before anything is opened.
func (p *process) begin(c config.Config) *inForce {
	f := &inForce{config: c, loaded: p.host.Now(), files: filesOf(c), board: &health.Board{}}
	f.board.Changed = func() {
		if p.now.Load() == f {
			p.announce()
		}
	}
	return f
}

// openAudit opens the audit that the configuration names.
func (p *process) openAudit(c config.Config, f *inForce) (*audit.Log, error) {
	to, err := audit.Open(c.Audit, false, audit.Streams{Out: p.host.Stdout, Err: p.host.Stderr})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	if closer, ok := to.Writer.(io.Closer); ok && to.Writer != p.host.Stderr && to.Writer != p.host.Stdout {
		f.closers = append(f.closers, closer)
	}
	log := audit.NewLog(to)
	log.Seen = p.metrics.attempt
	return log, nil
}

// open makes the memory of the process: that of the file which the configuration names, or one that
// ends with the process.
func (p *process) open(c config.Config) (err error) {
	if c.MemoryFile == "" {
		p.memory, p.key = inprocess.New(p.host.Now), make([]byte, 32)
		if _, err := io.ReadFull(p.host.Rand, p.key); err != nil {
			return fmt.Errorf("randomness: %w", err)
		}
		return nil
	}
	if p.file, err = bolt.Own(bolt.Options{Path: c.MemoryFile, Now: p.host.Now, Random: p.host.Rand}); err != nil {
		return err
	}
	p.memory, p.key = p.file.Store, p.file.Key()
	return nil
}

// shut writes what is left to write, at the end of the process.
func (p *process) shut() {
	if p.file == nil {
		return
	}
	if err := p.file.Close(); err != nil {
		p.log.Error(err.Error())
	}
}

// openMemory returns what is remembered of logins: by this process, or in a store that several
// share.
func (p *process) openMemory(c config.Config, f *inForce, h setup.Host) (*memory.Logins, error) {
	switch {
	case c.Hookd.RedisURL != "":
	case p.file != nil:
		return setup.Memory(c, h, counted{p.file, p.metrics.store}, p.key), nil
	default:
		return setup.Memory(c, h, p.memory, p.key), nil
	}
	shared, key, err := lasting.Shared(c, h)
	if err != nil {
		return nil, err
	}
	f.closers = append(f.closers, shared)
	ctx, cancel := context.WithTimeout(context.Background(), readyTime)
	defer cancel()
	// One that does not answer yet is asked again and again, and denies until it does.
	if err := shared.Ping(ctx); errors.Is(err, redis.ErrEvicts) {
		return nil, fmt.Errorf("hookd.redis_url: %w", err)
	} else if warning := shared.Warning(ctx); err == nil && warning != "" {
		p.log.Warn(warning)
	}
	return setup.Memory(c, h, counted{shared, p.metrics.store}, key), nil
}

// providers returns the providers of a configuration, those that ask somebody else behind limits.
func (p *process) providers(c config.Config, f *inForce, h setup.Host, m *memory.Logins) (provider.Set, error) {
	var lasting *memory.Logins
	if c.Lasts() {
		lasting = m
	}
	people, err := setup.Providers(c, h, lasting, true)
	if err != nil {
		return people, err
	}
	for _, each := range people.All() {
		if r := remoteOf(each, f.board); r != nil {
			f.remotes = append(f.remotes, r)
			people = people.With(provider.Behind(p.limit(c, r, each), each))
		}
	}
	return people, nil
}

// private refuses to listen for other machines without a secret.
func private(c config.Config) error {
	host, _, err := net.SplitHostPort(c.Hookd.Listen)
	if err != nil {
		return fmt.Errorf("listen %q: want host:port", c.Hookd.Listen)
	}
	if c.Hookd.Secret == "" && !plainhttp.IsLoopback(host) {
		return fmt.Errorf("listen %s: without a secret anybody could ask whether a code is right; set "+
			"AUTHY_HOOKD_SECRET, or listen on 127.0.0.1", c.Hookd.Listen)
	}
	return nil
}
