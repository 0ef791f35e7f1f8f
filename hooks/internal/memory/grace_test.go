package memory

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// graced is a state whose time the test moves, somebody's id, and an attempt with a code.
type graced struct {
	*Logins
	t   *testing.T
	now *time.Time
	id  provider.Person
	a   gate.Attempt
}

func newGraced(t *testing.T) *graced {
	t.Helper()
	s, now, _, id, code := fresh(t)
	a := gate.Attempt{Hook: gate.Extauth, Account: gate.Account{Name: "alice"}, IP: "192.0.2.7", Protocol: "SSH",
		Code: code}
	return &graced{s, t, now, id, a}
}

// join joins an attempt and wants a place for it.
func (g *graced) join(what string, a gate.Attempt, want gate.Place) gate.Standing {
	g.t.Helper()
	st, err := g.Join(g.t.Context(), a, g.id)
	if st.Place != want || err != nil {
		g.t.Errorf("%s: got %+v, %v, want place %d", what, st, err, want)
	}
	return st
}

// asked has the provider asked about an attempt that leads.
func (g *graced) asked(a gate.Attempt, answer provider.Result) {
	g.t.Helper()
	ctx := g.t.Context()
	st := g.join("first", a, gate.Leads)
	if state, err := g.Claim(ctx, a, g.id, a.Code); state != gate.WellFormed || err != nil {
		g.t.Fatalf("claim: %v, %v", state, err)
	}
	err := g.Settle(ctx, a, g.id, a.Code, answer)
	outcome := gate.Outcome{Result: gate.Accepted, Reason: gate.CodeRight}
	if answer != provider.Right {
		outcome = gate.Deny(gate.ReasonOf(answer))
	}
	if err := errors.Join(err, g.Land(ctx, a, g.id, st, outcome)); err != nil {
		g.t.Fatal(err)
	}
}

// claims says what becomes of an attempt without grace.
func (g *graced) claims(what string, a gate.Attempt, want gate.CodeState) {
	g.t.Helper()
	if state, err := g.Claim(g.t.Context(), a, g.id, a.Code); state != want || err != nil {
		g.t.Errorf("%s: got %v, %v, want %v", what, state, err, want)
	}
}

// otherCode is a code that nobody typed yet.
func otherCode(t *testing.T) otp.Code {
	t.Helper()
	code, err := otp.ParseCode("7654321")
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// others are attempts that are not the holder's.
func others(t *testing.T) map[string]func(*gate.Attempt) {
	return map[string]func(*gate.Attempt){
		"another address": func(a *gate.Attempt) { a.IP = "192.0.2.8" },
		"another account": func(a *gate.Attempt) { a.Account.Name = "bob" },
		"another hook":    func(a *gate.Attempt) { a.Hook = gate.Checkpwd },
		"another code":    func(a *gate.Attempt) { a.Code = otherCode(t) },
	}
}

// TestGraceIsItsHoldersAlone: the same hook, account, address and code go on over any protocol, and
// nobody else with them.
func TestGraceIsItsHoldersAlone(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	g.asked(g.a, provider.Right)
	for _, protocol := range []string{"SSH", "FTP", "DAV", "HTTP"} {
		again := g.a
		again.Protocol = protocol
		g.join(protocol, again, gate.GoesOn)
	}
	for what, change := range others(t) {
		other := g.a
		change(&other)
		g.join(what, other, gate.Leads)
		if what != "another code" {
			g.claims(what, other, gate.Reused)
		}
	}
	nowhere := g.a
	nowhere.IP = ""
	g.join("no address", nowhere, gate.NoGrace)
	g.claims("no address", nowhere, gate.Reused)
}

// TestGraceIsFixed: it ends a while after the first acceptance, however often it was used, and the
// code stays used.
func TestGraceIsFixed(t *testing.T) {
	t.Parallel()
	for _, grace := range []time.Duration{time.Minute, 10 * time.Minute, time.Hour} {
		g := newGraced(t)
		g.Grace = grace
		g.asked(g.a, provider.Right)
		for range 4 {
			*g.now = g.now.Add(grace/4 - time.Millisecond)
			g.join("within", g.a, gate.GoesOn)
		}
		*g.now = g.now.Add(4 * time.Millisecond)
		st, err := g.Join(t.Context(), g.a, g.id)
		if err != nil || st.Place == gate.GoesOn || st.Place == gate.Shares {
			t.Errorf("%s: after its end: %+v, %v", grace, st, err)
		}
		if grace < CodeLife {
			g.claims("after its end", g.a, gate.Reused)
		}
	}
}

// TestReloadShortensGraces: a grace that runs is bound by the configuration in force.
func TestReloadShortensGraces(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	g.asked(g.a, provider.Right)
	*g.now = g.now.Add(2 * time.Minute)
	g.Grace = time.Minute
	g.join("after the reload", g.a, gate.NoGrace)
	g.Grace = 0
	g.join("switched off", g.a, gate.NoGrace)
}

// TestNoGraceUnlessConfigured: without one each attempt stands alone, and a code is used once it
// was accepted.
func TestNoGraceUnlessConfigured(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	g.Grace = 0
	g.join("first", g.a, gate.NoGrace)
	g.claims("first", g.a, gate.WellFormed)
	if err := g.Settle(t.Context(), g.a, g.id, g.a.Code, provider.Right); err != nil || g.Graceful() {
		t.Errorf("%v, graceful %v", err, g.Graceful())
	}
	g.join("again", g.a, gate.NoGrace)
	g.claims("again", g.a, gate.Reused)
}

// TestWebDAVGraceIsForWebDAV: by its own setting extauth over WebDAV alone has a grace, or a longer
// one.
func TestWebDAVGraceIsForWebDAV(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	g.Grace, g.WebDAVGrace = 0, 10*time.Minute
	over := func(hook gate.Hook, protocol string) gate.Attempt {
		a := g.a
		a.Hook, a.Protocol = hook, protocol
		return a
	}
	g.join("extauth over SSH", over(gate.Extauth, "SSH"), gate.NoGrace)
	g.join("checkpwd over WebDAV", over(gate.Checkpwd, "DAV"), gate.NoGrace)
	g.asked(over(gate.Extauth, "DAV"), provider.Right)
	g.join("extauth over WebDAV", over(gate.Extauth, "DAV"), gate.GoesOn)
	g.join("extauth over FTP with that code", over(gate.Extauth, "FTP"), gate.NoGrace)
	g.Grace = time.Minute
	*g.now = g.now.Add(2 * time.Minute)
	g.join("longer over WebDAV", over(gate.Extauth, "DAV"), gate.GoesOn)
	g.join("shorter over FTP", over(gate.Extauth, "FTP"), gate.NoGrace)
}

// TestKeyintIsNotAsked: after an accepted code its question is left out for that account and
// address, for a fixed time.
func TestKeyintIsNotAsked(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	g.a.Hook = gate.Keyint
	stands := func(what string, a gate.Attempt, want bool) {
		t.Helper()
		if got, err := g.Stands(t.Context(), a, g.id); got != want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", what, got, err, want)
		}
	}
	stands("before", g.a, false)
	alone := g.a
	alone.Alone, alone.Code = true, otherCode(t)
	g.asked(alone, provider.Right)
	stands("after a code that stood alone, without a password", g.a, false)
	*g.now = g.now.Add(2 * g.Grace)
	g.asked(g.a, provider.Right)
	stands("after", g.a, true)
	g.join("the same code at a prompt that was open", g.a, gate.GoesOn)
	for what, change := range others(t) {
		other := g.a
		change(&other)
		stands(what, other, what == "another code") // none is asked for
	}
	nowhere := g.a
	nowhere.IP = ""
	stands("no address", nowhere, false)

	*g.now = g.now.Add(g.Grace - time.Second)
	later := g.a
	later.Code = otherCode(t)
	g.asked(later, provider.Right)
	stands("almost over", g.a, true)
	*g.now = g.now.Add(time.Second)
	stands("over, although another code was accepted meanwhile", g.a, false)
}

// TestSuspensionEndsEveryGrace: of the person, by any answer that says so, at any hook; and a new
// one may begin after it.
func TestSuspensionEndsEveryGrace(t *testing.T) {
	t.Parallel()
	for _, answer := range []provider.Result{provider.Blocked, provider.UnknownUser} {
		for what, tell := range map[string]func(g *graced) error{
			"a code elsewhere": func(g *graced) error {
				return g.Settle(t.Context(), gate.Attempt{Hook: gate.Checkpwd, IP: "198.51.100.1"}, g.id,
					otherCode(t), answer)
			},
			"an attempt without an address": func(g *graced) error {
				return g.Settle(t.Context(), gate.Attempt{Hook: gate.Keyint}, g.id, otherCode(t), answer)
			},
			"a push": func(g *graced) error { return g.SettlePush(t.Context(), g.id, answer) },
		} {
			g := newGraced(t)
			g.a.Hook = gate.Keyint
			g.asked(g.a, provider.Right)
			if err := tell(g); err != nil {
				t.Fatal(err)
			}
			g.join(what, g.a, gate.NoGrace)
			if stands, err := g.Stands(t.Context(), g.a, g.id); stands || err != nil {
				t.Errorf("%s: keyint's stands: %v, %v", what, stands, err)
			}
			again := g.a
			again.Code = otherCode(t)
			g.asked(again, provider.Right)
			g.join("after the suspension was lifted", again, gate.GoesOn)
			g.join("from before it", g.a, gate.NoGrace)
		}
	}
}

// TestSuspensionWhileAsked: a yes that was said before a suspension was seen begins no grace after
// it.
func TestSuspensionWhileAsked(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	ctx := t.Context()
	g.join("first", g.a, gate.Leads)
	g.claims("first", g.a, gate.WellFormed)
	if err := g.SettlePush(ctx, g.id, provider.Blocked); err != nil {
		t.Fatal(err)
	}
	if err := g.Settle(ctx, g.a, g.id, g.a.Code, provider.Right); err != nil {
		t.Fatal(err)
	}
	g.join("after it", g.a, gate.NoGrace)
}

// TestAnotherIDHasNoGrace: an account that is somebody else at Authy now does not go on.
func TestAnotherIDHasNoGrace(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	g.a.Hook = gate.Keyint
	g.asked(g.a, provider.Right)
	id, err := authy.ParseID("4711")
	if err != nil {
		t.Fatal(err)
	}
	if stands, err := g.Stands(t.Context(), g.a, id); stands || err != nil {
		t.Errorf("keyint: %v, %v", stands, err)
	}
	if st, err := g.Join(t.Context(), g.a, id); st.Place == gate.GoesOn || err != nil {
		t.Errorf("got %+v, %v", st, err)
	}
}

// TestAnEndedGraceIsOver: an account that was nobody at Authy for a while, or somebody else, begins
// anew when it is what it was. Whoever looked at it meanwhile need not be the hookd that began the
// grace.
func TestAnEndedGraceIsOver(t *testing.T) {
	t.Parallel()
	other, err := authy.ParseID("4711")
	if err != nil {
		t.Fatal(err)
	}
	for what, end := range map[string]func(g *graced) error{
		"nobody": func(g *graced) error { return g.End(t.Context(), g.a.Account.Name) },
		"somebody else, with a code": func(g *graced) error {
			a := g.a
			a.Code = otherCode(t)
			_, err := g.Join(t.Context(), a, other)
			return err
		},
		"somebody else, before a code": func(g *graced) error {
			_, err := g.Stands(t.Context(), g.a, other)
			return err
		},
	} {
		g := newGraced(t)
		g.a.Hook = gate.Keyint
		stands := func(when string, want bool) {
			t.Helper()
			if got, err := g.Stands(t.Context(), g.a, g.id); got != want || err != nil {
				t.Errorf("%s, %s: stands %v, %v, want %v", what, when, got, err, want)
			}
		}
		g.asked(g.a, provider.Right)
		stands("before", true)
		if err := end(g); err != nil {
			t.Fatal(err)
		}
		g.join(what, g.a, gate.NoGrace)
		stands("after", false)
		again := g.a
		again.Code = otherCode(t)
		g.asked(again, provider.Right)
		g.join(what+", again", again, gate.GoesOn)
		g.join(what+", from before", g.a, gate.NoGrace)
		stands("again", true)
	}
}

// TestGrantsAreBoundToTheirKeys: whoever can write the shared store and has a grant makes none for
// others out of it.
func TestGrantsAreBoundToTheirKeys(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	ctx := t.Context()
	g.asked(g.a, provider.Right)
	grant, err := g.Store.Get(ctx, g.graceKey(g.a, g.id, g.a.Code))
	if err != nil || !strings.HasPrefix(grant, grantMark) {
		t.Fatalf("grant %q, %v", grant, err)
	}
	bob := g.a
	bob.Account.Name = "bob"
	for _, text := range []string{grant, "+", "+1", "+1700000000000  ", strings.Replace(grant, "+17", "+18", 1),
		"yes"} {
		if err := g.Store.Set(ctx, g.graceKey(bob, g.id, bob.Code), text, time.Hour); err != nil {
			t.Fatal(err)
		}
		g.join(text, bob, gate.NoGrace)
	}
}
