package memory

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/provider"
)

// TestIdenticalAttemptsWait: while the first is being asked about, the others wait and share its
// verdict; somebody else's code is refused at once.
func TestIdenticalAttemptsWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer provider.Result
		out    gate.Outcome
		want   gate.Standing
	}{
		"right": {provider.Right, gate.Outcome{Result: gate.Accepted, Reason: gate.CodeRight},
			gate.Standing{Place: gate.GoesOn}},
		"wrong": {provider.Wrong, gate.Deny(gate.CodeWrong),
			gate.Standing{Place: gate.Shares, Reason: gate.CodeWrong}},
		"blocked": {provider.Blocked, gate.Deny(gate.ProviderUserBlocked),
			gate.Standing{Place: gate.Shares, Reason: gate.ProviderUserBlocked}},
		"no answer": {provider.NoAnswer, gate.Outcome{Result: gate.Bypassed, Reason: gate.BypassUnreachable},
			gate.Standing{Place: gate.Shares, Reason: gate.BypassUnreachable}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGraced(t)
				ctx := t.Context()
				first := g.join("first", g.a, gate.Leads)
				got := make(chan gate.Standing, 12)
				for range cap(got) {
					go func() {
						st, err := g.Join(ctx, g.a, g.id)
						if err != nil {
							t.Error(err)
						}
						got <- st
					}()
				}
				g.claims("first", g.a, gate.WellFormed)
				synctest.Wait()
				if len(got) > 0 {
					t.Error("somebody did not wait")
				}
				thief := g.a
				thief.IP = "192.0.2.8"
				g.join("a thief", thief, gate.Leads)
				g.claims("a thief", thief, gate.Reused)
				if err := errors.Join(g.Settle(ctx, g.a, g.id, g.a.Code, c.answer),
					g.Land(ctx, g.a, g.id, first, c.out)); err != nil {
					t.Fatal(err)
				}
				for range cap(got) {
					if st := <-got; st != c.want {
						t.Errorf("got %+v, want %+v", st, c.want)
					}
				}
				if c.answer != provider.Right {
					g.join("one that comes later", g.a, gate.Leads)
				}
			})
		})
	}
}

// TestWaitingIsBounded: where no verdict comes, as of a hookd that died, the others are refused
// before SFTPGo loses its patience.
func TestWaitingIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGraced(t)
		g.join("first", g.a, gate.Leads)
		begin := time.Now()
		st := g.join("another", g.a, gate.Shares)
		if waited := time.Since(begin); st.Reason != gate.CodeReused || waited != gate.WaitTime {
			t.Errorf("got %+v after %s", st, waited)
		}
		hangsUp, cancel := context.WithCancel(t.Context())
		cancel()
		if st, err := g.Join(hangsUp, g.a, g.id); st.Place != gate.Shares || err != nil {
			t.Errorf("whoever hangs up: %+v, %v", st, err)
		}
	})
}

// gone is a store that cannot be reached.
type gone struct{ store.Store }

var errGone = errors.New("gone")

func (gone) Take(context.Context, store.Key, string, time.Duration) (bool, string, error) {
	return false, "", errGone
}
func (gone) Get(context.Context, store.Key) (string, error)              { return "", errGone }
func (gone) Set(context.Context, store.Key, string, time.Duration) error { return errGone }
func (gone) Drop(context.Context, store.Key) error                       { return errGone }
func (gone) Keep(context.Context, ...store.Key) error                    { return errGone }
func (gone) Await(context.Context, store.Key, string) (string, error)    { return "", errGone }

// TestNoGraceWithoutTheStore: what is not known is an error, and nobody goes on.
func TestNoGraceWithoutTheStore(t *testing.T) {
	t.Parallel()
	g := newGraced(t)
	ctx := t.Context()
	memory := g.Store
	g.asked(g.a, provider.Right)
	g.Store = gone{}
	if st, err := g.Join(ctx, g.a, g.id); st.Place != gate.NoGrace || err == nil {
		t.Errorf("join: %+v, %v", st, err)
	}
	if stands, err := g.Stands(ctx, g.a, g.id); stands || err == nil {
		t.Errorf("stands: %v, %v", stands, err)
	}
	if state, err := g.Claim(ctx, g.a, g.id, g.a.Code); state != gate.Malformed || err == nil {
		t.Errorf("claim: %v, %v", state, err)
	}
	for _, answer := range []provider.Result{provider.Right, provider.Wrong, provider.Blocked} {
		if g.Settle(ctx, g.a, g.id, g.a.Code, answer) == nil {
			t.Errorf("settle %v: no error", answer)
		}
	}
	g.Store = dies{memory}
	if st, err := g.Join(ctx, g.a, g.id); st.Place != gate.NoGrace || err == nil {
		t.Errorf("join, when the store dies meanwhile: %+v, %v", st, err)
	}
}

// keeper is a store that notes what it is to keep, and whose disk may be full.
type keeper struct {
	store.Store
	full bool
	kept *[]store.Kind
}

func (k keeper) Keep(_ context.Context, keys ...store.Key) error {
	for _, key := range keys {
		*k.kept = append(*k.kept, key.Kind)
	}
	if k.full {
		return errGone
	}
	return nil
}

// TestWhatDecidesIsKept: a code before its yes is told, with its grace standing by then, and the
// counters of a failure. Where the code cannot be kept there is an error and no grace.
func TestWhatDecidesIsKept(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		g, kept := newGraced(t), []store.Kind{}
		g.Store = keeper{g.Store, full, &kept}
		g.Limits = Limits{Window: time.Hour, PerAccountIP: 3, PerIP: 9}
		err := g.Settle(t.Context(), g.a, g.id, g.a.Code, provider.Right)
		if (err != nil) != full || !slices.Equal(kept[:3], []store.Kind{store.UsedCode, store.Grace, store.Grace}) {
			t.Errorf("full %v: got %v, kept %v", full, err, kept)
		}
		if st, err := g.Join(t.Context(), g.a, g.id); (st.Place == gate.GoesOn) == full || err != nil {
			t.Errorf("full %v: joins %+v, %v", full, st, err)
		}
		kept = nil
		err = g.Leave(t.Context(), g.a, gate.Outcome{Reason: gate.CodeWrong})
		if (err != nil) != full || !slices.Equal(kept, []store.Kind{store.Failure, store.Failure}) {
			t.Errorf("a failure, full %v: got %v, kept %v", full, err, kept)
		}
	}
}

// dies is a store that can be reached for the first call alone.
type dies struct{ store.Store }

func (dies) Get(context.Context, store.Key) (string, error)           { return "", errGone }
func (dies) Await(context.Context, store.Key, string) (string, error) { return "", errGone }
