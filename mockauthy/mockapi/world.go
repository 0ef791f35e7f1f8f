package mockapi

import "time"

// App is a world: an API key with its own users, clock, faults, journal and outbox.
type App struct {
	Key   string `json:"key"`   // the API key
	Name  string `json:"name"`  // as in Settings.AppName
	Users int    `json:"users"` // how many there are
	// AccountSID and AuthToken are the credentials of the world's account at Twilio Verify. Like
	// the others they follow from the API key, so that they are the same after every start.
	AccountSID string `json:"account_sid"`
	AuthToken  string `json:"auth_token"` // letters and digits
	// APIKeySID and APIKeySecret are an API key of that account, the other kind of credentials.
	APIKeySID    string `json:"api_key_sid"`
	APIKeySecret string `json:"api_key_secret"`
	// ServiceSID is the Verify service that the account starts with.
	ServiceSID string `json:"service_sid"`
}

// NewApp describes an app to add. For an empty key the server makes one.
type NewApp struct {
	Key  string `json:"key,omitempty"`  // the API key
	Name string `json:"name,omitempty"` // at most 30 bytes; empty means the default
}

// Clock is the time of a world.
type Clock struct {
	Now    time.Time `json:"now"`    // in UTC
	Frozen bool      `json:"frozen"` // whether the clock stands still
}

// ClockChange turns a clock. Several fields are applied in the order of this struct.
type ClockChange struct {
	// Reset goes back to wall time.
	Reset bool `json:"reset,omitempty"`
	// Freeze true stops the clock; false lets it run on from the time it shows.
	Freeze *bool `json:"freeze,omitempty"`
	// Set moves the clock to a time.
	Set *time.Time `json:"set,omitempty"`
	// Skew makes the clock differ from wall time by that much.
	Skew *Duration `json:"skew,omitempty"`
	// Advance moves the clock forwards or, when negative, backwards.
	Advance Duration `json:"advance,omitzero"`
}

// List is how the control API returns several items. Total counts all of them; Items may be a page.
type List[T any] struct {
	Items []T `json:"items"` // in the order of the call
	Total int `json:"total"` // how many there are in all
}

// Count is how many entries or messages a filter picks.
type Count struct {
	Count int `json:"count"` // how many
}

// Quirk is a named difference from the default behaviour: a combination of settings.
type Quirk struct {
	Name string `json:"name"` // such as no-device
	Doc  string `json:"doc"`  // what differs, and where it was seen
}
