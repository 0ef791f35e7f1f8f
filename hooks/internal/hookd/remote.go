package hookd

import (
	"context"
	"errors"
	"time"

	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/hookd/breaker"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/provider/verify"
)

// remote is a provider that asks somebody else, with what hookd puts before it.
type remote struct {
	name    string                      // as /readyz says it
	label   string                      // as the metrics and the users file say it
	setting string                      // that names its address
	ask     func(context.Context) error // proves that our key is good, and costs nothing
	dial    func(ahead.Options) spares
	breaker *breaker.Breaker
	spares  spares // nil: nothing is dialled ahead
	board   *health.Board
}

// spares asks over connections that were dialled ahead.
type spares interface {
	provider.Verifier
	Waiting() int
	Close() error
}

// remoteOf returns what is known of a provider that asks somebody else; nil for one that does not.
func remoteOf(p provider.Provider, board *health.Board) *remote {
	switch c := p.(type) {
	case *authy.Client:
		return &remote{
			name: "Authy", label: c.Name(), setting: "api_url", board: board,
			ask:  func(ctx context.Context) error { _, err := c.App(ctx); return err },
			dial: func(o ahead.Options) spares { return authy.NewAhead(c, o) },
		}
	case *verify.Client:
		return &remote{
			name: "Twilio Verify", label: c.Name(), setting: "verify.url", board: board,
			ask:  func(ctx context.Context) error { _, err := c.Service(ctx); return err },
			dial: func(o ahead.Options) spares { return verify.NewAhead(c, o) },
		}
	}
	return nil
}

// limit returns what logins ask: the provider over connections dialled ahead, whose answers are
// evidence about its health, no more calls at once than the configuration allows and none while it
// is down, each with its time taken. So a question passes timed, the breaker, judged, the spares,
// and then the client.
func (p *process) limit(c config.Config, r *remote, client provider.Provider) provider.Verifier {
	var asked provider.Verifier = client
	if c.Hookd.DialAhead {
		r.spares = r.dial(ahead.Options{Max: c.Hookd.MaxCalls, Now: p.host.Now, Seen: p.metrics.connections(r.label)})
		asked = r.spares
	}
	r.breaker = breaker.New(judged{asked, r}, breaker.Options{
		Calls: c.Hookd.MaxCalls, Failures: c.Hookd.BreakerFailures, Pause: c.Hookd.BreakerPause,
	})
	return timed{r.label, r.breaker, p.metrics, p.host.Now}
}

// checks returns what is asked of a remote provider beside logins.
func (r *remote) checks() []health.Check {
	return []health.Check{
		{Part: r.name, Every: 5 * time.Minute, Again: 30 * time.Second, Run: r.key},
		{Part: "calls to " + r.name, Every: 10 * time.Second, Now: true, Run: r.silence},
	}
}

// What the check of the key says. A provider that does not answer leaves hookd ready: it fails for
// every hookd at once, so sending people elsewhere helps nobody, and it passes by itself.
var (
	keyRefused  = health.Finding{Level: health.Down, Why: "refuses the API key"}
	keyNoAnswer = health.Finding{Level: health.Degraded, Why: "does not answer"}
	noService   = health.Finding{Level: health.Down, Why: "has no such service; is verify.service_sid right?"}
)

// keyForeign says that something else answered the check of the key.
func (r *remote) keyForeign() health.Finding {
	return health.Finding{Level: health.Degraded,
		Why: "what answered is not " + r.name + "; are " + r.setting + " and the proxy right?"}
}

// loginForeign says that something else answers logins as well.
func (r *remote) loginForeign() health.Finding {
	return health.Finding{Level: health.Down,
		Why: "what answers is not " + r.name + "; are " + r.setting + " and the proxy right?"}
}

// key asks the provider whether it knows us.
func (r *remote) key(ctx context.Context) health.Finding {
	err := r.ask(ctx)
	var said interface {
		error
		RejectsKey() bool
	}
	var missing interface {
		error
		NotFound() bool
	}
	switch {
	case err == nil:
		return health.Finding{}
	case errors.As(err, &said) && said.RejectsKey():
		return keyRefused
	case errors.As(err, &missing) && missing.NotFound():
		return noService
	case said != nil: // an error of the provider's, so the key was taken
		return health.Finding{}
	case errors.Is(err, exchange.ErrNoAnswer):
		return keyNoAnswer
	case r.board.Get(r.name) == r.loginForeign():
		return r.loginForeign()
	}
	return r.keyForeign()
}

// silence reports whether the breaker is open, so that the provider is not asked at present.
func (r *remote) silence(context.Context) health.Finding {
	if r.breaker.Open() {
		return health.Finding{Level: health.Degraded, Why: "paused, as it did not answer"}
	}
	return health.Finding{}
}

// judged is a provider whose answers to logins are evidence: a key that is refused shows at once,
// and so does one that is good again. Silence is the breaker's business, and nothing that a
// stranger can bring about says that nobody could log in.
type judged struct {
	next provider.Verifier
	*remote
}

// Verify implements [provider.Verifier].
func (j judged) Verify(ctx context.Context, person provider.Person, code otp.Code) provider.Answer {
	answer := j.next.Verify(ctx, person, code)
	switch answer.Result {
	case provider.Right, provider.Wrong, provider.Used, provider.UnknownUser, provider.Blocked:
		j.board.Set(j.name, health.Finding{})
	case provider.RejectedKey:
		j.board.Set(j.name, keyRefused)
	case provider.Protocol:
		if j.board.Get(j.name) == j.keyForeign() {
			j.board.Set(j.name, j.loginForeign())
		}
	}
	return answer
}
