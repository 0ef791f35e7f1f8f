package hookd

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// Parts that report about themselves, as /readyz names them.
const (
	partUsers  = "users file"
	partStore  = "shared store"
	partMemory = "memory"
	partFile   = "memory file"
	partAudit  = "audit"
	partSFTPGo = "SFTPGo's REST API"
	partTOTP   = "local TOTP"
)

// readyTime is how long an answer of /readyz may take: most of those who ask wait no longer than a
// second or two.
const readyTime = 2 * time.Second

// watched is what the checks of one configuration look at.
type watched struct {
	config    config.Config
	providers provider.Set
	remotes   []*remote
	log       *audit.Log
	store     store.Store
	own       *inprocess.Store // what this process remembers, where nothing is shared
	sources   accounts.Chain
}

// checks returns a check for everything that hookd needs before anybody can log in.
func (w watched) checks() []health.Check {
	var list []health.Check
	for _, r := range w.remotes {
		list = append(list, r.checks()...)
	}
	for _, p := range w.providers.All() {
		if local, ok := provider.As[*totp.Provider](p); ok {
			list = append(list, health.Check{Part: partTOTP, Every: 10 * time.Second, Now: true, Run: local.Health})
		}
	}
	list = append(list, health.Check{Part: partAudit, Every: 10 * time.Second, Now: true, Run: w.audit})
	for _, source := range w.sources {
		if file, ok := source.(*accounts.File); ok {
			list = append(list, health.Check{Part: partUsers, Every: 10 * time.Second, Now: true, Run: w.users(file)})
		}
	}
	if w.config.Hookd.RedisURL == "" {
		list = append(list, health.Check{Part: partMemory, Every: 10 * time.Second, Now: true, Run: room(w.own)})
	} else {
		list = append(list, health.Check{Part: partStore, Every: 10 * time.Second, Now: true,
			Run: w.ping("does not answer")})
	}
	if w.config.MemoryFile != "" {
		list = append(list, health.Check{Part: partFile, Every: 10 * time.Second, Now: true,
			Run: w.ping("cannot be written")})
	}
	if w.config.SFTPGoURL != "" && slices.Contains(w.config.AccountSources, config.SourceAdditionalInfo) {
		list = append(list, health.Check{Part: partSFTPGo, Every: time.Minute, Again: 15 * time.Second, Run: w.sftpgo})
	}
	return list
}

// users checks that the users file can be read and names somebody.
func (w watched) users(file *accounts.File) func(context.Context) health.Finding {
	alone := len(w.sources) == 1 && w.config.Unmapped.Keyint == config.Deny && w.config.Unmapped.Checkpwd == config.Deny
	return func(ctx context.Context) health.Finding {
		found := file.Health(ctx)
		if found.Level != health.Down && alone && file.Empty() {
			return health.Finding{Level: health.Down, Why: "it names nobody"}
		}
		return found
	}
}

// ping returns a check that asks the store; fails is what it says of one that fails.
func (w watched) ping(fails string) func(context.Context) health.Finding {
	return func(ctx context.Context) health.Finding {
		err, why := w.store.Ping(ctx), fails
		switch {
		case errors.Is(err, redis.ErrLost):
			why = "may have lost which codes were used, and refuses all for a while"
		case errors.Is(err, redis.ErrEvicts):
			why = "may throw away which codes were used: set its maxmemory-policy to noeviction"
		}
		switch {
		case err == nil:
			return health.Finding{}
		case w.config.Hookd.OnStoreFailure == config.Allow:
			return health.Finding{Level: health.Degraded,
				Why: why + "; logins go on without lockout and memory of codes"}
		}
		return health.Finding{Level: health.Down, Why: why}
	}
}

// room names the kinds of things that hookd has no room left for. It is degraded and no more:
// logins go on, since what matters least is dropped first, and an attacker who fills the memory of
// one hookd must not make a load balancer send everybody to the next.
func room(memory *inprocess.Store) func(context.Context) health.Finding {
	return func(context.Context) health.Finding {
		var full []string
		for _, kind := range memory.Full() {
			full = append(full, kind.Words())
		}
		if len(full) == 0 {
			return health.Finding{}
		}
		return health.Finding{Level: health.Degraded, Why: "full of " + strings.Join(full, ", ")}
	}
}

// audit checks that the next line could be written.
func (w watched) audit(context.Context) health.Finding {
	err := audit.Probe(w.config.Audit)
	switch {
	case err == nil && w.log.Failed(): // no reason to send people away: nobody would try again
		return health.Finding{Level: health.Degraded, Why: "the last line could not be written; hookd's log says why"}
	case err == nil:
		return health.Finding{}
	case w.config.OnAuditFailure == config.Allow:
		return health.Finding{Level: health.Degraded, Why: err.Error() + "; logins go on without it"}
	}
	return health.Finding{Level: health.Down, Why: err.Error()}
}

// sftpgo asks SFTPGo for an account that need not exist. Without an answer hookd is degraded and no
// more: extauth is sent the account, other sources may know it, and hookd starts before SFTPGo.
func (w watched) sftpgo(ctx context.Context) health.Finding {
	client, err := setup.SFTPGo(w.config)
	if err == nil {
		defer client.Close()
		err = client.Reachable(ctx)
	}
	const so = "; keyint and checkpwd cannot find out who an account is"
	switch status := sftpgoapi.Status(err); {
	case err == nil:
		return health.Finding{}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return health.Finding{Level: health.Degraded, Why: "refuses hookd's API key" + so}
	}
	return health.Finding{Level: health.Degraded, Why: "does not answer as it should" + so}
}

// announcer logs changes in the health of hookd.
type announcer struct {
	mu   sync.Mutex
	last *health.State // nil before the first
}

// announce logs the state if it has changed. It says nothing while the first checks of a new
// configuration run.
func (p *process) announce() {
	if now := p.now.Load(); now == nil || !now.watch.Complete() || p.host.stopping() {
		return
	}
	s := p.health()
	p.said.mu.Lock()
	defer p.said.mu.Unlock()
	if p.said.last != nil && s.Equal(*p.said.last) {
		return
	}
	p.said.last = &s
	switch {
	case !s.Ready():
		p.log.Warn("not ready: nobody can log in", "reasons", s.Reasons, "degraded", append([]string{}, s.Degraded...))
	case len(s.Degraded) > 0:
		p.log.Warn("ready, but degraded", "degraded", s.Degraded)
	default:
		p.log.Info("ready")
	}
}

// health returns what is known about the configuration in force and about what outlives it.
func (p *process) health() health.State {
	s := p.board.State()
	if now := p.now.Load(); now != nil {
		s = health.Join(s, now.board.State())
	}
	if p.host.stopping() {
		s = s.With(health.Down, "hookd is stopping")
	}
	return s
}

// look runs the checks that are due and returns the findings. It takes [readyTime] at most. Only
// the values of ctx count: a client that hangs up says nothing about the store.
func (p *process) look(ctx context.Context) health.State {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
	defer cancel()
	complete := true
	if now := p.now.Load(); now != nil {
		complete = now.watch.Look(ctx)
	}
	s := p.health()
	if !complete {
		s = s.With(health.Degraded, "hookd: its first checks are not done yet")
	}
	return s
}

// ready answers /readyz: 200 if people can log in, else 503, and the reasons in words.
func (p *process) ready(w http.ResponseWriter, r *http.Request) {
	s := p.look(r.Context())
	status := http.StatusOK
	if !s.Ready() {
		status = http.StatusServiceUnavailable
	}
	text, err := json.Marshal(s)
	if err != nil {
		http.Error(w, "internal", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}
