package inprocess

import (
	"math"

	"sftpgo-authy/hooks/internal/memory/store"
)

// Never is the end of a [Record] that has none.
const Never = math.MaxInt64

// Record is one thing that is remembered, in the form in which a file keeps it.
type Record struct {
	Value  string
	Number int64 // of a counter, its failures; of a last step, the step
	End    int64 // Unix time in nanoseconds, or [Never]
}

// Look returns the record of a key; ok is false where there is none that lives.
func (m *Store) Look(key store.Key) (r Record, ok bool) {
	now := m.lock()
	defer m.mu.Unlock()
	n, it := m.live(key, now)
	if it == nil {
		return Record{}, false
	}
	return Record{Value: m.values[n], Number: it.number, End: it.end}, true
}

// Restore keeps a record under a key that has none yet. The error is that of a store without room.
func (m *Store) Restore(key store.Key, r Record) error {
	m.lock()
	defer m.mu.Unlock()
	on := shelfOf(key.Kind)
	if key.Kind == store.Failure {
		on = level(r.Number)
	}
	n, err := m.add(key, on, r.End)
	if err != nil {
		return err
	}
	m.items.at(n).number = r.Number
	if r.Value != "" {
		m.values[n] = r.Value
	}
	return nil
}
