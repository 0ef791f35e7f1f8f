package memory

import (
	"testing"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
)

// TestARecoveryCodeBeginsNoGrace: it lets in whoever leads, once, and nobody who waits.
func TestARecoveryCodeBeginsNoGrace(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	ctx := t.Context()
	first := g.join("first", g.a, gate.Leads)
	g.claims("first", g.a, gate.WellFormed)
	if err := g.Settle(ctx, g.a, g.id, g.a.Code, provider.Recovered); err != nil {
		t.Fatal(err)
	}
	waits := make(chan gate.Standing, 1)
	go func() {
		st, _ := g.Join(ctx, g.a, g.id)
		waits <- st
	}()
	if err := g.Land(ctx, g.a, g.id, first,
		gate.Outcome{Result: gate.Accepted, Reason: gate.RecoveryCode}); err != nil {
		t.Fatal(err)
	}
	// Whoever came while it was judged shares a no; whoever came after leads, and finds the code
	// used.
	if st := <-waits; st.Place == gate.GoesOn || st.Place == gate.Shares && st.Reason != gate.CodeReused {
		t.Errorf("who waited: %+v", st)
	}
	g.claims("the same again", g.a, gate.Reused)
	if stands, err := g.Stands(ctx, gate.Attempt{Hook: gate.Keyint, Account: g.a.Account, IP: g.a.IP}, g.id); stands ||
		err != nil {
		t.Errorf("keyint goes on after a recovery code: %v, %v", stands, err)
	}
}

// TestWhoIsNotEnrolledAnyMoreHasNoGrace: it ends with the answer, as for somebody suspended.
func TestWhoIsNotEnrolledAnyMoreHasNoGrace(t *testing.T) {
	t.Parallel()
	for _, answer := range []provider.Result{provider.NotEnrolled, provider.Blocked, provider.UnknownUser} {
		g := newGraced(t)
		g.asked(g.a, provider.Right)
		g.join("goes on", g.a, gate.GoesOn)
		another := g.a
		another.IP, another.Code = "192.0.2.9", otherCode(t)
		g.asked(another, answer)
		if st, err := g.Join(t.Context(), g.a, g.id); st.Place == gate.GoesOn || err != nil {
			t.Errorf("after %v: %+v, %v", answer, st, err)
		}
	}
}

// elsewhere is a person with the same name at another provider.
type elsewhere struct{ provider.Person }

func (elsewhere) Provider() string { return "elsewhere" }

// TestPeopleOfTwoProvidersAreTwo: the same name at another provider is somebody else.
func TestPeopleOfTwoProvidersAreTwo(t *testing.T) {
	t.Parallel()
	s, _, _, p, code := fresh(t)
	if s.codeKey(p, code) == s.codeKey(elsewhere{p}, code) || s.epochKey(p) == s.epochKey(elsewhere{p}) ||
		s.graceKey(dav, p, code) == s.graceKey(dav, elsewhere{p}, code) ||
		s.holder("a", p, "n") == s.holder("a", elsewhere{p}, "n") {
		t.Error("one key stands for two people")
	}
}

// TestAUsedRecoveryCodeThatIsGivenAgainStaysUsed: an enrolment of many that goes on gives the codes
// that it gave before.
func TestAUsedRecoveryCodeThatIsGivenAgainStaysUsed(t *testing.T) {
	t.Parallel()
	s, _, _, _, _ := fresh(t)
	ctx := t.Context()
	set := func(words ...string) {
		t.Helper()
		if err := s.SetRecovery(ctx, map[string][]string{"totp/ann": words}); err != nil {
			t.Fatal(err)
		}
	}
	use := func(digest string, want bool) {
		t.Helper()
		if ok, err := s.UseRecovery(ctx, "totp/ann", digest); ok != want || err != nil {
			t.Errorf("%s: %v, %v, want %v", digest, ok, err, want)
		}
	}
	set("one", "two")
	use("one", true)
	set("one", "two")
	use("one", false)
	use("two", true)
	if left, err := s.RecoveryLeft(ctx, "totp/ann"); left != 0 || err != nil {
		t.Errorf("%d left, %v, want none", left, err)
	}
	set("three")
	set("one")
	use("one", true) // another set, which has it by chance
}
