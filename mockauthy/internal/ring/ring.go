// Package ring keeps the newest of many items under rising numbers, and lets a caller wait for
// more. The journal, the outbox and the feed of events are rings.
package ring

import (
	"context"
	"sync"
)

// Ring keeps the newest items, up to a limit. Make one with [New].
type Ring[T any] struct {
	mu      sync.Mutex
	limit   int
	items   []T   // grows up to limit, then is written round and round
	start   int64 // number of the item that items began with; the others follow it round and round
	first   int64 // number of the oldest item kept
	next    int64 // number that the next item gets; numbers start at 1 and are never used again
	waiters int
	changed chan struct{} // closed at a change while somebody waits
}

// New returns an empty ring for at most limit items; a limit below 1 keeps nothing but still
// counts.
func New[T any](limit int) *Ring[T] {
	return &Ring[T]{limit: max(limit, 0), start: 1, first: 1, next: 1, changed: make(chan struct{})}
}

// Add stores what item returns for the number it gets. item runs under the ring's lock and must not
// block.
func (r *Ring[T]) Add(item func(id int64) T) T {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.next
	added := item(id)
	r.next++
	switch {
	case r.limit == 0:
		r.first = r.next
	case len(r.items) < r.limit:
		r.items = append(r.items, added)
	default:
		r.items[r.slot(id)] = added
		r.first = id - int64(r.limit) + 1
	}
	r.wake()
	return added
}

// Update changes the item with that number in place and returns a copy of it; false when it is no
// longer kept.
func (r *Ring[T]) Update(id int64, change func(*T)) (T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if id < r.first || id >= r.next {
		var zero T
		return zero, false
	}
	item := &r.items[r.slot(id)]
	change(item)
	r.wake()
	return *item, true
}

// List copies the items that keep wants, oldest first.
func (r *Ring[T]) List(keep func(*T) bool) []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list(keep)
}

// Last is the number of the newest item, 0 before the first.
func (r *Ring[T]) Last() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.next - 1
}

// Clear forgets all items. Numbers go on rising.
func (r *Ring[T]) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.items) // let go of the strings
	r.items, r.start, r.first = r.items[:0], r.next, r.next
	r.wake()
}

// Wait returns the items that keep wants as soon as there are count of them, or what there is when
// ctx ends, with its error.
func (r *Ring[T]) Wait(ctx context.Context, count int, keep func(*T) bool) ([]T, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if r.count(keep) >= count {
			return r.list(keep), nil
		}
		if err := ctx.Err(); err != nil {
			return r.list(keep), err
		}
		changed := r.changed
		r.waiters++
		r.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		r.mu.Lock()
		r.waiters--
	}
}

func (r *Ring[T]) count(keep func(*T) bool) int {
	n := 0
	for id := r.first; id < r.next; id++ {
		if keep(&r.items[r.slot(id)]) {
			n++
		}
	}
	return n
}

func (r *Ring[T]) list(keep func(*T) bool) []T {
	out := []T{}
	for id := r.first; id < r.next; id++ {
		if item := &r.items[r.slot(id)]; keep(item) {
			out = append(out, *item)
		}
	}
	return out
}

func (r *Ring[T]) slot(id int64) int { return int((id - r.start) % int64(r.limit)) }

func (r *Ring[T]) wake() {
	if r.waiters > 0 {
		close(r.changed)
		r.changed = make(chan struct{})
	}
}
