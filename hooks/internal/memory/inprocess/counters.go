package inprocess

import (
	"context"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
)

// Count implements [store.Store].
func (m *Store) Count(_ context.Context, life time.Duration, counters ...store.Counter) (bool, error) {
	now := m.lock()
	defer m.mu.Unlock()
	for _, c := range counters {
		if m.locks(c, now) {
			return true, nil
		}
	}
	for _, c := range counters {
		if c.Look {
			continue
		}
		n, it := m.live(c.Key, now)
		if it == nil {
			var err error
			if n, err = m.add(c.Key, level(1), now+int64(life)); err != nil {
				return false, err
			}
			it = m.items.at(n)
		}
		it.number++
		m.move(n, level(it.number))
	}
	return false, nil
}

// locks says whether a counter keeps somebody out, by itself or by a wider lock that stands for it.
func (m *Store) locks(c store.Counter, now int64) bool {
	if m.used[store.Lock] > 0 && c.Wider != nil {
		for _, wider := range c.Wider() {
			if _, it := m.live(wider, now); it != nil {
				return true
			}
		}
	}
	n, it := m.live(c.Key, now)
	if it == nil || it.number < int64(c.Bound) {
		return false
	}
	m.keepLocked(n, c)
	return true
}

// keepLocked returns a counter that keeps somebody out a place in the room of those. It waits until
// somebody is kept out: the failure that reached the bound may be an attempt under way that turns
// out to be none.
func (m *Store) keepLocked(n uint32, c store.Counter) {
	if m.items.at(n).shelf == shelfOf(locked) {
		return
	}
	var wider []store.Key
	if m.used[locked] >= m.rooms[locked] && c.Wider != nil {
		wider = c.Wider()
	}
	if len(wider) == 0 {
		m.makeRoom(locked)
		m.move(n, shelfOf(locked))
		return
	}
	key := wider[0]
	if m.used[store.Lock] >= m.rooms[store.Lock]/2 {
		key = wider[len(wider)-1]
	}
	if _, err := m.add(key, shelfOf(store.Lock), m.items.at(n).end); err == nil {
		m.remove(n)
	}
}

// Uncount implements [store.Store].
func (m *Store) Uncount(_ context.Context, counters ...store.Counter) error {
	now := m.lock()
	defer m.mu.Unlock()
	for _, c := range counters {
		n, it := m.live(c.Key, now)
		switch {
		case it == nil:
		case it.number <= 1:
			m.remove(n)
		default:
			it.number--
			m.move(n, level(it.number))
		}
	}
	return nil
}
