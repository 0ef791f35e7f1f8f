// Package health holds what the parts of hookd report about themselves: whether anybody can log in,
// and what an administrator should look at although people can.
package health

import (
	"encoding/json"
	"slices"
	"sync"
)

// Level says how bad a finding is.
type Level int

// Levels of a [Finding].
const (
	Fine     Level = iota // nothing to report
	Degraded              // logins go on, and an administrator should look at it
	Down                  // nobody can log in
)

// Finding is what a part reports about itself. Why is for people: whole words, no secret, no
// account name, no path. Everybody who reaches hookd can read it.
type Finding struct {
	Level Level
	Why   string // "" where Level is Fine
}

// Board collects the findings of parts, one for each. The zero Board is empty and ready for use. It
// is safe for concurrent use.
type Board struct {
	// Changed is called after a finding changed, without a lock held; may be nil. Set it before the
	// first use.
	Changed func()

	mu       sync.Mutex
	findings map[string]Finding
}

// Set replaces the finding of a part. The name of the part, such as "users file", begins the text
// that people read.
func (b *Board) Set(part string, f Finding) {
	b.mu.Lock()
	before := b.findings[part]
	if f.Level == Fine {
		f = Finding{}
		delete(b.findings, part)
	} else {
		if b.findings == nil {
			b.findings = map[string]Finding{}
		}
		b.findings[part] = f
	}
	b.mu.Unlock()
	if f != before && b.Changed != nil {
		b.Changed()
	}
}

// Get returns the finding of a part, Fine if it reported nothing.
func (b *Board) Get(part string) Finding {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.findings[part]
}

// State returns all findings as sentences.
func (b *Board) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	var s State
	for part, f := range b.findings {
		s = s.With(f.Level, part+": "+f.Why)
	}
	return s
}

// State is what a whole hookd reports. Both lists are sorted.
type State struct {
	Reasons  []string // why nobody can log in
	Degraded []string // what an administrator should look at although people can
}

// Ready says whether anybody can log in.
func (s State) Ready() bool { return len(s.Reasons) == 0 }

// With returns the state with one more sentence in it.
func (s State) With(l Level, sentence string) State {
	switch l {
	case Degraded:
		s.Degraded = insert(s.Degraded, sentence)
	case Down:
		s.Reasons = insert(s.Reasons, sentence)
	}
	return s
}

// insert returns a copy of the sorted list with text in its place.
func insert(list []string, text string) []string {
	at, _ := slices.BinarySearch(list, text)
	return slices.Insert(slices.Clone(list), at, text)
}

// Join returns one state that has the sentences of all.
func Join(states ...State) State {
	var all State
	for _, s := range states {
		for _, reason := range s.Reasons {
			all = all.With(Down, reason)
		}
		for _, sentence := range s.Degraded {
			all = all.With(Degraded, sentence)
		}
	}
	return all
}

// Equal says whether both states have the same sentences.
func (s State) Equal(o State) bool {
	return slices.Equal(s.Reasons, o.Reasons) && slices.Equal(s.Degraded, o.Degraded)
}

// MarshalJSON returns what /readyz answers: {"ready":true,"degraded":[...]}, or
// {"ready":false,"reasons":[...]}.
func (s State) MarshalJSON() ([]byte, error) {
	if s.Ready() {
		return json.Marshal(struct {
			Ready    bool     `json:"ready"`
			Degraded []string `json:"degraded"`
		}{true, append([]string{}, s.Degraded...)})
	}
	return json.Marshal(struct {
		Ready   bool     `json:"ready"`
		Reasons []string `json:"reasons"`
	}{false, s.Reasons})
}
