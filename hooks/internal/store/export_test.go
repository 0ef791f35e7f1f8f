package store

// Locked stands for counters that lock, where a test gives rooms.
const Locked = locked

// SetRoom changes how many things of a kind are remembered.
func (m *Memory) SetRoom(kind Kind, n int) { m.rooms[kind] = n }

// Used returns how many things of a kind are remembered.
func (m *Memory) Used(kind Kind) int { return m.used[kind] }

// Room returns how many there may be.
func (m *Memory) Room(kind Kind) int { return m.rooms[kind] }
