// Package cmdline is what the command lines of all our programs have in common: exit codes, the
// lines for errors, and what --version prints. It links nothing beyond Go's standard library: the
// hook programs pay for what they link at every login.
package cmdline

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Exit codes.
const (
	OK     = 0
	Failed = 1
	Usage  = 2 // the command line itself was wrong
)

// WriteError writes what is wrong to w, for a person at a terminal: an `error:` line for each line
// of err, then a `hint:` line for each hint. Texts begin in lower case and have no final period.
func WriteError(w io.Writer, err error, hints ...string) {
	var text strings.Builder
	for line := range strings.SplitSeq(err.Error(), "\n") {
		text.WriteString("error: " + line + "\n")
	}
	for _, hint := range append(hintsOf(err), hints...) {
		text.WriteString("hint: " + hint + "\n")
	}
	_, _ = io.WriteString(w, text.String()) // nobody is left to tell
}

// hinted is an error with its hint.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// WithHint returns err with a hint for [WriteError], which says what to do about it.
func WithHint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// hintsOf returns the hint of the outermost error that has one.
func hintsOf(err error) []string {
	if h := (hinted{}); errors.As(err, &h) {
		return []string{h.hint}
	}
	return nil
}
