package gate

import (
	"context"
	"errors"
	"testing"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// world is everybody whom a gate asks, with a note of who was.
type world struct {
	found   bool
	err     error
	answer  provider.Answer
	claim   CodeState
	memErr  error
	push    PushState
	busy    bool // a push waits
	locked  bool
	lockErr error

	settleErr error
	asked     string

	vanished, stale bool // what the accounts say beside found
}

func (w *world) note(who string) { w.asked += who + " " }

func (w *world) Lookup(context.Context, Account) (Found, error) {
	w.note("accounts")
	return Found{Mapped: w.found, Vanished: w.vanished, Stale: w.stale}, w.err
}

func (w *world) Verify(context.Context, provider.Person, otp.Code) provider.Answer {
	w.note("provider")
	return w.answer
}

func (w *world) Push(context.Context, provider.Person, Attempt) (PushState, provider.Answer) {
	w.note("phone")
	return w.push, w.answer
}

func (w *world) Claim(context.Context, Attempt, provider.Person, otp.Code) (CodeState, error) {
	w.note("claim")
	return w.claim, w.memErr
}

func (w *world) Settle(_ context.Context, _ Attempt, _ provider.Person, _ otp.Code, answer provider.Result) error {
	kept := map[provider.Result]string{provider.Right: "keep", provider.Recovered: "recovered"}[answer]
	if kept == "" {
		kept = "release"
	}
	w.note(kept)
	return w.settleErr
}

func (w *world) ClaimPush(context.Context, provider.Person) (bool, error) {
	w.note("claim")
	return !w.busy, w.memErr
}

func (w *world) SettlePush(context.Context, provider.Person, provider.Result) error {
	w.note("release")
	return nil
}

func (w *world) Enter(context.Context, Attempt) (bool, error) {
	w.note("enter")
	return w.locked, w.lockErr
}

func (w *world) Leave(_ context.Context, _ Attempt, o Outcome) error {
	w.note("leave")
	return nil
}

func TestJudgeAsksNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	code, err := otp.ParseCode("1234567")
	if err != nil {
		t.Fatal(err)
	}
	right := provider.Answer{Result: provider.Right, Status: 200}
	gone := errors.New("gone")
	for name, c := range map[string]struct {
		world   world
		attempt Attempt
		policy  Policy
		reason  Reason
		asked   string
	}{
		"right": {world{found: true, claim: WellFormed, answer: right}, Attempt{Code: code},
			Policy{}, CodeRight, "enter accounts claim provider keep leave "},
		"wrong": {world{found: true, claim: WellFormed,
			answer: provider.Answer{Result: provider.Wrong}}, Attempt{Code: code}, Policy{}, CodeWrong,
			"enter accounts claim provider release leave "},
		"no answer": {world{found: true, claim: WellFormed,
			answer: provider.Answer{Result: provider.NoAnswer}}, Attempt{Code: code}, Policy{AllowNoAnswer: true},
			BypassUnreachable, "enter accounts claim provider release leave "},
		"refused before": {world{}, Attempt{Code: code, Refusal: MethodUnsupported}, Policy{},
			MethodUnsupported, ""},
		"method denied before": {world{locked: true}, Attempt{Code: code, Refusal: MethodDenied}, Policy{},
			MethodDenied, ""},
		"forged before": {world{}, Attempt{Refusal: InputForged}, Policy{}, InputForged, "enter leave "},
		"locked": {world{locked: true, answer: right}, Attempt{Code: code}, Policy{}, LockedOut,
			"enter "},
		"locked, then gone": {world{found: true, locked: true, lockErr: gone, answer: right},
			Attempt{Code: code}, Policy{PassWithoutStore: true}, LockedOut, "enter "},
		"no code":  {world{found: true}, Attempt{}, Policy{}, CodeMalformed, "enter accounts leave "},
		"unmapped": {world{}, Attempt{Code: code}, Policy{}, UserUnmapped, "enter accounts leave "},
		"source down": {world{found: true, err: gone}, Attempt{Code: code}, Policy{}, AccountsUnavailable,
			"enter accounts leave "},
		"accepted a moment ago": {world{found: true, claim: Reused, answer: right}, Attempt{Code: code}, Policy{},
			CodeReused, "enter accounts claim leave "},
		"memory gone": {world{found: true, memErr: gone, answer: right}, Attempt{Code: code}, Policy{},
			StoreUnavailable, "enter accounts claim leave "},
		"memory gone, go on": {world{found: true, memErr: gone, answer: right}, Attempt{Code: code},
			Policy{PassWithoutStore: true}, StoreUnavailable, "enter accounts claim provider leave "},
		"memory gone, wrong": {world{found: true, memErr: gone, answer: provider.Answer{Result: provider.Wrong}},
			Attempt{Code: code}, Policy{PassWithoutStore: true}, CodeWrong, "enter accounts claim provider leave "},
		"not kept": {world{found: true, claim: WellFormed, settleErr: gone, answer: right},
			Attempt{Code: code}, Policy{}, StoreUnavailable, "enter accounts claim provider keep leave "},
		"not kept, go on": {world{found: true, claim: WellFormed, settleErr: gone, answer: right},
			Attempt{Code: code}, Policy{PassWithoutStore: true}, StoreUnavailable,
			"enter accounts claim provider keep leave "},
		"not given back": {world{found: true, claim: WellFormed, settleErr: gone,
			answer: provider.Answer{Result: provider.Wrong}}, Attempt{Code: code}, Policy{}, CodeWrong,
			"enter accounts claim provider release leave "},
		"counters gone": {world{lockErr: gone}, Attempt{Code: code}, Policy{}, StoreUnavailable, "enter "},
		"counters gone, go on": {world{found: true, lockErr: gone, claim: WellFormed, answer: right},
			Attempt{Code: code}, Policy{PassWithoutStore: true}, StoreUnavailable,
			"enter accounts claim provider keep "},
		"push approved": {world{found: true, push: Approved, answer: right},
			Attempt{Push: true, Hook: Keyint}, Policy{}, PushApproved, "enter accounts claim phone release leave "},
		"push denied": {world{found: true, push: Disapproved, answer: right}, Attempt{Push: true},
			Policy{}, PushDenied, "enter accounts claim phone release leave "},
		"push while one waits": {world{found: true, busy: true, push: Approved}, Attempt{Push: true}, Policy{},
			PushPending, "enter accounts claim leave "},
		"push, authy down": {world{found: true, answer: provider.Answer{Result: provider.NoAnswer}},
			Attempt{Push: true}, Policy{AllowNoAnswer: true}, ProviderUnreachable,
			"enter accounts claim phone release leave "},
		"push, no memory of it": {world{found: true, memErr: gone, push: Approved}, Attempt{Push: true},
			Policy{PassWithoutStore: true}, StoreUnavailable, "enter accounts claim leave "},
		"push in extauth": {world{found: true, push: Approved}, Attempt{Push: true, Hook: Extauth}, Policy{},
			CodeMalformed, "enter accounts leave "},
		"push of an unmapped user": {world{push: Approved}, Attempt{Push: true}, Policy{}, UserUnmapped,
			"enter accounts leave "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &c.world
			g := &Gate{Policy: c.policy, Accounts: w, Provider: w, Pusher: w, Memory: w, Guard: w}
			out := g.Judge(context.Background(), c.attempt)
			if out.Reason != c.reason || w.asked != c.asked {
				t.Errorf("got %+v after asking %q, want %s after %q", out, w.asked, c.reason, c.asked)
			}
		})
	}
}

// TestWhoVanishedDoesNotPassByPassword: the password alone does for who never was mapped, not for
// who was a moment ago.
func TestWhoVanishedDoesNotPassByPassword(t *testing.T) {
	t.Parallel()
	policy := Policy{AllowUnmapped: map[Hook]bool{Keyint: true, Checkpwd: true, Extauth: true}}
	for _, hook := range []Hook{Keyint, Checkpwd, Extauth} {
		g := &Gate{Policy: policy, Accounts: &world{vanished: true}}
		if out := g.Judge(t.Context(), Attempt{Hook: hook}); out.Passes() || out.Reason != UserUnmapped {
			t.Errorf("%s: vanished: %+v", hook, out)
		}
		if mapping, _ := g.Who(t.Context(), Account{}); mapping != Vanished {
			t.Errorf("%s: mapping %v", hook, mapping)
		}
		g.Accounts = &world{}
		if out := g.Judge(t.Context(), Attempt{Hook: hook}); out.Passes() != (hook != Extauth) {
			t.Errorf("%s: never mapped: %+v", hook, out)
		}
	}
}

// TestOutcomesSayThatTheyRestOnOldContent: every use of a source's last content shows in the audit.
func TestOutcomesSayThatTheyRestOnOldContent(t *testing.T) {
	t.Parallel()
	code, err := otp.ParseCode("1234567")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range []bool{true, false} {
		for _, stale := range []bool{true, false} {
			w := &world{found: found, stale: stale, answer: provider.Answer{Result: provider.Right}}
			g := &Gate{Policy: Policy{AllowUnmapped: map[Hook]bool{Keyint: true}}, Accounts: w, Provider: w}
			if out := g.Judge(t.Context(), Attempt{Hook: Keyint, Code: code}); !out.Passes() || out.Stale != stale {
				t.Errorf("found %v, stale %v: %+v", found, stale, out)
			}
		}
	}
}

// TestProgramsHaveNoPush: without a memory of pushes that wait nobody is asked on the phone.
func TestProgramsHaveNoPush(t *testing.T) {
	t.Parallel()
	w := &world{found: true, push: Approved}
	g := &Gate{Accounts: w, Provider: w, Pusher: w}
	if out := g.Judge(context.Background(), Attempt{Push: true, Hook: Keyint}); out.Reason != CodeMalformed ||
		w.asked != "accounts " {
		t.Errorf("got %+v after asking %q", out, w.asked)
	}
}

// TestNoMemoryIsNoYesOfAProviderThatHasNone: where nobody remembers that a code is used, a right
// one lets nobody in.
func TestNoMemoryIsNoYesOfAProviderThatHasNone(t *testing.T) {
	t.Parallel()
	code, err := otp.ParseCode("123456")
	if err != nil {
		t.Fatal(err)
	}
	for ours, want := range map[bool]Result{false: Accepted, true: Denied} {
		for _, policy := range []Policy{{}, {PassWithoutStore: true}} {
			w := &world{found: true, answer: provider.Answer{Result: provider.Right, OurMemory: ours}}
			g := &Gate{Policy: policy, Accounts: w, Provider: w}
			if got := g.Judge(t.Context(), Attempt{Hook: Checkpwd, Code: code}); got.Result != want {
				t.Errorf("a yes that only our memory backs (%v), under %+v: got %+v, want %s", ours, policy, got, want)
			}
		}
	}
}
