package gate

import (
	"context"
	"errors"
	"testing"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// graces is a [Grace] that says what the test wants, and notes what it is told.
type graces struct {
	w        *world
	standing Standing
	stands   bool
	err      error
	landed   Outcome
}

func (g *graces) Join(context.Context, Attempt, provider.Person) (Standing, error) {
	g.w.note("join")
	return g.standing, g.err
}

func (g *graces) Land(_ context.Context, _ Attempt, _ provider.Person, s Standing, o Outcome) error {
	g.w.note("land")
	if s == g.standing {
		g.landed = o
	}
	return nil
}

func (g *graces) Stands(context.Context, Attempt, provider.Person) (bool, error) {
	g.w.note("stands")
	return g.stands, g.err
}

func (g *graces) End(context.Context, string) error {
	g.w.note("end")
	return g.err
}

// TestGraceAsksNoMoreThanNeeded: an attempt that the grace answers is not counted and nobody is
// asked; all others are counted, and one that shares a no is judged by it.
func TestGraceAsksNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	code, err := otp.ParseCode("1234567")
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := provider.Answer{Result: provider.Right, Status: 200},
		provider.Answer{Result: provider.Wrong, Status: 401}
	yes := Outcome{Result: Accepted, Reason: CodeRight, Status: 200}
	shares := func(r Reason) Standing { return Standing{Place: Shares, Reason: r} }
	leads := Standing{Place: Leads, Flight: "f"}
	for name, c := range map[string]struct {
		world    world
		standing Standing
		err      error
		attempt  Attempt
		policy   Policy
		want     Outcome
		asked    string
	}{
		"alone": {world{found: true, claim: WellFormed, answer: right}, Standing{}, nil, Attempt{Code: code},
			Policy{}, yes,
			"accounts join enter claim provider keep leave "},
		"leads": {world{found: true, claim: WellFormed, answer: right}, leads, nil, Attempt{Code: code}, Policy{}, yes,
			"accounts join enter claim provider keep leave land "},
		"leads, wrong": {world{found: true, claim: WellFormed, answer: wrong}, leads, nil, Attempt{Code: code},
			Policy{},
			Outcome{Result: Denied, Reason: CodeWrong, Status: 401},
			"accounts join enter claim provider release leave land "},
		"leads, somebody else's code": {world{found: true, claim: Reused}, leads, nil, Attempt{Code: code}, Policy{},
			Deny(CodeReused),
			"accounts join enter claim leave land "},
		"leads, locked out": {world{found: true, locked: true}, leads, nil, Attempt{Code: code}, Policy{},
			Deny(LockedOut),
			"accounts join enter land "},
		"goes on": {world{found: true}, Standing{Place: GoesOn}, nil, Attempt{Code: code, Hook: Checkpwd}, Policy{},
			Outcome{Result: Accepted, Reason: CodeGrace}, "accounts join "},
		"goes on while others are locked out": {world{found: true, locked: true}, Standing{Place: GoesOn}, nil,
			Attempt{Code: code}, Policy{},
			Outcome{Result: Accepted, Reason: CodeGrace}, "accounts join "},
		"goes on by old content": {world{found: true, stale: true}, Standing{Place: GoesOn}, nil, Attempt{Code: code},
			Policy{},
			Outcome{Result: Accepted, Reason: CodeGrace, Stale: true}, "accounts join "},
		"shares a no": {world{found: true, answer: right}, shares(CodeWrong), nil, Attempt{Code: code}, Policy{},
			Deny(CodeWrong),
			"accounts join enter leave "},
		"shares a no that blames nobody": {world{found: true, answer: right}, shares(ProviderLimited), nil,
			Attempt{Code: code}, Policy{},
			Deny(ProviderLimited), "accounts join "},
		"shares silence that passes": {world{found: true}, shares(BypassUnreachable), nil,
			Attempt{Code: code, Hook: Keyint},
			Policy{AllowNoAnswer: true}, Outcome{Result: Bypassed, Reason: BypassUnreachable}, "accounts join "},
		"shares silence, extauth": {world{found: true}, shares(BypassUnreachable), nil,
			Attempt{Code: code, Hook: Extauth},
			Policy{AllowNoAnswer: true}, Deny(ProviderUnreachable), "accounts join "},
		"shares silence, not allowed": {world{found: true}, shares(BypassUnreachable), nil,
			Attempt{Code: code, Hook: Keyint}, Policy{},
			Deny(ProviderUnreachable), "accounts join "},
		"shares a yes, which is none": {world{found: true}, shares(CodeRight), nil, Attempt{Code: code}, Policy{},
			Deny(CodeRight),
			"accounts join "},
		"the memory is gone": {world{found: true, lockErr: errors.New("gone")}, Standing{}, errors.New("gone"),
			Attempt{Code: code}, Policy{},
			Deny(StoreUnavailable), "accounts join enter "},
		"not mapped any more": {world{}, Standing{Place: GoesOn}, nil, Attempt{Code: code}, Policy{},
			Deny(UserUnmapped),
			"accounts end enter leave "},
		"a source does not answer": {world{err: errors.New("gone")}, Standing{Place: GoesOn}, nil, Attempt{Code: code},
			Policy{},
			Deny(AccountsUnavailable), "accounts enter leave "},
		"no code": {world{found: true}, Standing{Place: GoesOn}, nil, Attempt{}, Policy{}, Deny(CodeMalformed),
			"enter accounts leave "},
		"a push": {world{found: true, push: Approved, answer: right}, Standing{Place: GoesOn}, nil, Attempt{Push: true},
			Policy{},
			Outcome{Result: Accepted, Reason: PushApproved, Status: 200}, "enter accounts claim phone release leave "},
		"refused before": {world{found: true}, Standing{Place: GoesOn}, nil,
			Attempt{Code: code, Refusal: AccountDisabled}, Policy{},
			Deny(AccountDisabled), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &c.world
			grace := &graces{w: w, standing: c.standing, err: c.err}
			g := &Gate{Policy: c.policy, Accounts: w, Provider: w, Pusher: w, Memory: w, Guard: w, Grace: grace}
			out := g.Judge(t.Context(), c.attempt)
			if out != c.want || w.asked != c.asked {
				t.Errorf("got %+v after asking %q, want %+v after %q", out, w.asked, c.want, c.asked)
			}
			if c.standing.Place == Leads && grace.landed != out {
				t.Errorf("those who wait were told %+v, the outcome is %+v", grace.landed, out)
			}
		})
	}
}

// explosive is a provider that panics.
type explosive struct{}

func (explosive) Verify(context.Context, provider.Person, otp.Code) provider.Answer { panic("boom") }

// TestPanicTellsThoseWhoWait: they are denied, and do not wait until their time is over.
func TestPanicTellsThoseWhoWait(t *testing.T) {
	t.Parallel()
	code, _ := otp.ParseCode("1234567")
	w := &world{found: true, claim: WellFormed}
	grace := &graces{w: w, standing: Standing{Place: Leads, Flight: "f"}}
	g := &Gate{Accounts: w, Provider: explosive{}, Memory: w, Grace: grace}
	func() {
		defer func() { _ = recover() }()
		g.Judge(t.Context(), Attempt{Code: code})
	}()
	if grace.landed != Deny(Internal) {
		t.Errorf("told %+v", grace.landed)
	}
}

// TestGoesOnWithoutBeingAsked: keyint leaves its question out for who is mapped and stands in a
// grace, and for nobody else.
func TestGoesOnWithoutBeingAsked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		world  world
		none   bool
		alone  bool
		stands bool
		err    error
		ok     bool
	}{
		"stands":                     {world: world{found: true}, stands: true, ok: true},
		"does not":                   {world: world{found: true}},
		"no grace is configured":     {world: world{found: true}, stands: true, none: true},
		"not mapped any more":        {stands: true},
		"a code that stands alone":   {world: world{found: true}, stands: true, alone: true},
		"vanished":                   {world: world{vanished: true}, stands: true},
		"a source does not answer":   {world: world{err: errors.New("gone")}, stands: true},
		"the memory does not answer": {world: world{found: true}, stands: true, err: errors.New("gone")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &c.world
			g := &Gate{Accounts: w, Provider: w, Memory: w}
			if !c.none {
				g.Grace = &graces{w: w, stands: c.stands, err: c.err}
			}
			out, ok := g.GoesOn(t.Context(), Attempt{Hook: Keyint, Alone: c.alone})
			if ok != c.ok || ok && out != (Outcome{Result: Accepted, Reason: CodeGrace}) || !ok && out.Passes() {
				t.Errorf("got %+v, %v", out, ok)
			}
		})
	}
}
