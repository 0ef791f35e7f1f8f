// Package storetest says how a store behaves: [Run] holds any implementation to it.
package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
)

// Made is a fresh store, and how its time passes.
type Made struct {
	Store store.Store
	Pass  func(time.Duration) // lets time pass for it
	Life  time.Duration       // of marks in these tests
}

// Key returns a key of a kind; another n is another key.
func Key(kind store.Kind, n int) store.Key {
	k := store.Key{Kind: kind}
	binary.BigEndian.PutUint64(k.Digest[8:], uint64(n))
	return k
}

// Run holds the stores that fresh makes to the behaviour of a store.
func Run(t *testing.T, fresh func(t *testing.T) Made) {
	for name, test := range map[string]func(*testing.T, Made){
		"a mark is taken once while it lives":                   takenOnce,
		"set and get":                                           setAndGet,
		"a life of 0 has no end":                                endless,
		"a counter locks at its bound, from its first count on": counting,
		"one locked counter keeps the others from counting":     lockedTogether,
		"a counter that is only looked at":                      looking,
		"a step is accepted once, and none before it":           advancing,
		"of many at once no more get through than may":          manyAtOnce,
		"keys and kinds are kept apart":                         apart,
		"a value may be long":                                   longValue,
		"who waits for a mark sees it change":                   waiting,
		"waiting ends with its context":                         waitingInVain,
		"as many as an enrolment has are kept at once":          manyKept,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t)) })
	}
}

// check reports an error of a call that must work.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func takenOnce(t *testing.T, m Made) {
	k := Key(store.UsedCode, 1)
	take := func(what, value string, want bool, wantCurrent string) {
		t.Helper()
		taken, current, err := m.Store.Take(t.Context(), k, value, m.Life)
		if taken != want || current != wantCurrent || err != nil {
			t.Errorf("%s: got %v, %q, %v, want %v, %q", what, taken, current, err, want, wantCurrent)
		}
	}
	take("new", "one", true, "")
	take("again", "two", false, "one")
	m.Pass(m.Life + m.Life/2)
	take("after its life", "three", true, "")
	check(t, m.Store.Drop(t.Context(), k))
	take("after a drop", "", true, "")
	take("an empty value is a mark", "x", false, "")
	check(t, m.Store.Set(t.Context(), k, "four", m.Life*3))
	m.Pass(m.Life * 2)
	take("a longer life that was set later", "x", false, "four")
	check(t, m.Store.Set(t.Context(), k, "", m.Life))
	take("an empty value that was set later", "x", false, "")
}

func setAndGet(t *testing.T, m Made) {
	k := Key(store.Address, 1)
	get := func(what, want string) {
		t.Helper()
		if got, err := m.Store.Get(t.Context(), k); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", what, got, err, want)
		}
	}
	get("nothing", "")
	for _, value := range []string{"one", "two"} {
		check(t, m.Store.Set(t.Context(), k, value, m.Life))
		get("just set", value)
	}
	m.Pass(m.Life + m.Life/2)
	get("after its life", "")
}

func endless(t *testing.T, m Made) {
	one, two := Key(store.UsedCode, 1), Key(store.UsedCode, 2)
	if taken, _, err := m.Store.Take(t.Context(), one, "taken", 0); !taken || err != nil {
		t.Errorf("got %v, %v", taken, err)
	}
	check(t, m.Store.Set(t.Context(), two, "set", 0))
	m.Pass(m.Life * 100)
	for k, want := range map[store.Key]string{one: "taken", two: "set"} {
		taken, current, err := m.Store.Take(t.Context(), k, "again", m.Life)
		if taken || current != want || err != nil {
			t.Errorf("much later: got %v, %q, %v, want %q", taken, current, err, want)
		}
	}
	check(t, m.Store.Keep(t.Context(), one, two))
}

func manyKept(t *testing.T, m Made) {
	keys := make([]store.Key, 1000)
	for n := range keys {
		keys[n] = Key(store.Recovery, n)
		check(t, m.Store.Set(t.Context(), keys[n], "digests", 0))
	}
	check(t, m.Store.Keep(t.Context(), keys...))
}

// counts asks a store to count, and says whether it did.
func counts(t *testing.T, m Made, what string, want bool, counters ...store.Counter) {
	t.Helper()
	if locked, err := m.Store.Count(t.Context(), m.Life, counters...); locked == want || err != nil {
		t.Errorf("%s: locked %v, %v, want %v", what, locked, err, !want)
	}
}

func counting(t *testing.T, m Made) {
	c := store.Counter{Key: Key(store.Failure, 1), Bound: 3}
	for _, what := range []string{"first", "second", "third"} {
		counts(t, m, what, true, c)
	}
	counts(t, m, "at its bound", false, c)
	counts(t, m, "trying on", false, c)
	check(t, m.Store.Uncount(t.Context(), c, store.Counter{Key: Key(store.Failure, 99), Bound: 3}))
	counts(t, m, "after one less", true, c)
	counts(t, m, "at its bound again", false, c)
	m.Pass(m.Life * 3 / 4)
	counts(t, m, "late", false, c)
	m.Pass(m.Life / 2)
	counts(t, m, "the first count decides about the end", true, c)
	counts(t, m, "the second of the next window", true, c)
	check(t, m.Store.Drop(t.Context(), c.Key))
	for range 4 {
		check(t, m.Store.Uncount(t.Context(), c))
	}
	for _, what := range []string{"first", "second", "third"} {
		counts(t, m, what+" after a drop, and never below zero", true, c)
	}
	counts(t, m, "at its bound after a drop", false, c)
	c.Bound = 5
	counts(t, m, "with a higher bound", true, c)
}

func lockedTogether(t *testing.T, m Made) {
	low := store.Counter{Key: Key(store.Failure, 1), Bound: 1}
	high := store.Counter{Key: Key(store.Failure, 2), Bound: 3}
	counts(t, m, "both", true, high, low)
	for range 5 {
		counts(t, m, "the second is locked", false, high, low)
	}
	counts(t, m, "the first alone, the second time", true, high)
	counts(t, m, "the first alone, the third time", true, high)
	counts(t, m, "the first alone, locked", false, high)
}

func looking(t *testing.T, m Made) {
	c := store.Counter{Key: Key(store.Failure, 1), Bound: 2}
	look, other := c, store.Counter{Key: Key(store.Failure, 2), Bound: 1}
	look.Look = true
	for range 5 {
		counts(t, m, "nothing is counted", true, look)
	}
	counts(t, m, "first", true, c)
	counts(t, m, "looked at below its bound, beside one that is counted", true, look, other)
	counts(t, m, "the other one is locked", false, look, other)
	counts(t, m, "second", true, c)
	counts(t, m, "looked at, at its bound", false, look)
	check(t, m.Store.Drop(t.Context(), other.Key))
	counts(t, m, "it keeps the other from counting", false, look, other)
	counts(t, m, "the other was not counted", true, other)
}

func advancing(t *testing.T, m Made) {
	k := Key(store.LastStep, 1)
	advance := func(what string, step int64, life time.Duration, want bool) {
		t.Helper()
		if ok, err := m.Store.Advance(t.Context(), k, step, life); ok != want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", what, ok, err, want)
		}
	}
	kept := func(what, want string) {
		t.Helper()
		if got, err := m.Store.Get(t.Context(), k); got != want || err != nil {
			t.Errorf("%s: the step kept is %q, %v, want %q", what, got, err, want)
		}
	}
	const first = 59_000_000
	kept("at first", "")
	advance("first", first, m.Life, true)
	advance("the same", first, m.Life, false)
	advance("one before", first-1, m.Life, false)
	advance("one later", first+1, m.Life, true)
	kept("then", "59000001")
	advance("far away", 1<<50, m.Life, true)
	advance("next to it", 1<<50+1, m.Life, true)
	advance("the same there", 1<<50+1, m.Life, false)
	m.Pass(m.Life * 3 / 4)
	advance("while it lives", first, m.Life, false)
	m.Pass(m.Life / 2)
	advance("after its life", first, 0, true)
	m.Pass(m.Life * 100)
	advance("without an end", first, 0, false)
	advance("without an end, later", first+1, 0, true)
}

func manyAtOnce(t *testing.T, m Made) {
	var won, counted, advanced atomic.Int32
	var wait sync.WaitGroup
	note := func(n *atomic.Int32, ok bool, err error) {
		if err != nil {
			t.Error(err)
		} else if ok {
			n.Add(1)
		}
	}
	c := store.Counter{Key: Key(store.Failure, 1), Bound: 25}
	for range 40 {
		wait.Go(func() {
			ctx := context.Background()
			taken, _, err := m.Store.Take(ctx, Key(store.UsedCode, 1), "x", time.Minute)
			note(&won, taken, err)
			locked, err := m.Store.Count(ctx, time.Minute, c)
			note(&counted, !locked, err)
			ok, err := m.Store.Advance(ctx, Key(store.LastStep, 1), 7, time.Minute)
			note(&advanced, ok, err)
		})
	}
	wait.Wait()
	if won.Load() != 1 || counted.Load() != 25 || advanced.Load() != 1 {
		t.Errorf("%d took the mark, %d were counted, %d advanced; want 1, 25, 1", won.Load(), counted.Load(),
			advanced.Load())
	}
}

func apart(t *testing.T, m Made) {
	ctx := t.Context()
	marks := []store.Kind{store.UsedCode, store.Grace, store.Push, store.Send, store.Address}
	value := func(kind store.Kind, n int) string { return kind.String() + strconv.Itoa(n) }
	for n := range 40 {
		for _, kind := range marks {
			check(t, m.Store.Set(ctx, Key(kind, n), value(kind, n), time.Minute))
		}
		counts(t, m, "a counter of its own", true, store.Counter{Key: Key(store.Failure, n), Bound: 1})
	}
	for n := range 40 {
		for _, kind := range marks {
			if got, err := m.Store.Get(ctx, Key(kind, n)); got != value(kind, n) || err != nil {
				t.Errorf("%s is %q, %v", Key(kind, n), got, err)
			}
		}
	}
	check(t, m.Store.Ping(ctx))
}

func longValue(t *testing.T, m Made) {
	value := strings.Repeat("v", store.MaxValue)
	check(t, m.Store.Set(t.Context(), Key(store.Grace, 1), value, time.Minute))
	if got, err := m.Store.Get(t.Context(), Key(store.Grace, 1)); got != value || err != nil {
		t.Errorf("got %d bytes, %v, want %d", len(got), err, len(value))
	}
}

func waiting(t *testing.T, m Made) {
	ctx := t.Context()
	for n, change := range []func(store.Key) (string, error){
		func(k store.Key) (string, error) { return "new", m.Store.Set(ctx, k, "new", time.Minute) },
		func(k store.Key) (string, error) { return "", m.Store.Drop(ctx, k) },
	} {
		k := Key(store.Grace, n)
		check(t, m.Store.Set(ctx, k, "old", time.Minute))
		saw := make(chan string, 3)
		for range cap(saw) {
			go func() {
				current, err := m.Store.Await(ctx, k, "old")
				if err != nil {
					current = err.Error()
				}
				saw <- current
			}()
		}
		if len(saw) > 0 {
			t.Errorf("nothing changed, and somebody saw %q", <-saw)
		}
		want, err := change(k)
		check(t, err)
		for range cap(saw) {
			if current := <-saw; current != want {
				t.Errorf("saw %q, want %q", current, want)
			}
		}
		if current, err := m.Store.Await(ctx, k, "old"); current != want || err != nil {
			t.Errorf("changed before: saw %q, %v, want %q at once", current, err, want)
		}
	}
}

func waitingInVain(t *testing.T, m Made) {
	check(t, m.Store.Set(t.Context(), Key(store.Grace, 1), "old", time.Minute))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := m.Store.Await(ctx, Key(store.Grace, 1), "old")
		ended <- err
	}()
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
