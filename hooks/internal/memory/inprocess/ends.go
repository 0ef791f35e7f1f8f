package inprocess

// The items that end some day are a heap, ordered by when: the first is the next to end. Each knows
// its place in it.

// sooner says whether the item at place i ends before the one at place j.
func (m *Store) sooner(i, j int) bool { return m.items.at(m.ends[i]).end < m.items.at(m.ends[j]).end }

// swap changes two places.
func (m *Store) swap(i, j int) {
	m.ends[i], m.ends[j] = m.ends[j], m.ends[i]
	m.items.at(m.ends[i]).place, m.items.at(m.ends[j]).place = uint32(i), uint32(j)
}

// settle brings the item at place i to where it belongs.
func (m *Store) settle(i int) {
	for i > 0 && m.sooner(i, (i-1)/2) {
		m.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.ends); child++ {
			if m.sooner(child, least) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.swap(i, least)
		i = least
	}
}

// expect sets when an item ends that is not in the heap.
func (m *Store) expect(n uint32, end int64) {
	it := m.items.at(n)
	if it.end = end; end == Never {
		return
	}
	it.place = uint32(len(m.ends))
	m.ends = append(m.ends, n)
	m.settle(len(m.ends) - 1)
}

// forget takes an item out of the heap.
func (m *Store) forget(n uint32) {
	it := m.items.at(n)
	if it.end == Never {
		return
	}
	i, last := int(it.place), len(m.ends)-1
	m.swap(i, last)
	if m.ends = m.ends[:last]; i < last {
		m.settle(i)
	}
}
