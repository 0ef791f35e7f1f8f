package store

// SetMax changes the bound of a store.
func (m *Memory) SetMax(n int) { m.max = n }
