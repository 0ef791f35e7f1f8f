package exchange

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNoAnswer is what a call ends in that nobody answered.
var ErrNoAnswer = errors.New("did not answer")

// Silent returns an error where nobody of the API answered, else nil. who is the API, and setting
// names its address in the configuration.
func (r Reply) Silent(who, setting string) error {
	err := fmt.Errorf("%s %w", who, ErrNoAnswer)
	switch {
	case r.Cause == Refused:
		return r.Err
	case r.Status != 0:
		return nil
	case r.Err != nil:
		err = fmt.Errorf("%w (%w)", err, r.Err)
	}
	return fmt.Errorf("%w; check %s, the network, a proxy and certificates", err, setting)
}

// Printable makes a text of an API fit for a terminal: one line of printable ASCII, 200 bytes at
// most.
func Printable(s string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return clean[:min(len(clean), 200)]
}
