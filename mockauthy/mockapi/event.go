package mockapi

// Event is a change in a world, as /_mock/events streams it: ID as id, Kind as event, Data as JSON.
type Event struct {
	ID   int64  `json:"id"`   // rising from 1
	Kind string `json:"kind"` // one of the constants below
	Data any    `json:"data"` // of the type that belongs to the kind
}

// Kinds of event and their data.
const (
	EventJournal   = "journal"   // an Entry that arrived or was completed
	EventOutbox    = "outbox"    // a new Message
	EventClock     = "clock"     // the Clock after it was turned; a running one ticks without events
	EventFaults    = "faults"    // the list of all Rules after one was added, changed or removed
	EventUsers     = "users"     // an object with the id of the User that the control API added, changed or removed
	EventFactors   = "factors"   // a FactorChange: the Factor that the control API added or removed
	EventApprovals = "approvals" // the Approval that was answered
	EventSettings  = "settings"  // the Settings after a change
	EventCallback  = "callback"  // a Callback that was delivered, or not
	EventReset     = "reset"     // an empty object: read everything again
)

// UserChange is the data of [EventUsers].
type UserChange struct {
	ID int64 `json:"id"` // the Authy id
}

// FactorChange is the data of [EventFactors].
type FactorChange struct {
	SID string `json:"sid"` // of the factor
}

// Callback says how the delivery of an answer to an approval request went.
type Callback struct {
	UUID   string `json:"uuid"`            // of the [Approval]
	URL    string `json:"url"`             // that was called
	Status int    `json:"status"`          // of the reply; 0 when there was none
	Error  string `json:"error,omitempty"` // why there was no reply
}
