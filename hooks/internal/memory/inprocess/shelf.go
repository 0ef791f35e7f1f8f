package inprocess

import "sftpgo-authy/hooks/internal/memory/store"

// item is one thing that is remembered. It holds no pointer, so that the collector has nothing to
// look for in a million of them; a value, which few things have, lies beside.
type item struct {
	end        int64 // Unix time in nanoseconds, Never for no end
	number     int64 // failures, or a step
	place      uint32
	prev, next uint32 // neighbours on its shelf, the older one first; next of a free item is the next free one
	key        store.Key
	shelf      shelf
}

// chunk is how many items are allocated at once: a slice that grows would be copied whole.
const chunk = 1 << 12

// slab holds all items. They go by numbers from 1 on; 0 is none.
type slab struct {
	chunks []*[chunk]item
	used   uint32 // numbers that were ever taken
	free   uint32
}

// at returns the item with a number.
func (s *slab) at(n uint32) *item { return &s.chunks[n/chunk][n%chunk] }

// take returns the number of an item that nobody uses.
func (s *slab) take() uint32 {
	if n := s.free; n != 0 {
		s.free = s.at(n).next
		return n
	}
	s.used++
	if int(s.used/chunk) >= len(s.chunks) {
		s.chunks = append(s.chunks, new([chunk]item))
	}
	return s.used
}

// give takes an item back.
func (s *slab) give(n uint32) {
	*s.at(n) = item{next: s.free}
	s.free = n
}

// shelf is a list of items in the order in which they came onto it. Things of one kind share a
// shelf, but for counters, which stand on one by how many failures they have: the first [levels]
// shelves.
type shelf uint8

// levels is how many shelves counters have that let people in.
const levels = 12

// locked is what counts as the kind of a counter that has kept somebody out. Such counters have a
// room of their own.
const locked = store.Kinds

// shelves is how many there are.
const shelves = levels + int(store.Kinds) + 1

// shelfOf returns the shelf of a kind that is not [Failure].
func shelfOf(kind store.Kind) shelf { return levels + shelf(kind) }

// level returns the shelf of a counter with so many failures: one for each number below 8, then one
// for each doubling.
func level(failures int64) shelf {
	l := shelf(0)
	for ; failures >= 8 && l < levels-8; failures /= 2 {
		l++
	}
	if l > 0 {
		return 7 + l
	}
	return shelf(failures)
}

// room returns whose room a shelf takes: a kind, or locked.
func (s shelf) room() store.Kind {
	if s < levels {
		return store.Failure
	}
	return store.Kind(s - levels)
}

// list is a shelf's first item, its last and the ones between.
type list struct{ first, last uint32 }

// shelve puts an item at the end of a shelf.
func (m *Store) shelve(n uint32, s shelf) {
	it, l := m.items.at(n), &m.shelves[s]
	it.shelf, it.prev, it.next = s, l.last, 0
	if l.last != 0 {
		m.items.at(l.last).next = n
	} else {
		l.first = n
	}
	l.last = n
	m.used[s.room()]++
}

// unshelve takes an item from its shelf.
func (m *Store) unshelve(n uint32) {
	it := m.items.at(n)
	l := &m.shelves[it.shelf]
	if it.prev != 0 {
		m.items.at(it.prev).next = it.next
	} else {
		l.first = it.next
	}
	if it.next != 0 {
		m.items.at(it.next).prev = it.prev
	} else {
		l.last = it.prev
	}
	m.used[it.shelf.room()]--
}

// move puts an item onto another shelf, if it is not there already.
func (m *Store) move(n uint32, s shelf) {
	if m.items.at(n).shelf != s {
		m.unshelve(n)
		m.shelve(n, s)
	}
}
