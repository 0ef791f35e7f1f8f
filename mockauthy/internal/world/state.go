package world

import (
	"errors"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/mockapi"
)

// State is a world as one document; see [mockapi.State].
type State = mockapi.State

// NewState is an empty world; what a document leaves out is as here.
func NewState() State {
	return State{AppState: authy.NewState(), Faults: []mockapi.Rule{}}
}

// State copies the world.
func (w *World) State() State {
	snap := w.Clock.Snapshot()
	return State{
		AppState: w.App.Snapshot(),
		Clock:    mockapi.ClockState{FrozenAt: snap.Frozen, Skew: mockapi.Duration(snap.Shift)},
		Faults:   w.Faults.List(),
	}
}

// SetState replaces users, settings, clock and faults or, with an error, nothing. Journal and
// outbox stay.
func (w *World) SetState(s State) error {
	if err := w.set(s); err != nil {
		return err
	}
	w.Events.Tell(mockapi.EventReset, struct{}{})
	return nil
}

func (w *World) set(s State) error {
	clockBefore, faultsBefore := w.Clock.Snapshot(), w.Faults.List()
	if err := w.Faults.Restore(s.Faults); err != nil {
		return err
	}
	// The clock goes before the users: their times are taken from it.
	err := w.Clock.Restore(clock.Snapshot{Frozen: s.Clock.FrozenAt, Shift: time.Duration(s.Clock.Skew)})
	if err == nil {
		err = w.App.Restore(s.AppState)
	}
	if err != nil {
		return errors.Join(err, w.Clock.Restore(clockBefore), w.Faults.Restore(faultsBefore))
	}
	return nil
}

// Reset brings the world back to how it started: users, settings, clock, faults; journal and outbox
// are emptied.
func (w *World) Reset() error {
	start := w.start
	if start.Seed == "" {
		start.Seed = w.origin // the secrets of the first day, not those of a state that was put here since
	}
	if err := w.set(start); err != nil {
		return err
	}
	w.Journal.Clear()
	w.Outbox.Clear()
	w.Events.Tell(mockapi.EventReset, struct{}{})
	return nil
}
