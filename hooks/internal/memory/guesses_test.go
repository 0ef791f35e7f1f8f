package memory

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
)

// table is a memory whose clock a test turns.
type table struct {
	*Logins
	t   *testing.T
	now time.Time
}

func newTable(t *testing.T) *table {
	w := &table{t: t, now: time.Unix(1_700_000_000, 0)}
	clock := func() time.Time { return w.now }
	w.Logins = &Logins{Store: inprocess.New(clock), Key: []byte("k"), Now: clock}
	return w
}

// guess makes a guess and says whether it was judged.
func (w *table) guess(person string, wrong bool) bool {
	w.t.Helper()
	until, free, err := w.BeginGuess(w.t.Context(), person)
	if err == nil && free {
		err = w.EndGuess(w.t.Context(), person, until, wrong)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return free
}

func (w *table) wrong(person string, want int) {
	w.t.Helper()
	if n, err := w.wrongGuesses(w.t.Context(), person); err != nil || n != want {
		w.t.Errorf("%d wrong guesses, %v; want %d", n, err, want)
	}
}

// TestPausesGrow: each is twice as long as the one before, up to an hour, and runs to its end.
func TestPausesGrow(t *testing.T) {
	t.Parallel()
	w := newTable(t)
	for n := 1; n <= FreeGuesses; n++ {
		if !w.guess("ann", true) {
			t.Fatalf("guess %d was not free", n)
		}
		w.wrong("ann", n)
	}
	for _, pause := range []time.Duration{
		15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
		16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour, time.Hour,
	} {
		w.now = w.now.Add(pause - time.Second)
		if w.guess("ann", true) {
			t.Fatalf("a guess before a pause of %s was over", pause)
		}
		w.now = w.now.Add(time.Second)
		if !w.guess("ann", true) {
			t.Fatalf("no guess after a pause of %s", pause)
		}
	}
	if !w.guess("bob", true) {
		t.Error("somebody else is not judged")
	}
}

// TestGuessesAreForgotten: one for each hour without another, and a right one changes nothing.
func TestGuessesAreForgotten(t *testing.T) {
	t.Parallel()
	w := newTable(t)
	for range 4 {
		w.guess("ann", true)
	}
	w.guess("ann", false)
	w.wrong("ann", 4)
	w.now = w.now.Add(LongestPause - time.Second)
	w.wrong("ann", 4)
	w.now = w.now.Add(time.Second)
	w.wrong("ann", 3)
	w.now = w.now.Add(-2 * LongestPause) // a clock that was turned back
	w.wrong("ann", 4)
	w.now = w.now.Add(10 * LongestPause)
	w.wrong("ann", 0)
	if err := w.Store.Set(t.Context(), w.wrongKey("eve"), "rubbish", 0); err != nil {
		t.Fatal(err)
	}
	w.wrong("eve", mostWrong)
	for range 3 {
		w.guess("ann", true)
	}
	if err := w.ForgetStep(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	w.wrong("ann", 0)
	for range FreeGuesses {
		w.guess("ann", true)
	}
	if w.guess("ann", true) {
		t.Error("no pause")
	}
	if err := w.ForgetGuesses(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if w.wrong("ann", 0); !w.guess("ann", true) {
		t.Error("a pause that the administrator has ended")
	}
}

// TestOneGuessAtATime: while one is judged no other is, unless it takes too long.
func TestOneGuessAtATime(t *testing.T) {
	t.Parallel()
	w := newTable(t)
	if _, free, err := w.BeginGuess(t.Context(), "ann"); !free || err != nil {
		t.Fatal(free, err)
	}
	if _, free, err := w.BeginGuess(t.Context(), "ann"); free || err != nil {
		t.Error("two at once", err)
	}
	w.now = w.now.Add(judgeTime)
	if _, free, err := w.BeginGuess(t.Context(), "ann"); !free || err != nil {
		t.Error("none after one that never ended", err)
	}
}

// TestALateGuessEndsNobodysPause: one that took too long counts, and leaves the pause after another
// one as it is.
func TestALateGuessEndsNobodysPause(t *testing.T) {
	t.Parallel()
	for _, wrong := range []bool{false, true} {
		w := newTable(t)
		late, free, err := w.BeginGuess(t.Context(), "ann")
		if !free || err != nil {
			t.Fatal(free, err)
		}
		w.now = w.now.Add(judgeTime)
		for range FreeGuesses {
			w.guess("ann", true)
		}
		if err := w.EndGuess(t.Context(), "ann", late, wrong); err != nil {
			t.Fatal(err)
		}
		pause := FirstPause
		if wrong {
			pause *= 2
		}
		w.now = w.now.Add(pause - time.Second)
		if w.guess("ann", false) {
			t.Errorf("late and wrong %v: the pause is over", wrong)
		}
		if w.now = w.now.Add(time.Second); !w.guess("ann", false) {
			t.Errorf("late and wrong %v: the pause does not end", wrong)
		}
	}
}

// TestRecovery: codes are replaced as a whole, used once, and counted.
func TestRecovery(t *testing.T) {
	t.Parallel()
	w := newTable(t)
	left := func(want int) {
		t.Helper()
		if n, err := w.RecoveryLeft(t.Context(), "ann"); n != want || err != nil {
			t.Errorf("%d left, %v; want %d", n, err, want)
		}
	}
	set := func(digests ...string) {
		t.Helper()
		if err := w.SetRecovery(t.Context(), map[string][]string{"ann": digests}); err != nil {
			t.Fatal(err)
		}
	}
	left(0)
	set("a", "b", "c")
	left(3)
	for i, want := range []bool{true, false} {
		if ok, err := w.UseRecovery(t.Context(), "ann", "b"); ok != want || err != nil {
			t.Errorf("use %d: %v, %v", i, ok, err)
		}
	}
	left(2)
	if err := w.SetRecovery(t.Context(), map[string][]string{"bob": {"b"}}); err != nil {
		t.Fatal(err)
	}
	if ok, err := w.UseRecovery(t.Context(), "bob", "b"); !ok || err != nil {
		t.Error("somebody else's is used up", err)
	}
	set("c", "d")
	left(2)
	// What said that an old one is used up is gone with it; so is the old one.
	if mark, err := w.Store.Get(t.Context(), w.usedUpKey("ann", "b")); mark != "" || err != nil {
		t.Errorf("the mark of an old code is still there: %q, %v", mark, err)
	}
	for range 2 {
		if ok, err := w.UseRecovery(t.Context(), "ann", "b"); ok || err != nil {
			t.Error("an old code is good", err)
		}
	}
	left(2)
	set()
	left(0)
}

// breaking is a store of which one call fails.
type breaking struct {
	store.Store
	call string
}

var errBreaking = errors.New("gone")

func (b breaking) fail(call string) error {
	if call == b.call {
		return errBreaking
	}
	return nil
}

func (b breaking) Take(ctx context.Context, k store.Key, v string, l time.Duration) (bool, string, error) {
	if err := b.fail("take"); err != nil {
		return true, "", err
	}
	return b.Store.Take(ctx, k, v, l)
}

func (b breaking) Set(ctx context.Context, k store.Key, v string, l time.Duration) error {
	return errors.Join(b.fail("set"), b.Store.Set(ctx, k, v, l))
}

func (b breaking) Get(ctx context.Context, k store.Key) (string, error) {
	v, err := b.Store.Get(ctx, k)
	return v, errors.Join(b.fail("get"), err)
}

func (b breaking) Drop(ctx context.Context, k store.Key) error {
	return errors.Join(b.fail("drop"), b.Store.Drop(ctx, k))
}

func (b breaking) Keep(ctx context.Context, keys ...store.Key) error {
	return errors.Join(b.fail("keep"), b.Store.Keep(ctx, keys...))
}

// TestAStoreThatBreaksIsTold: whatever part of it fails.
func TestAStoreThatBreaksIsTold(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]string{
		"take": "begin use", "set": "wrong set", "get": "wrong left set unset use", "drop": "right wrong unset forget",
		"keep": "wrong set unset use forget",
	} {
		w := newTable(t)
		if err := w.SetRecovery(t.Context(), map[string][]string{"eve": {"digest"}}); err != nil {
			t.Fatal(err)
		}
		w.Store = breaking{w.Store, call}
		soon := w.now.Add(turnTime)
		begin := func() error { _, _, err := w.BeginGuess(t.Context(), "ann"); return err }
		for name, do := range map[string]func() error{
			"begin":  begin,
			"right":  func() error { return w.EndGuess(t.Context(), "ann", soon, false) },
			"wrong":  func() error { return w.EndGuess(t.Context(), "ann", soon, true) },
			"set":    func() error { return w.SetRecovery(t.Context(), map[string][]string{"ann": {"a"}}) },
			"unset":  func() error { return w.SetRecovery(t.Context(), map[string][]string{"ann": nil}) },
			"use":    func() error { _, err := w.UseRecovery(t.Context(), "eve", "digest"); return err },
			"left":   func() error { _, err := w.RecoveryLeft(t.Context(), "ann"); return err },
			"forget": func() error { return w.ForgetStep(t.Context(), "ann") },
		} {
			if err := do(); (err != nil) != slices.Contains(strings.Fields(want), name) {
				t.Errorf("%s fails, %s: %v", call, name, err)
			}
		}
	}
}
