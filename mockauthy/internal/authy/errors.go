package authy

import (
	"fmt"
	"slices"
)

// Error is a refusal of the Authy API. Values are copies of rows of the table ([ByCode], [Lookup]).
type Error struct {
	Name    string // ours, for fault rules: "token_invalid"
	Code    string // Authy's, digits as text: "60020"
	Status  int    // HTTP status
	Message string // the literal words of the wire
	// Gateway says that the body has the key order error_code, message, errors, success, as
	// captures of 60001, 60003, 60004, 60022, 60025, 60033 and 60083 show; otherwise it is message,
	// …, success, errors, …, error_code.
	Gateway bool
	// NoErrors leaves the errors object empty (captures of 60049 and 60000).
	NoErrors bool
	// Token is the value of the token key, which only 60020 has.
	Token string
	// Fields are errors of single parameters, shown both inside errors and at top level (60027).
	Fields []FieldError
	// Reason says in words why it was refused, for the journal. It never contains a code or a key.
	Reason string
}

// FieldError says what is wrong with one parameter.
type FieldError struct{ Field, Text string }

// Error returns code, message and reason.
func (e *Error) Error() string {
	s := "authy error " + e.Code + ": " + e.Message
	if e.Reason != "" {
		s += " (" + e.Reason + ")"
	}
	return s
}

// because copies e with a reason.
func (e *Error) because(format string, args ...any) *Error {
	c := *e
	c.Reason = fmt.Sprintf(format, args...)
	return &c
}

// Because copies e with a reason for the journal.
func (e *Error) Because(reason string) *Error { return e.because("%s", reason) }

// status copies e with another HTTP status, where a setting says so.
func (e *Error) withStatus(status int) *Error {
	c := *e
	c.Status = status
	return &c
}

// ByCode finds an error by Authy's code, such as "60020". The value is the caller's own.
func ByCode(code string) (*Error, bool) {
	return find(func(e Error) bool { return e.Code == code })
}

// Lookup finds an error by name or by code, as fault rules write it.
func Lookup(nameOrCode string) (*Error, bool) {
	return find(func(e Error) bool { return e.Code == nameOrCode || e.Name == nameOrCode })
}

// Errors returns a copy of the whole table, ordered by code.
func Errors() []Error { return slices.Clone(errorTable[:]) }

func find(match func(Error) bool) (*Error, bool) {
	if i := slices.IndexFunc(errorTable[:], match); i >= 0 {
		e := errorTable[i]
		return &e, true
	}
	return nil, false
}

// must returns an error that the engine itself names, and panics where the table lacks it; a test
// proves that it does not.
func must(code string) *Error {
	e, ok := ByCode(code)
	if !ok {
		panic("authy: error " + code + " is not in the table")
	}
	return e
}
