// Package steps gives the sentences of features/*.feature their meaning. All that a scenario knows
// is in one struct of its own; scenarios run side by side and share nothing but the target that
// gives them servers.
package steps

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/cucumber/godog"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
)

// Suite connects scenarios to a target.
type Suite struct {
	Target target.Target
	// Door is the door of scenarios that are tagged @both-doors; "" where a suite runs the others,
	// each of which names its own.
	Door target.Door
	// Provider is who judges the codes, where a scenario does not say it; "" is Authy.
	Provider string
	// Result, where set, is called with each scenario's name and whether it passed. It must be safe
	// for concurrent use.
	Result func(name string, err error)
	// Tried, where set, is told what came of a client with a hook: why is empty if a file went up
	// and came back, else the reason why that client cannot be used. It must be safe for concurrent
	// use.
	Tried func(hook target.Hook, door target.Door, way client.Way, why string)

	compiled sync.Map // expressions of the steps
}

// Register adds the steps for one scenario. godog calls it once per scenario.
func (s *Suite) Register(godogs *godog.ScenarioContext) {
	sc := sentences{godogs, &s.compiled}
	w := &scenario{suite: s, provider: s.Provider, people: map[string]*person{}}
	w.setUp(sc)
	w.authy(sc)
	w.locally(sc)
	w.enrolment(sc)
	w.providers(sc)
	w.logins(sc)
	w.conversations(sc)
	w.crowds(sc)
	w.copies(sc)
	w.outcomes(sc)
	w.holes(sc)
	w.ownFactor(sc)
	w.hookds(sc)
	w.sources(sc)
	w.slowClients(sc)
	w.defender(sc)
	w.guessing(sc)
	w.revocation(sc)
	w.leaving(sc)
	sc.StepContext().Before(func(ctx context.Context, step *godog.Step) (context.Context, error) {
		return ctx, wordsFit(step.Text)
	})
	sc.After(func(ctx context.Context, pickle *godog.Scenario, err error) (context.Context, error) {
		if err != nil && w.site != nil {
			godog.T(ctx).Logf("%s", w.report(ctx, err))
		}
		end := w.end()
		if s.Result != nil {
			s.Result(pickle.Name, errors.Join(err, end))
		}
		return ctx, end
	})
}

// scenario is what one scenario knows.
type scenario struct {
	suite *Suite
	// provider is who judges the codes; "" is Authy.
	provider string
	setup    target.Setup
	site     target.Site
	people   map[string]*person

	crowd []*person // where there are many
	sent  *copied   // what somebody copied last

	attempts  []attempt // of the last When
	tries     int       // that a server answered in the last When
	seen      int       // audit lines when the last When began
	now       time.Time // at Authy and on every phone
	authyDown bool

	named []target.Finding // by doctor, last
	key   string           // an API key for all users
	share string           // id of a share
	slow  []net.Conn       // to hookd
	open  []attempt        // whose sessions stay open
	said  string           // by a command of the administrator
	home  bool             // people move to local TOTP
}

// attempt is one login that was tried.
type attempt struct {
	label     string // what was special about it
	who       *person
	way       client.Way
	session   client.Session // nil if refused
	err       error
	questions []string // what the client was asked, in order
}

// hook is the hook that the scenario is about: the first one of the setup.
func (w *scenario) hook() target.Hook {
	if len(w.setup.Hooks) == 0 {
		return ""
	}
	return w.setup.Hooks[0]
}

// person returns somebody of the cast, known or not yet.
func (w *scenario) person(name string) *person {
	p, ok := w.people[name]
	if !ok {
		p = &person{name: name, password: name + "'s long password", hook: w.hook()}
		w.people[name] = p
	}
	return p
}

// lease takes a site of the setup.
func (w *scenario) lease(ctx context.Context, setup target.Setup) error {
	w.setup = setup
	site, err := w.suite.Target.Lease(ctx, setup)
	if err != nil {
		return err
	}
	w.site, w.now = site, time.Now()
	return w.setClock(ctx)
}

// begin marks the start of a When: what was there before does not count for the Thens that follow.
func (w *scenario) begin(ctx context.Context) error {
	if w.attempts == nil {
		return nil // nothing has happened yet
	}
	w.closeSessions()
	w.attempts = nil
	lines, err := w.site.Audit(ctx)
	w.seen = len(lines)
	return err
}

// only returns the one attempt of the last When.
func (w *scenario) only() (attempt, error) {
	if len(w.attempts) != 1 {
		return attempt{}, fmt.Errorf("%d logins were tried, this step is about one", len(w.attempts))
	}
	return w.attempts[0], nil
}

func (w *scenario) closeSessions() {
	for _, a := range w.attempts {
		if a.session != nil {
			_ = a.session.Close() // the server may be gone
		}
	}
}

func (w *scenario) end() error {
	w.closeSessions()
	for _, a := range w.open {
		_ = a.session.Close() // the server may have been quicker
	}
	for _, conn := range w.slow {
		_ = conn.Close() // hookd may have been quicker
	}
	err := w.sent.forget()
	if w.site == nil {
		return err
	}
	return errors.Join(err, w.site.Release())
}

// report is all that helps to understand a failure.
func (w *scenario) report(ctx context.Context, failure error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "failed: %v\n\n-- logins\n", failure)
	for _, a := range w.attempts {
		fmt.Fprintf(&b, "%s over %s %s: %v, asked %q\n", a.who.name, a.way.Name, a.label, a.err, a.questions)
	}
	b.WriteString("\n-- audit of the hooks\n")
	lines, err := w.site.Audit(ctx)
	for _, line := range lines {
		fmt.Fprintf(&b, "%+v\n", line)
	}
	if err != nil {
		fmt.Fprintf(&b, "(cannot be read: %v)\n", err)
	}
	b.WriteString("\n-- journal of mockauthy\n")
	entries, err := w.journal(ctx)
	for _, e := range entries {
		fmt.Fprintf(&b, "%s %s user %d: %d %s, %s %s\n", e.Method, e.Path, e.User, e.Status, e.Decision, e.Reason,
			e.Fault)
	}
	if err != nil {
		fmt.Fprintf(&b, "(cannot be read: %v)\n", err)
	}
	fmt.Fprintf(&b, "\n-- log of the server and its hooks\n%s", w.site.ServerLog(ctx))
	return b.String()
}

// together runs f for each index at the same time and returns when all are done.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}
