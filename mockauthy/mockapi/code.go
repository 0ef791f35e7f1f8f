package mockapi

import "time"

// Code is what one phone shows for a user of Authy or a factor of Verify: the code of this step of
// the clock and the one of the next.
type Code struct {
	User   int64  `json:"user"`             // the Authy id; 0 for a factor
	Factor string `json:"factor,omitempty"` // the factor's SID
	Device int64  `json:"device,omitempty"` // which of the user's devices shows it; 0 for generic
	Family string `json:"family"`           // "app", "generic" or "factor"
	Token  string `json:"token"`            // digits, with leading zeros
	Next   string `json:"next"`             // the code of the step after this one
	Digits int    `json:"digits"`           // how many Token has
	Period int    `json:"period"`           // seconds of one step
	// ExpiresAt is when Token's step ends and Next's begins, by the world's clock.
	ExpiresAt time.Time `json:"expires_at"`
}
