// Package otp has what a person types: a [Code], which holds nothing but ASCII digits. It belongs
// to no provider. What is typed reaches a provider only as a Code, so the bypass of 2015 (a code
// such as "../sms" or "1234567/999#" that changes a URL) cannot be written.
package otp

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Bounds of a code, in digits. Authy's own clients accept 6 to 10.
const (
	MinDigits = 6
	MaxDigits = 10
	maxTyped  = 32 // bytes of a code with its blanks and dashes
)

// errCode never repeats what was typed: it may be a password.
var errCode = errors.New("code: want 6 to 10 digits")

// Code is a one-time code: 6 to 10 ASCII digits. The zero Code is no code, and every
// provider refuses it. It prints as "[code]" so that no log can show it.
type Code struct{ digits string }

// ParseCode takes exactly 6 to 10 ASCII digits. Anything else, blanks included, is an error.
func ParseCode(s string) (Code, error) {
	if len(s) < MinDigits || len(s) > MaxDigits || !isDigits(s) {
		return Code{}, errCode
	}
	return Code{digits: s}, nil
}

// ParseTypedCode is [ParseCode] for a code that a person typed or pasted on its own: blanks and
// dashes between digits, as phones show them ("123 4567"), are left out, and so is what [Trim]
// takes off the ends.
func ParseTypedCode(s string) (Code, error) {
	s = Trim(s)
	if len(s) < MinDigits || len(s) > maxTyped || !isDigits(s[:1]) || !isDigits(s[len(s)-1:]) {
		return Code{}, errCode
	}
	return ParseCode(strings.NewReplacer(" ", "", "-", "").Replace(s))
}

// Trim takes off the ends of s what is copied along with a code and cannot be seen: white space of
// any kind, line ends and no-break spaces included, and marks without a width.
func Trim(s string) string { return strings.TrimFunc(s, unseen) }

// TrimEnd is [Trim] for the end alone.
func TrimEnd(s string) string { return strings.TrimRightFunc(s, unseen) }

func unseen(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// Digest returns the code's digits to h, for a memory of used codes that must not hold them in
// clear.
func (c Code) Digest(h interface{ Write([]byte) (int, error) }) { _, _ = h.Write([]byte(c.digits)) }

// Digits returns the code in clear, for the provider that is asked about it and for nobody else.
func (c Code) Digits() string { return c.digits }

// Len returns how many digits the code has.
func (c Code) Len() int { return len(c.digits) }

// String hides the code.
func (Code) String() string { return "[code]" }

// Format hides the code from every verb of package fmt.
func (Code) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[code]")) }

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
