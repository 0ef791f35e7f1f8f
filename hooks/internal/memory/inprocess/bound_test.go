package inprocess_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
)

// small makes a store with little room, and its clock.
func small(rooms map[store.Kind]int) (*inprocess.Store, *time.Time) {
	now := time.UnixMilli(1_700_000_000_000)
	m := inprocess.New(func() time.Time { return now })
	for kind, n := range rooms {
		m.SetRoom(kind, n)
	}
	return m, &now
}

// fails counts a failure of a counter with a bound of 10, and says whether it was let in.
func fails(t *testing.T, m *inprocess.Store, n int, wider ...store.Key) bool {
	t.Helper()
	locked, err := m.Count(t.Context(), time.Hour, store.Counter{Key: storetest.Key(store.Failure, n), Bound: 10,
		Wider: func() []store.Key { return wider }})
	if err != nil {
		t.Fatal(err)
	}
	return !locked
}

func TestFewFailuresAreForgottenFirst(t *testing.T) {
	t.Parallel()
	m, _ := small(map[store.Kind]int{store.Failure: 100})
	const near, twice = -1, -2
	for range 9 {
		fails(t, m, near)
	}
	for range 2 {
		fails(t, m, twice)
	}
	for n := range 10_000 {
		if !fails(t, m, n) {
			t.Fatalf("a first failure is locked out: %d", n)
		}
	}
	if m.Used(store.Failure) != 100 || !slices.Equal(m.Full(), []store.Kind{store.Failure}) {
		t.Errorf("%d failures are remembered, full is %v; want 100 and fail", m.Used(store.Failure), m.Full())
	}
	if !fails(t, m, near) || fails(t, m, near) {
		t.Error("nine failures were forgotten for others that failed once")
	}
	for i := range 8 {
		if !fails(t, m, twice) {
			t.Errorf("locked after %d", 2+i)
		}
	}
	if fails(t, m, twice) {
		t.Error("two failures were forgotten for others that failed once")
	}
}

func TestLocksHaveARoomOfTheirOwn(t *testing.T) {
	t.Parallel()
	m, now := small(map[store.Kind]int{store.Failure: 50, inprocess.Locked: 20, store.Lock: 8})
	lock := func(n int, wider ...store.Key) {
		t.Helper()
		for range 20 {
			if !fails(t, m, n, wider...) {
				return
			}
		}
		t.Fatalf("%d is never locked", n)
	}
	// Networks of which 16 lie in a wider one, and 256 in one wider still.
	wider := func(n int) []store.Key {
		return []store.Key{storetest.Key(store.Lock, 1_000_000+n/16), storetest.Key(store.Lock, 2_000_000+n/256)}
	}
	for n := range 256 * 6 {
		lock(n, wider(n)...)
	}
	for n := range 10_000 {
		fails(t, m, 100_000+n)
	}
	for n := range 256 * 6 {
		if fails(t, m, n, wider(n)...) {
			t.Errorf("lock %d is forgotten", n)
		}
	}
	if used := m.Used(inprocess.Locked); used > 20 {
		t.Errorf("%d counters that lock are remembered, want 20 at most", used)
	}
	// Without anything wider the oldest lock goes, and the number stays the same.
	for n := range 100 {
		lock(200_000 + n)
	}
	if fails(t, m, 200_099) || !fails(t, m, 200_000) || m.Used(inprocess.Locked) > 20 {
		t.Errorf("want the newest locks remembered and the oldest forgotten; %d are remembered",
			m.Used(inprocess.Locked))
	}
	if !slices.Contains(m.Full(), store.Lock) {
		t.Errorf("full are %v, want lock among them", m.Full())
	}
	*now = now.Add(2 * time.Hour)
	if !fails(t, m, 5, wider(5)...) {
		t.Error("locked after its window")
	}
}

func TestALockIsWideOnlyAfterSomebodyWasKeptOut(t *testing.T) {
	t.Parallel()
	m, _ := small(map[store.Kind]int{inprocess.Locked: 0})
	wider := []store.Key{storetest.Key(store.Lock, 1)}
	for range 10 {
		fails(t, m, 1, wider...)
	}
	if !fails(t, m, 2, wider...) {
		t.Error("a neighbour is locked out by attempts that may turn out right")
	}
	_ = fails(t, m, 1, wider...)
	if fails(t, m, 2, wider...) {
		t.Error("no wider lock where there is no room for another")
	}
}

// TestWhatIsNeverForgotten: a used code, a last step, a push and a sent code hold until their end;
// another finds no room.
func TestWhatIsNeverForgotten(t *testing.T) {
	t.Parallel()
	for _, kind := range []store.Kind{store.UsedCode, store.Push, store.Send, store.LastStep} {
		m, now := small(map[store.Kind]int{kind: 10})
		take := func(n int) bool {
			var ok bool
			var err error
			if kind == store.LastStep {
				ok, err = m.Advance(t.Context(), storetest.Key(kind, n), 7, time.Minute)
			} else {
				ok, _, err = m.Take(t.Context(), storetest.Key(kind, n), "", time.Minute)
			}
			if n >= 10 && err == nil {
				t.Errorf("%s: no error where there is no room", kind)
			}
			return ok
		}
		for n := range 10 {
			if !take(n) {
				t.Errorf("%s %d is not taken", kind, n)
			}
		}
		for n := range 20 {
			if take(n) {
				t.Errorf("%s %d is taken twice, or without room", kind, n)
			}
		}
		if !slices.Equal(m.Full(), []store.Kind{kind}) {
			t.Errorf("full are %v, want %s", m.Full(), kind)
		}
		if *now = now.Add(time.Minute); !take(3) || len(m.Full()) != 0 {
			t.Errorf("%s: nothing is free after its end", kind)
		}
	}
}

func TestTheOldestAddressGoesFirst(t *testing.T) {
	t.Parallel()
	for _, kind := range []store.Kind{store.Address, store.Grace, store.Verdict} {
		m, _ := small(map[store.Kind]int{kind: 10})
		for n := range 30 {
			if err := m.Set(t.Context(), storetest.Key(kind, n), "v", time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 30 {
			if got, _ := m.Get(t.Context(), storetest.Key(kind, n)); (got != "") != (n >= 20) {
				t.Errorf("%s %d is %q", kind, n, got)
			}
		}
	}
}

// TestNoCallClearsEverythingAway: where very much ends at one moment, each call clears away a
// little of it.
func TestNoCallClearsEverythingAway(t *testing.T) {
	t.Parallel()
	m, now := small(nil)
	for n := range 50_000 {
		fails(t, m, n)
	}
	*now = now.Add(2 * time.Hour)
	before := m.Used(store.Failure)
	for n := 0; m.Used(store.Failure) > 10; n++ {
		_, _ = m.Get(t.Context(), storetest.Key(store.Address, n))
		if gone := before - m.Used(store.Failure); gone > 100 || gone == 0 {
			t.Fatalf("one call cleared %d away", gone)
		}
		before = m.Used(store.Failure)
	}
	if !fails(t, m, 7) {
		t.Error("locked after the window")
	}
}

// heap returns how much memory lives.
func heap() int {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// TestEverythingFullIsBelowItsBound fills a tenth of every kind's room and more, with values as
// long as they are where there are any. Its memory must be below a tenth of the bound.
func TestEverythingFullIsBelowItsBound(t *testing.T) {
	const bound, tenth = 240 << 20, 10
	m, _ := small(nil)
	for kind := range store.Kinds + 1 {
		m.SetRoom(kind, m.Room(kind)/tenth)
	}
	address, grace := strings.Repeat("f", 45), strings.Repeat("f", 100)
	before := heap()
	fill := func(kind store.Kind, add func(key store.Key)) {
		for n := range m.Room(kind) * 11 / 10 {
			add(storetest.Key(kind, n))
		}
	}
	ctx := t.Context()
	take := func(key store.Key) { _, _, _ = m.Take(ctx, key, "", time.Hour) }
	fill(store.UsedCode, take)
	fill(store.Push, take)
	fill(store.Send, take)
	codes := strings.Repeat("c", 169) // ten of 16, and a blank between two
	fill(store.Recovery, func(key store.Key) { _ = m.Set(ctx, key, strings.Clone(codes), 0) })
	fill(store.Guess, func(key store.Key) { _ = m.Set(ctx, key, strings.Clone("24 1700000000"), time.Hour) })
	fill(store.LastStep, func(key store.Key) { _, _ = m.Advance(ctx, key, 1, 0) })
	fill(store.Address, func(key store.Key) { _ = m.Set(ctx, key, strings.Clone(address), time.Hour) })
	fill(store.Grace, func(key store.Key) { _ = m.Set(ctx, key, strings.Clone(grace), time.Hour) })
	fill(store.Verdict, func(key store.Key) { _ = m.Set(ctx, key, strings.Clone(address[:21]), time.Hour) })
	fill(store.Epoch, func(key store.Key) { _ = m.Set(ctx, key, strings.Clone(address[:16]), time.Hour) })
	for n := range 2*m.Room(store.Lock) + m.Room(inprocess.Locked) {
		for range 2 {
			c := store.Counter{Key: storetest.Key(store.Failure, -1-n), Bound: 1, Wider: func() []store.Key {
				return []store.Key{storetest.Key(store.Lock, n)}
			}}
			_, _ = m.Count(ctx, time.Hour, c)
		}
	}
	fill(store.Failure, func(key store.Key) { _, _ = m.Count(ctx, time.Hour, store.Counter{Key: key, Bound: 10}) })
	lives := heap() - before
	want := []store.Kind{store.UsedCode, store.Failure, store.Lock, store.Grace, store.Push, store.Send, store.Address,
		store.LastStep, store.Verdict, store.Epoch, store.Guess, store.Recovery}
	if full := m.Full(); !slices.Equal(full, want) || m.Used(inprocess.Locked) != m.Room(inprocess.Locked) {
		t.Errorf("full are %v, and %d counters lock; want %v", full, m.Used(inprocess.Locked), want)
	}
	t.Logf("%d MiB", lives>>20)
	if lives > bound/tenth {
		t.Errorf("%d MiB live, want %d at most", lives>>20, bound/tenth>>20)
	}
}
