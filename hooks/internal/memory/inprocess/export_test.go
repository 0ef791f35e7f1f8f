package inprocess

import "sftpgo-authy/hooks/internal/memory/store"

// Locked stands for counters that lock, where a test gives rooms.
const Locked = locked

// SetRoom changes how many things of a kind are remembered.
func (m *Store) SetRoom(kind store.Kind, n int) { m.rooms[kind] = n }

// Used returns how many things of a kind are remembered.
func (m *Store) Used(kind store.Kind) int { return m.used[kind] }

// Room returns how many there may be.
func (m *Store) Room(kind store.Kind) int { return m.rooms[kind] }
