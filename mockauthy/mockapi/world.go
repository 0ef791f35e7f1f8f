package mockapi

import "time"

// App is a world: an API key with its own users, clock, faults, journal and outbox.
type App struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Users int    `json:"users"`
}

// NewApp describes an app to add. An empty key is made by the server.
type NewApp struct {
	Key  string `json:"key,omitempty"`
	Name string `json:"name,omitempty"`
}

// Clock is the time of a world.
type Clock struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
}

// ClockChange turns a clock. Several fields act in the order they have here.
type ClockChange struct {
	// Reset lets the clock run at wall time again.
	Reset bool `json:"reset,omitempty"`
	// Freeze true stops the clock, false lets it run on from where it stands.
	Freeze *bool `json:"freeze,omitempty"`
	// Set moves it to a time.
	Set *time.Time `json:"set,omitempty"`
	// Skew makes it differ from wall time by that much.
	Skew *Duration `json:"skew,omitempty"`
	// Advance moves it by that much, forwards or backwards.
	Advance Duration `json:"advance,omitzero"`
}

// List is how the control API returns several things. Total counts all of them, Items may be a
// part.
type List[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total"`
}

// Count is how many entries or messages a filter picks.
type Count struct {
	Count int `json:"count"`
}

// Quirk is a named difference from the usual behaviour: a combination of settings.
type Quirk struct {
	Name string `json:"name"`
	Doc  string `json:"doc"` // what differs, and where it was seen
}
