// Package clock tells the time of one world, so that a test can turn it without waiting.
//
// A [Clock] sits on an outer time (wall time, or another clock) and is shifted, frozen and set
// without touching it.
package clock

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// ErrRange is the error of a change after which the clock would show a time that no test needs.
// Within the range all arithmetic is exact.
var ErrRange = errors.New("the clock would leave the years 1970 to 2199")

// Clock tells the time of one app's world. Make one with [New]; all methods may be called at once
// from many goroutines.
type Clock struct {
	base  func() time.Time
	mu    sync.Mutex // one writer at a time
	state atomic.Pointer[state]
}

// state never changes once stored: readers take no lock, since every verify asks the time.
type state struct {
	frozen bool
	at     time.Time     // the time shown while frozen
	shift  time.Duration // added to the base while running
}

// New returns a running clock that shows the time of base.
func New(base func() time.Time) *Clock {
	c := &Clock{base: base}
	c.state.Store(&state{})
	return c
}

// Now is the time in this world, in UTC.
func (c *Clock) Now() time.Time { return c.state.Load().shown(c.base) }

func (s *state) shown(base func() time.Time) time.Time {
	if s.frozen {
		return s.at
	}
	return base().Add(s.shift).UTC()
}

// Set moves the clock to t. A frozen clock stays frozen, at t; a running one runs on from t. The
// error is ErrRange.
func (c *Clock) Set(t time.Time) error {
	return c.change(func(s *state) { c.moveTo(s, t) })
}

// Advance moves the clock by d, which may be negative. The error is ErrRange.
func (c *Clock) Advance(d time.Duration) error {
	return c.change(func(s *state) {
		if s.frozen {
			s.at = s.at.Add(d)
			return
		}
		s.shift += d
	})
}

// Skew makes the clock differ from its base by exactly d, whatever was set before. The error is
// ErrRange.
func (c *Clock) Skew(d time.Duration) error {
	return c.change(func(s *state) { c.moveTo(s, c.base().Add(d)) })
}

// Freeze stops the clock at the time it shows, or lets it run on from there.
func (c *Clock) Freeze(frozen bool) {
	_ = c.change(func(s *state) {
		switch {
		case frozen && !s.frozen:
			s.at, s.frozen = c.base().Add(s.shift).UTC(), true
		case !frozen && s.frozen:
			s.frozen = false
			c.moveTo(s, s.at)
		}
	})
}

// Reset lets the clock run and show the time of its base again.
func (c *Clock) Reset() { _ = c.change(func(s *state) { *s = state{} }) }

// Frozen says whether the clock stands still.
func (c *Clock) Frozen() bool { return c.state.Load().frozen }

// Snapshot is what a clock needs to be put back by [Clock.Restore]: the frozen time, or the shift
// from the base.
type Snapshot struct {
	Frozen *time.Time
	Shift  time.Duration
}

// Snapshot says how the clock differs from its base.
func (c *Clock) Snapshot() Snapshot {
	s := c.state.Load()
	if s.frozen {
		at := s.at
		return Snapshot{Frozen: &at}
	}
	return Snapshot{Shift: s.shift}
}

// Restore puts the clock back as snap says. The error is ErrRange.
func (c *Clock) Restore(snap Snapshot) error {
	return c.change(func(s *state) {
		*s = state{shift: snap.Shift}
		if snap.Frozen != nil {
			*s = state{frozen: true, at: snap.Frozen.UTC()}
		}
	})
}

func (c *Clock) moveTo(s *state, t time.Time) {
	if s.frozen {
		s.at = t.UTC()
		return
	}
	s.shift = t.Sub(c.base())
}

// change replaces the state, unless it would show a time out of range. Freeze and Reset cannot lead
// there.
func (c *Clock) change(f func(*state)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := *c.state.Load()
	f(&next)
	if year := next.shown(c.base).Year(); year < 1970 || year > 2199 {
		return ErrRange
	}
	c.state.Store(&next)
	return nil
}
