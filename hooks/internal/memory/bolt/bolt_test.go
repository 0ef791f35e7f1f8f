package bolt

import (
	"crypto/rand"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.UnixMilli(1_700_000_000_000)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// fresh returns options for a file that is not there yet.
func fresh(t testing.TB) (Options, *clock) {
	t.Helper()
	c := newClock()
	return Options{Path: filepath.Join(t.TempDir(), "memory"), Now: c.Now, Random: rand.Reader, Wait: 20 * time.Second},
		c
}

// own opens the file of o as its owner until the test ends.
func own(t testing.TB, o Options) *Owner {
	t.Helper()
	w, err := Own(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// visit opens the file of o as a visitor until the test ends.
func visit(t testing.TB, o Options) *Visitor {
	t.Helper()
	v, err := Visit(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

// shut closes a store.
func shut(t *testing.T, s interface{ Close() error }) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestOwnerIsAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Made {
		o, c := fresh(t)
		return storetest.Made{Store: own(t, o), Life: time.Hour, Pass: c.Pass}
	})
}

func TestVisitorIsAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Made {
		o, c := fresh(t)
		return storetest.Made{Store: visit(t, o), Life: time.Hour, Pass: c.Pass}
	})
}

// things are one of each kind that a restart must not lose.
var (
	code    = storetest.Key(store.UsedCode, 1)
	failure = store.Counter{Key: storetest.Key(store.Failure, 2), Bound: 2}
	step    = storetest.Key(store.LastStep, 3)
)

// remember puts the things into a store and keeps them.
func remember(t *testing.T, s store.Store) {
	t.Helper()
	ctx := t.Context()
	if taken, _, err := s.Take(ctx, code, "epoch", time.Minute); !taken || err != nil {
		t.Fatalf("take: %v, %v", taken, err)
	}
	if ok, err := s.Advance(ctx, step, 7, 0); !ok || err != nil {
		t.Fatalf("advance: %v, %v", ok, err)
	}
	for range 2 {
		if locked, err := s.Count(ctx, time.Hour, failure); locked || err != nil {
			t.Fatalf("count: %v, %v", locked, err)
		}
		if err := s.Keep(ctx, code, failure.Key); err != nil {
			t.Fatal(err)
		}
	}
}

// remembered says whether a store has the things.
func remembered(t *testing.T, what string, s store.Store) {
	t.Helper()
	ctx := t.Context()
	if taken, current, err := s.Take(ctx, code, "x", time.Minute); taken || current != "epoch" || err != nil {
		t.Errorf("%s: take: %v, %q, %v", what, taken, current, err)
	}
	if ok, err := s.Advance(ctx, step, 7, 0); ok || err != nil {
		t.Errorf("%s: advance: %v, %v", what, ok, err)
	}
	if locked, err := s.Count(ctx, time.Hour, failure); !locked || err != nil {
		t.Errorf("%s: count: %v, %v", what, locked, err)
	}
}

// TestItOutlivesItsOwners: whoever owns the file finds what others kept there, and their key.
func TestItOutlivesItsOwners(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"an owner", "a visitor"} {
		o, c := fresh(t)
		var key []byte
		if first == "an owner" {
			w := own(t, o)
			key = w.Key()
			remember(t, w)
			shut(t, w)
		} else {
			v := visit(t, o)
			key = v.Key()
			remember(t, v)
			shut(t, v)
		}
		v := visit(t, o)
		remembered(t, "a visitor after "+first, v)
		shut(t, v)
		w := own(t, o)
		remembered(t, "an owner after "+first, w)
		if string(w.Key()) != string(key) || string(v.Key()) != string(key) || len(key) != keySize {
			t.Errorf("after %s: the keys %x, %x, %x", first, key, v.Key(), w.Key())
		}
		c.Pass(2 * time.Minute)
		if taken, _, err := w.Take(t.Context(), code, "x", time.Minute); !taken || err != nil {
			t.Errorf("after its life: %v, %v", taken, err)
		}
	}
}
