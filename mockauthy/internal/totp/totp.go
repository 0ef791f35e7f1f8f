// Package totp makes and matches the time-based codes of RFC 6238 that authenticators show. It
// knows no users; every engine of the mock uses it.
package totp

import (
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// Window describes codes and the steps around now in which one is accepted.
type Window struct {
	Digits int // 3 to 9
	Period int // seconds of one step
	Past   int // accepted steps before the present one
	Future int // accepted steps after it
}

var coding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Secret returns the canonical form of raw bytes: base32 without padding.
func Secret(raw []byte) string { return coding.EncodeToString(raw) }

// ParseSecret reads a base32 secret as people paste it, in any case, with blanks, dashes and
// padding, and returns its canonical form. At least 10 bytes are wanted, the least that
// authenticator apps take.
func ParseSecret(s string) (string, error) { return ParseShortSecret(s, 10) }

// ParseShortSecret is [ParseSecret] for who takes shorter secrets, of at least least bytes.
func ParseShortSecret(s string, least int) (string, error) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "=", "").Replace(s))
	raw, err := coding.DecodeString(s)
	if err != nil {
		return "", errors.New("secret is not base32: want the letters A to Z and the digits 2 to 7")
	}
	if len(raw) < least || len(raw) > 128 {
		return "", fmt.Errorf("secret has %d bytes: want %d to 128, which is %d to 205 letters", len(raw), least,
			coding.EncodedLen(least))
	}
	return Secret(raw), nil
}

// Step is the number of the period that t is in.
func (w Window) Step(t time.Time) int64 {
	s := t.Unix()
	if s < 0 { // before 1970 there are no codes; the first step stands for all
		return 0
	}
	return s / int64(w.Period)
}

// Code returns the code of a step by SHA-1. The secret is in its canonical form; another one
// panics.
func (w Window) Code(secret string, step int64) string { return Codes{Window: w}.Code(secret, step) }

// Match is as [Codes.Match], by SHA-1.
func (w Window) Match(secret, token string, now time.Time) (offset int, ok bool) {
	return Codes{Window: w}.Match(secret, token, now)
}

// Algorithm is the hash that codes are made with. The zero value is SHA-1, which most
// authenticators have alone.
type Algorithm = otp.Algorithm

// The algorithms of RFC 6238.
const (
	SHA1   = otp.AlgorithmSHA1
	SHA256 = otp.AlgorithmSHA256
	SHA512 = otp.AlgorithmSHA512
)

// Codes are those of a window by an algorithm.
type Codes struct {
	Window
	Algorithm Algorithm
}

// Code returns the code of a step. The secret is in its canonical form; another one panics.
func (c Codes) Code(secret string, step int64) string {
	code, err := hotp.GenerateCodeCustom(secret, uint64(step),
		hotp.ValidateOpts{Digits: otp.Digits(c.Digits), Algorithm: c.Algorithm})
	if err != nil {
		panic(fmt.Sprintf("totp: code of a stored secret: %v", err))
	}
	return code
}

// Match finds the step whose code the token is. It looks near now first and returns the step as an
// offset from the present one; ok is false when no step of the window has that code.
func (c Codes) Match(secret, token string, now time.Time) (offset int, ok bool) {
	present := c.Step(now)
	for distance := 0; distance <= max(c.Past, c.Future); distance++ {
		if distance <= c.Past && present >= int64(distance) && c.Code(secret, present-int64(distance)) == token {
			return -distance, true
		}
		if distance > 0 && distance <= c.Future && c.Code(secret, present+int64(distance)) == token {
			return distance, true
		}
	}
	return 0, false
}

// explained is how many steps beyond the window are searched for a wrong code, to say what it was.
const explained = 30

// Explain says in words which code near now the token is, which the window does not accept; false
// when it is none.
func (c Codes) Explain(secret, token string, now time.Time) (string, bool) {
	c.Past += explained
	c.Future += explained
	offset, ok := c.Match(secret, token, now)
	return Words(offset) + ", outside the window", ok
}

// Words says which step an offset from the present one is.
func Words(offset int) string {
	switch {
	case offset == 0:
		return "code of the present step"
	case offset == -1:
		return "code of the step before"
	case offset == -2:
		return "code of the step before last"
	case offset == 1:
		return "code of the next step"
	case offset < 0:
		return fmt.Sprintf("code of %d steps ago", -offset)
	}
	return fmt.Sprintf("code of %d steps ahead", offset)
}
