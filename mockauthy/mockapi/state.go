package mockapi

import (
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
)

// AppState is the engine's part of a [State]: settings and users with everything that codes depend
// on.
type AppState = authy.State

// State is a world as one document, and the form of a seed file. What was asked (the journal) and
// sent (the outbox) is not part of it.
type State struct {
	AppState
	Clock ClockState `json:"clock"`
	// Faults are the rules with their counts; a rule without an id gets one.
	Faults []Rule `json:"faults"`
}

// ClockState says how a clock differs from wall time. The zero value is wall time.
type ClockState struct {
	// FrozenAt is where the clock stands still.
	FrozenAt *time.Time `json:"frozen_at,omitempty"`
	// Skew is how far a running clock is ahead of wall time.
	Skew Duration `json:"skew,omitzero"`
}
