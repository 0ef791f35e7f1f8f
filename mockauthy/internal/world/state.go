package world

import (
	"errors"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/internal/events"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/verify"
)

// State is a whole world. What was asked (the journal) and sent (the outbox) is not part of it.
type State struct {
	App    authy.State
	Verify verify.State
	Clock  clock.Snapshot
	Faults []fault.Rule
}

// NewState is an empty world with the default settings.
func NewState() State {
	return State{App: authy.NewState(), Verify: verify.NewState(), Faults: []fault.Rule{}}
}

// State copies the world.
func (w *World) State() State {
	return State{App: w.App.Snapshot(), Verify: w.Verify.Snapshot(), Clock: w.Clock.Snapshot(),
		Faults: w.Faults.List()}
}

// SetState replaces users, services, settings, clock and faults; after an error nothing has
// changed. Journal and outbox stay.
func (w *World) SetState(s State) error {
	if err := w.set(s); err != nil {
		return err
	}
	w.Events.Tell(events.Reset{})
	return nil
}

func (w *World) set(s State) error {
	clockBefore, faultsBefore, verifyBefore := w.Clock.Snapshot(), w.Faults.List(), w.Verify.Snapshot()
	if err := w.Faults.Restore(s.Faults); err != nil {
		return err
	}
	// The clock goes before the users and factors: their times are taken from it.
	err := w.Clock.Restore(s.Clock)
	if err == nil {
		err = w.Verify.Restore(s.Verify)
	}
	if err == nil {
		err = w.App.Restore(s.App)
	}
	if err != nil {
		return errors.Join(err, w.Clock.Restore(clockBefore), w.Faults.Restore(faultsBefore),
			w.Verify.Restore(verifyBefore))
	}
	return nil
}

// Reset brings the world back to how it started: users, services, settings, clock, faults; journal
// and outbox are emptied.
func (w *World) Reset() error {
	start := w.start
	if start.App.Seed == "" {
		start.App.Seed = w.origin // the secrets of the first day, not those of a state that was put here since
	}
	if err := w.set(start); err != nil {
		return err
	}
	w.Journal.Clear()
	w.Outbox.Clear()
	w.Events.Tell(events.Reset{})
	return nil
}
