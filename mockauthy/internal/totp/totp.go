// Package totp makes and matches the time-based codes of RFC 6238 that authenticators show, with
// SHA-1. It knows no users; every engine of the mock uses it.
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
	Digits int // 6 to 9
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
func ParseSecret(s string) (string, error) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "=", "").Replace(s))
	raw, err := coding.DecodeString(s)
	if err != nil {
		return "", errors.New("secret is not base32: want the letters A to Z and the digits 2 to 7")
	}
	if len(raw) < 10 || len(raw) > 128 {
		return "", fmt.Errorf("secret has %d bytes: want 10 to 128, which is 16 to 205 letters", len(raw))
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

// Code returns the code of a step. The secret is in its canonical form; another one panics.
func (w Window) Code(secret string, step int64) string {
	code, err := hotp.GenerateCodeCustom(secret, uint64(step),
		hotp.ValidateOpts{Digits: otp.Digits(w.Digits), Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		panic(fmt.Sprintf("totp: code of a stored secret: %v", err))
	}
	return code
}

// Match finds the step whose code the token is. It looks near now first and returns the step as an
// offset from the present one; ok is false when no step of the window has that code.
func (w Window) Match(secret, token string, now time.Time) (offset int, ok bool) {
	present := w.Step(now)
	for distance := 0; distance <= max(w.Past, w.Future); distance++ {
		if distance <= w.Past && present >= int64(distance) && w.Code(secret, present-int64(distance)) == token {
			return -distance, true
		}
		if distance > 0 && distance <= w.Future && w.Code(secret, present+int64(distance)) == token {
			return distance, true
		}
	}
	return 0, false
}
