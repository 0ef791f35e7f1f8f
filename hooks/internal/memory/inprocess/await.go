package inprocess

import (
	"context"

	"sftpgo-authy/hooks/internal/memory/store"
)

// waiting are those who wait for a mark to change.
type waiting struct {
	n       int
	changed chan struct{} // closed with the change
}

// Await implements [store.Store].
func (m *Store) Await(ctx context.Context, key store.Key, value string) (string, error) {
	for {
		current, w := m.watch(key, value)
		if w == nil {
			return current, nil
		}
		select {
		case <-w.changed:
		case <-ctx.Done():
			m.unwatch(key, w)
			return "", ctx.Err()
		}
	}
}

// watch returns the value of a mark, and where it is value what tells of a change.
func (m *Store) watch(key store.Key, value string) (string, *waiting) {
	now := m.lock()
	defer m.mu.Unlock()
	n, _ := m.live(key, now)
	if current := m.values[n]; current != value {
		return current, nil
	}
	w := m.waiting[key]
	if w == nil {
		w = &waiting{changed: make(chan struct{})}
		m.waiting[key] = w
	}
	w.n++
	return value, w
}

// unwatch forgets who waits no longer.
func (m *Store) unwatch(key store.Key, w *waiting) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w.n--; w.n == 0 && m.waiting[key] == w {
		delete(m.waiting, key)
	}
}

// wake has those look who wait for a mark.
func (m *Store) wake(key store.Key) {
	if w := m.waiting[key]; w != nil {
		close(w.changed)
		delete(m.waiting, key)
	}
}
