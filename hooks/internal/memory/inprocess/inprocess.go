// Package inprocess keeps what one hookd remembers, in its own memory and within a bound.
package inprocess

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
)

// Store is the store of one process. It has a bound: each kind of thing has room for so many, some
// 100 bytes each, see [Store.Full] for what happens then. No call takes longer because much is
// remembered.
type Store struct {
	now   func() time.Time
	rooms [store.Kinds + 1]int

	mu      sync.Mutex
	index   map[store.Key]uint32
	items   slab
	values  map[uint32]string // of items that have one
	shelves [shelves]list
	used    [store.Kinds + 1]int
	ends    []uint32
	waiting map[store.Key]*waiting
}

// rooms say how many things of each kind are remembered. What everybody can make has less room
// together than what takes right codes to make, and all together it stays below 240 MiB.
var rooms = [store.Kinds + 1]int{
	store.UsedCode: 600_000, // 5,000 logins a second
	store.Failure:  400_000,
	locked:         100_000,
	store.Lock:     100_000,
	store.Grace:    100_000,
	store.Push:     50_000,
	store.Send:     50_000,
	store.Address:  100_000,
	store.LastStep: 300_000,
	store.Verdict:  20_000,
	store.Epoch:    20_000,
	store.Guess:    100_000,
	store.Recovery: 150_000, // one for each of 100,000 people, and those that are used up
}

// reapAtOnce is how many things that have ended are cleared away by one call at most. A call makes
// fewer.
const reapAtOnce = 16

// New makes an empty store that goes by the given clock.
func New(now func() time.Time) *Store {
	return &Store{now: now, rooms: rooms, index: map[store.Key]uint32{}, values: map[uint32]string{},
		waiting: map[store.Key]*waiting{}}
}

// errFull is what a call says that finds no room.
type errFull struct{ kind store.Kind }

func (e errFull) Error() string {
	return fmt.Sprintf("store: no room for another thing of the kind %q; more logins than one hookd can remember",
		e.kind)
}

// Full returns the kinds whose room is used up to a hundredth, and [store.Lock] where counters that
// lock have none left. In the hundredth things come and go. The following happens where nothing is
// left:
//
//   - Of failures the counters with the fewest are forgotten first, the oldest of them before the
//     others: to have a counter of nine forgotten, somebody must make as many of nine as there is
//     room for.
//   - Counters that lock have a room of their own. When it is full, a wider lock stands for the
//     next, and where there is none the oldest is forgotten.
//   - Of addresses, graces and verdicts the oldest are forgotten: a conversation goes on without
//     its address, a person types a new code.
//   - Used codes, last steps, guesses, recovery codes, pushes, sent codes and epochs are never
//     forgotten before their end. Another one is refused.
func (m *Store) Full() (kinds []store.Kind) {
	m.lock()
	defer m.mu.Unlock()
	for kind := range store.Kinds {
		if m.full(kind) || kind == store.Lock && m.full(locked) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (m *Store) full(kind store.Kind) bool { return m.used[kind] >= m.rooms[kind]-m.rooms[kind]/100 }

// lock locks the store, clears some of what has ended away, and returns the time.
func (m *Store) lock() int64 {
	m.mu.Lock()
	now := m.now().UnixNano()
	for range reapAtOnce {
		if len(m.ends) == 0 || m.items.at(m.ends[0]).end > now {
			break
		}
		m.remove(m.ends[0])
	}
	return now
}

// live returns the item of a key, and its number in the slab, if it lives.
func (m *Store) live(key store.Key, now int64) (uint32, *item) {
	n := m.index[key]
	if n == 0 {
		return 0, nil
	}
	it := m.items.at(n)
	if it.end <= now {
		m.remove(n)
		return 0, nil
	}
	return n, it
}

// remove forgets an item.
func (m *Store) remove(n uint32) {
	it := m.items.at(n)
	delete(m.index, it.key)
	delete(m.values, n)
	m.unshelve(n)
	m.forget(n)
	m.wake(it.key)
	m.items.give(n)
}

// makeRoom sees to it that there is room for one more, and says whether there is.
func (m *Store) makeRoom(kind store.Kind) bool {
	switch {
	case m.used[kind] < m.rooms[kind]:
		return true
	case kind == store.Failure:
		for s := range shelf(levels) {
			if n := m.shelves[s].first; n != 0 {
				m.remove(n)
				return true
			}
		}
	case kind == store.Address, kind == store.Grace, kind == store.Verdict, kind == store.Lock, kind == locked:
		if n := m.shelves[shelfOf(kind)].first; n != 0 {
			m.remove(n)
			return true
		}
	}
	return false
}

// add makes an item of a key that is not there.
func (m *Store) add(key store.Key, s shelf, end int64) (uint32, error) {
	if !m.makeRoom(s.room()) {
		return 0, errFull{key.Kind}
	}
	n := m.items.take()
	m.items.at(n).key = key
	m.index[key] = n
	m.shelve(n, s)
	m.expect(n, end)
	return n, nil
}

// endOf returns when something ends that lives for life from now on.
func endOf(now int64, life time.Duration) int64 {
	if life == 0 {
		return Never
	}
	return now + int64(life)
}

// put keeps a value for a key, whatever there was.
func (m *Store) put(key store.Key, value string, end, now int64) error {
	n, it := m.live(key, now)
	if it == nil {
		var err error
		if n, err = m.add(key, shelfOf(key.Kind), end); err != nil {
			return err
		}
	} else {
		m.forget(n)
		m.expect(n, end)
	}
	if delete(m.values, n); value != "" {
		m.values[n] = value
	}
	m.wake(key)
	return nil
}

// Take implements [store.Store].
func (m *Store) Take(_ context.Context, key store.Key, value string, life time.Duration) (bool, string, error) {
	now := m.lock()
	defer m.mu.Unlock()
	if n, it := m.live(key, now); it != nil {
		return false, m.values[n], nil
	}
	err := m.put(key, value, endOf(now, life), now)
	return err == nil, "", err
}

// Set implements [store.Store].
func (m *Store) Set(_ context.Context, key store.Key, value string, life time.Duration) error {
	now := m.lock()
	defer m.mu.Unlock()
	return m.put(key, value, endOf(now, life), now)
}

// Get implements [store.Store].
func (m *Store) Get(_ context.Context, key store.Key) (string, error) {
	now := m.lock()
	defer m.mu.Unlock()
	n, it := m.live(key, now)
	if it == nil {
		return "", nil
	}
	return store.Text(key, m.values[n], it.number), nil
}

// Drop implements [store.Store].
func (m *Store) Drop(_ context.Context, key store.Key) error {
	now := m.lock()
	defer m.mu.Unlock()
	if n, it := m.live(key, now); it != nil {
		m.remove(n)
	}
	return nil
}

// Advance implements [store.Store].
func (m *Store) Advance(_ context.Context, key store.Key, step int64, life time.Duration) (bool, error) {
	now := m.lock()
	defer m.mu.Unlock()
	end := endOf(now, life)
	n, it := m.live(key, now)
	switch {
	case it == nil:
		var err error
		if n, err = m.add(key, shelfOf(key.Kind), end); err != nil {
			return false, err
		}
	case it.number >= step:
		return false, nil
	default:
		m.forget(n)
		m.expect(n, end)
	}
	m.items.at(n).number = step
	return true, nil
}

// Keep implements [store.Store]. A process that ends takes all with it.
func (*Store) Keep(context.Context, ...store.Key) error { return nil }

// Ping implements [store.Store].
func (*Store) Ping(context.Context) error { return nil }
