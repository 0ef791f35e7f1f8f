package health_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sftpgo-authy/hooks/internal/health"
)

func TestStateSaysWhatTheBoardHolds(t *testing.T) {
	t.Parallel()
	changes := 0
	b := &health.Board{Changed: func() { changes++ }}
	steps := []struct {
		part string
		f    health.Finding
		want string
	}{
		{"users file", health.Finding{}, `{"ready":true,"degraded":[]}`},
		{"store", health.Finding{Level: health.Degraded, Why: "is slow"},
			`{"ready":true,"degraded":["store: is slow"]}`},
		{"audit", health.Finding{Level: health.Degraded, Why: "is full"},
			`{"ready":true,"degraded":["audit: is full","store: is slow"]}`},
		{"users file", health.Finding{Level: health.Down, Why: "is gone"},
			`{"ready":false,"reasons":["users file: is gone"]}`},
		{"users file", health.Finding{Level: health.Down, Why: "is gone"},
			`{"ready":false,"reasons":["users file: is gone"]}`},
		{"users file", health.Finding{Why: "nothing"}, `{"ready":true,"degraded":["audit: is full","store: is slow"]}`},
	}
	for _, step := range steps {
		b.Set(step.part, step.f)
		if got, err := json.Marshal(b.State()); err != nil || string(got) != step.want {
			t.Errorf("after %s %+v: %s, %v, want %s", step.part, step.f, got, err, step.want)
		}
	}
	if changes != 4 {
		t.Errorf("told of %d changes, want 4", changes)
	}
}

func TestJoinedStatesKeepEverySentence(t *testing.T) {
	t.Parallel()
	var one, two health.Board
	one.Set("b", health.Finding{Level: health.Down, Why: "x"})
	two.Set("a", health.Finding{Level: health.Down, Why: "y"})
	two.Set("c", health.Finding{Level: health.Degraded, Why: "z"})
	all := health.Join(one.State(), two.State())
	want := health.State{Reasons: []string{"a: y", "b: x"}, Degraded: []string{"c: z"}}
	if !all.Equal(want) || all.Ready() || all.Equal(one.State()) {
		t.Errorf("got %+v, want %+v", all, want)
	}
}

// TestChecksRunAgain: at once, then at the pace of their last finding, and not after Stop.
func TestChecksRunAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b health.Board
		var found atomic.Value // health.Finding
		var runs, rounds atomic.Int32
		found.Store(health.Finding{})
		w := health.Start(t.Context(), &b, []health.Check{{
			Part: "key", Every: time.Minute, Again: time.Second,
			Run: func(context.Context) health.Finding { runs.Add(1); return found.Load().(health.Finding) },
		}}, func() { rounds.Add(1) })
		expect := func(when string, want int32) {
			t.Helper()
			synctest.Wait()
			if runs.Load() != want {
				t.Errorf("%s: ran %d times, want %d", when, runs.Load(), want)
			}
		}
		expect("at once", 1)
		found.Store(health.Finding{Level: health.Down, Why: "is refused"})
		time.Sleep(59 * time.Second)
		expect("before its time", 1)
		time.Sleep(time.Second)
		expect("after a minute", 2)
		if b.State().Ready() {
			t.Error("the finding is not on the board")
		}
		found.Store(health.Finding{})
		time.Sleep(time.Second)
		expect("a second after a finding", 3)
		time.Sleep(59 * time.Second)
		expect("no finding any more", 3)
		w.Stop()
		time.Sleep(time.Hour)
		expect("after stop", 3)
		if !b.State().Ready() || rounds.Load() != 1 || !w.Complete() {
			t.Errorf("state %+v, %d first rounds, want ready and 1", b.State(), rounds.Load())
		}
	})
}

// TestAHangingCheckHoldsNobodyUp: it ends after its patience, and who looks meanwhile is told that
// something is open.
func TestAHangingCheckHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b health.Board
		begin := time.Now()
		var quick atomic.Int32
		w := health.Start(t.Context(), &b, []health.Check{
			{Part: "key", Every: time.Hour, Run: func(ctx context.Context) health.Finding {
				<-ctx.Done()
				return health.Finding{Level: health.Degraded, Why: "does not answer"}
			}},
			{Part: "store", Every: time.Hour, Now: true, Run: func(context.Context) health.Finding {
				quick.Add(1)
				return health.Finding{}
			}},
		}, nil)
		defer w.Stop()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if w.Look(ctx) || w.Complete() {
			t.Error("a look is complete before the first run ended")
		}
		if !w.Look(t.Context()) || time.Since(begin) != health.Patience {
			t.Errorf("the first round took %s, want %s", time.Since(begin), health.Patience)
		}
		if got := b.Get("key"); got.Level != health.Degraded || quick.Load() != 2 {
			t.Errorf("found %+v, the cheap check ran %d times, want 2", got, quick.Load())
		}
	})
}

// TestAnEndThatIsOursIsNoFinding: what a check finds because it is stopped counts for nothing.
func TestAnEndThatIsOursIsNoFinding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b health.Board
		w := health.Start(t.Context(), &b,
			[]health.Check{{Part: "key", Every: time.Hour, Run: func(ctx context.Context) health.Finding {
				<-ctx.Done()
				return health.Finding{Level: health.Down, Why: "ended"}
			}}}, nil)
		synctest.Wait()
		w.Stop()
		if !b.State().Ready() {
			t.Errorf("got %+v", b.State())
		}
	})
}

// TestManyWhoLookShareOneLook: however many ask at once, one of them has the checks run.
func TestManyWhoLookShareOneLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b health.Board
		var runs, done atomic.Int32
		open := make(chan struct{})
		w := health.Start(t.Context(), &b, []health.Check{{
			Part: "store", Every: time.Hour, Now: true, Run: func(context.Context) health.Finding {
				if runs.Add(1) > 1 { // not the first run, which nobody asked for
					<-open
				}
				return health.Finding{Level: health.Degraded, Why: "is slow"}
			}}}, nil)
		defer w.Stop()
		synctest.Wait()
		b.Set("store", health.Finding{})
		for range 100 {
			go func() {
				if w.Look(t.Context()) && !b.State().Equal(health.State{}) {
					done.Add(1)
				}
			}()
		}
		synctest.Wait()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if !w.Look(impatient) {
			t.Error("a look that ends before the answer counts as the first round")
		}
		close(open)
		synctest.Wait()
		if runs.Load() != 2 || done.Load() != 100 {
			t.Errorf("ran %d times for %d of 100 who looked, want 2 times", runs.Load(), done.Load())
		}
		w.Look(t.Context())
		if runs.Load() != 3 {
			t.Errorf("ran %d times, want once more for one who looks later", runs.Load())
		}
	})
}
