package mockapi

import "time"

// Approval is a push (OneTouch): a request that the person approves or denies on the phone, and
// what became of it.
type Approval struct {
	// UUID names the request in Authy's calls and here.
	UUID string `json:"uuid"`
	// User is the Authy id of the person who is asked.
	User int64 `json:"user"`
	// Status is pending, approved, denied or expired.
	Status string `json:"status"`
	// Message is what the phone shows: at most 200 characters; Authy cuts off the rest.
	Message string `json:"message"`
	// Details are shown below the message, in the order of the request.
	Details []Pair `json:"details,omitempty"`
	// Hidden details are not shown to the person; the callback has them.
	Hidden []Pair `json:"hidden_details,omitempty"`
	// Logos are pictures in several resolutions, each with the names res and url.
	Logos [][]Pair `json:"logos,omitempty"`
	// Seconds is how long the request stays pending; 0 means for ever.
	Seconds   int       `json:"seconds_to_expire"`
	CreatedAt time.Time `json:"created_at"` // when the application asked
	// ProcessedAt is when the request was answered, or when it expired.
	ProcessedAt time.Time `json:"processed_at,omitzero"`
	// Notified says that the application took the callback with a 2xx status.
	Notified bool `json:"notified,omitempty"`
}

// Pair is a name and a value; a list of them keeps the order of the request.
type Pair struct {
	Name  string `json:"name"`  // of a detail, or res or url of a logo
	Value string `json:"value"` // as the application sent it
}
