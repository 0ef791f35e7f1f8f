package mockapi

import "strings"

// Error is how the control API refuses a request.
type Error struct {
	// Status is the HTTP status, 4xx or 5xx; not in the body.
	Status int `json:"-"`
	// Message says what is wrong, with which value.
	Message string `json:"error"`
	// Field is the part of the request that is wrong ("match.endpoint"), where one is.
	Field string `json:"field"`
	// Wanted says what would be right.
	Wanted string `json:"wanted"`
}

// Error is field, message and what is wanted, in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Field != "" {
		b.WriteString(e.Field + ": ")
	}
	b.WriteString(e.Message)
	if e.Wanted != "" {
		b.WriteString(", want " + e.Wanted)
	}
	return b.String()
}
