package memory

import (
	"errors"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory/store"
)

// TestNobodyWritesAnAddressForUs: whoever can write the shared store and knows a password must not
// come from the address of somebody whose grace runs.
func TestNobodyWritesAnAddressForUs(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	ctx := t.Context()
	g.Address(ctx, "owner", g.a.IP)
	g.Address(ctx, "thief", "198.51.100.66")
	owners, err := g.Store.Get(ctx, g.key(store.Address, "", "owner"))
	if err != nil || g.Address(ctx, "owner", "") != g.a.IP || g.Address(ctx, "thief", "") != "198.51.100.66" {
		t.Fatalf("%q, %v: a conversation has lost its address", owners, err)
	}
	for _, forged := range []string{g.a.IP, g.a.IP + " ", owners, "", " "} {
		if err := g.Store.Set(ctx, g.key(store.Address, "", "thief"), forged, time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := g.Address(ctx, "thief", ""); got != "" {
			t.Errorf("%q in the store: the thief comes from %q", forged, got)
		}
	}
}

// TestSeals: what was sealed comes back, nothing too, for its own key alone.
func TestSeals(t *testing.T) {
	t.Parallel()
	s, _, _, _, _ := fresh(t)
	key, other := s.key(store.Address, "", "a"), s.key(store.Address, "", "b")
	for _, text := range []string{"", "192.0.2.7", "two words"} {
		if got, ok := s.unseal(key, s.seal(key, text)); got != text || !ok {
			t.Errorf("%q came back as %q, %v", text, got, ok)
		}
		if got, ok := s.unseal(other, s.seal(key, text)); got != "" || ok {
			t.Errorf("%q under another key: %q, %v", text, got, ok)
		}
	}
	for _, none := range []string{"", " ", "x"} {
		if got, ok := s.unseal(key, none); got != "" || ok {
			t.Errorf("%q was unsealed to %q", none, got)
		}
	}
}

// judged has a flight of an attempt end with an outcome, and returns what the store has of it: the
// flight, the key of its verdict and the verdict.
func (g *graced) judged(a gate.Attempt, o gate.Outcome) (flight string, key store.Key, told string) {
	g.t.Helper()
	st := g.join("first", a, gate.Leads)
	err := g.Land(g.t.Context(), a, g.id, st, o)
	key = g.verdictKey(g.graceKey(a, g.id, a.Code), st.Flight)
	told, found := g.Store.Get(g.t.Context(), key)
	if err := errors.Join(err, found); err != nil {
		g.t.Fatal(err)
	}
	return st.Flight, key, told
}

// TestNobodyWritesAVerdictForUs: Authy's silence may be configured to pass. Whoever can write the
// shared store makes none where Authy said no, not even out of a silence that was another's,
// another code's, or a while ago.
func TestNobodyWritesAVerdictForUs(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	ctx := t.Context()
	g.a.Hook = gate.Checkpwd
	silent := gate.Outcome{Result: gate.Bypassed, Reason: gate.BypassUnreachable}
	other := g.a
	other.Code = otherCode(t)
	otherFlight, _, others := g.judged(other, silent)
	shares := func(flight string) gate.Reason {
		t.Helper()
		st, err := g.wait(ctx, g.a, g.id, g.graceKey(g.a, g.id, g.a.Code), flight)
		if err != nil || st.Place != gate.Shares {
			t.Fatalf("%+v, %v", st, err)
		}
		return st.Reason
	}
	flight, key, told := g.judged(g.a, gate.Deny(gate.CodeWrong))
	if got := shares(flight); got != gate.CodeWrong {
		t.Errorf("shares %s, want what was told", got)
	}
	if got := shares(otherFlight); got != gate.CodeReused {
		t.Errorf("shares %s with another code", got)
	}
	for _, forged := range []string{string(gate.BypassUnreachable), others,
		string(gate.BypassUnreachable) + told[len(gate.CodeWrong):], "", " "} {
		if err := g.Store.Set(ctx, key, forged, time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := shares(flight); got != gate.CodeReused {
			t.Errorf("%q in the store: shares %s", forged, got)
		}
	}
	flight, key, told = g.judged(g.a, silent)
	if got := shares(flight); got != gate.BypassUnreachable {
		t.Errorf("shares %s, want the silence", got)
	}
	*g.now = g.now.Add(gate.WaitTime)
	if err := g.Store.Set(ctx, key, told, time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := shares(flight); got != gate.CodeReused {
		t.Errorf("a silence of long ago: shares %s", got)
	}
}
