package store

import (
	"context"
	"sync"
	"time"
)

// Memory is the store of one process. Its size is bounded: when it is full of what still lives, nothing new is
// taken, and that is an error.
type Memory struct {
	now func() time.Time
	max int

	mu    sync.Mutex
	items map[string]item
	sweep time.Time // when to look for dead ones next
}

type item struct {
	value string
	count int
	end   time.Time
}

// maxItems bounds a store; an item is about 200 bytes.
const maxItems = 1_000_000

// sweepEvery is how often dead items are cleared away.
const sweepEvery = time.Minute

// NewMemory makes an empty store that goes by the given clock.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, max: maxItems, items: make(map[string]item)}
}

// errFull is what a full store says.
type errFull struct{}

func (errFull) Error() string {
	return "store: is full; somebody may be trying very many accounts or addresses"
}

// lock locks the store, clears dead items away now and then, and gives the time.
func (m *Memory) lock() time.Time {
	m.mu.Lock()
	now := m.now()
	if now.Before(m.sweep) && len(m.items) < m.max {
		return now
	}
	for key, it := range m.items {
		if !it.end.After(now) {
			delete(m.items, key)
		}
	}
	m.sweep = now.Add(sweepEvery)
	return now
}

// live gives an item that lives.
func (m *Memory) live(key string, now time.Time) (item, bool) {
	it, ok := m.items[key]
	return it, ok && it.end.After(now)
}

// put keeps an item, if there is room.
func (m *Memory) put(key string, it item) error {
	if _, known := m.items[key]; !known && len(m.items) >= m.max {
		return errFull{}
	}
	m.items[key] = it
	return nil
}

// Take implements [Store].
func (m *Memory) Take(_ context.Context, key, value string, life time.Duration) (bool, string, error) {
	now := m.lock()
	defer m.mu.Unlock()
	if it, ok := m.live(key, now); ok {
		return false, it.value, nil
	}
	err := m.put(key, item{value: value, end: now.Add(life)})
	return err == nil, "", err
}

// Set implements [Store].
func (m *Memory) Set(_ context.Context, key, value string, life time.Duration) error {
	now := m.lock()
	defer m.mu.Unlock()
	return m.put(key, item{value: value, end: now.Add(life)})
}

// Get implements [Store].
func (m *Memory) Get(_ context.Context, key string) (string, error) {
	now := m.lock()
	defer m.mu.Unlock()
	it, ok := m.live(key, now)
	if !ok {
		return "", nil
	}
	return it.value, nil
}

// Drop implements [Store].
func (m *Memory) Drop(_ context.Context, key string) error {
	m.lock()
	defer m.mu.Unlock()
	delete(m.items, key)
	return nil
}

// Count implements [Store].
func (m *Memory) Count(_ context.Context, life time.Duration, keys ...string) ([]int, error) {
	now := m.lock()
	defer m.mu.Unlock()
	counts := make([]int, len(keys))
	for i, key := range keys {
		it, ok := m.live(key, now)
		if !ok {
			it = item{end: now.Add(life)}
		}
		it.count++
		if err := m.put(key, it); err != nil {
			return nil, err
		}
		counts[i] = it.count
	}
	return counts, nil
}

// Uncount implements [Store].
func (m *Memory) Uncount(_ context.Context, keys ...string) error {
	now := m.lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		if it, ok := m.live(key, now); ok && it.count > 0 {
			it.count--
			m.items[key] = it
		}
	}
	return nil
}

// Ping implements [Store].
func (*Memory) Ping(context.Context) error { return nil }
