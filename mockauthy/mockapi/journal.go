package mockapi

import "time"

// Entry is one request to Authy's API. It is added when the request arrives and completed by the
// reply.
type Entry struct {
	ID     int64      `json:"id"`      // rising from 1
	At     time.Time  `json:"at"`      // by the world's clock, as all times here
	DoneAt *time.Time `json:"done_at"` // when the reply was sent; null until then
	// Endpoint is one of [Endpoints].
	Endpoint string `json:"endpoint"`
	Method   string `json:"method"` // of HTTP
	// Path has codes masked: "/protected/json/verify/*******/1000".
	Path string `json:"path"`
	// User is the Authy id that the request was about; 0 when it named none, or not a number.
	User int64 `json:"user"`
	// Identity is the identity, telephone number or address that a request to Verify was about;
	// empty for Authy's.
	Identity string `json:"identity,omitempty"`
	// Status is the HTTP status of the reply; 0 until then, and when the connection was dropped.
	Status int `json:"status"`
	// Decision is "accepted" or "refused" for a verify, else a word such as "sent", "ignored",
	// "created".
	Decision string `json:"decision"`
	// Reason says in words why: "code of the step before last, outside the window".
	Reason string `json:"reason"`
	// Fault is the id of the rule that hit the request.
	Fault string `json:"fault"`
	// Request and Reply are the parameters and the body of the reply, masked and shortened to a few
	// kilobytes.
	Request string `json:"request,omitempty"`
	Reply   string `json:"reply,omitempty"`
}

// Message is something that the real Authy would have sent to a person.
type Message struct {
	ID   int64     `json:"id"`   // rising from 1
	At   time.Time `json:"at"`   // when it would have been sent
	User int64     `json:"user"` // the Authy id; 0 for the verification of a phone that is no user's
	// Channel is "sms", "call", "email", "push" or, of Verify, "whatsapp".
	Channel string `json:"channel"`
	// To is the full phone number or address; nothing is masked here.
	To   string `json:"to"`
	Text string `json:"text"` // what the person would have read or heard
	// Code is the code in the text, where there is one.
	Code string `json:"code"`
}
