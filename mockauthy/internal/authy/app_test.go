package authy

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// world is an app whose clock and outbox the test holds.
type world struct {
	*App
	t  testing.TB
	mu sync.Mutex
	at time.Time

	messages []Message
}

func newWorld(t testing.TB) *world { t.Helper(); return seededWorld(t, 1) }

func seededWorld(t testing.TB, seed byte) *world {
	t.Helper()
	w := &world{t: t, at: time.Unix(1_700_000_000, 0).UTC()}
	app, err := New(Options{Now: w.now, Rand: rand.NewChaCha8([32]byte{seed}), Key: "test-key", Deliver: w.deliver})
	if err != nil {
		t.Fatal(err)
	}
	w.App = app
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) deliver(m Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages = append(w.messages, m)
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func (w *world) set(change func(*Settings)) {
	w.t.Helper()
	if err := w.UpdateSettings(func(s *Settings) error { change(s); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) user(s UserSpec) User {
	w.t.Helper()
	if s.Cellphone == "" {
		s.Cellphone = "202-555-0123"
	}
	u, err := w.AddUser(s)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

func (w *world) code(id int64, f Family, offset int) string {
	w.t.Helper()
	c, err := w.Code(id, f, offset)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Token
}
