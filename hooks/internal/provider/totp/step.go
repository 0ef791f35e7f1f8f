package totp

import (
	"crypto/subtle"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	typed "sftpgo-authy/hooks/internal/otp"
)

// near is how many steps a wrong code is looked for around the present one, so that the audit can
// tell a wrong clock from a wrong code.
const near = 10

// Step returns the number of the step at a moment: how many periods since 1970.
func (s Secret) Step(at time.Time) int64 { return at.Unix() / int64(s.Period/time.Second) }

// Begin returns when a step begins, in Unix seconds. Steps of secrets with different periods can be
// compared by it.
func (s Secret) Begin(step int64) int64 { return step * int64(s.Period/time.Second) }

// Code returns the code of a step.
func (s Secret) Code(step int64) (string, error) {
	return hotp.GenerateCodeCustom(s.key, uint64(step),
		hotp.ValidateOpts{Digits: otp.Digits(s.Digits), Algorithm: s.algorithm()})
}

// Match returns when the step of a code begins, in Unix seconds, if the code is right at a moment.
func (s Secret) Match(code typed.Code, at time.Time) (begin int64, right bool) {
	if code.Len() != s.Digits {
		return 0, false
	}
	step, right, _ := s.match(code.Digits(), at)
	return s.Begin(step), right
}

// match looks for a code among the steps that count at a moment. off is how far a code that is not
// among them is from the present step, 0 where it is not near. All steps that are looked at are
// compared, whatever the code is, so that the time tells nothing of how much of it was right.
func (s Secret) match(code string, at time.Time) (step int64, ok bool, off int) {
	now := s.Step(at)
	if k, found := s.find(code, now, 0, s.Skew); found {
		return now + int64(k), true, 0
	}
	off, _ = s.find(code, now, s.Skew+1, near)
	return 0, false, off
}

// find compares a code with those of the steps that are at least from and at most to away, and
// returns which it is, relative to now; the latest of several.
func (s Secret) find(code string, now int64, from, to int) (off int, found bool) {
	for k := -to; k <= to; k++ {
		if k > -from && k < from || now+int64(k) < 0 {
			continue
		}
		want, err := s.Code(now + int64(k))
		if err != nil { // no secret that was parsed has it
			return 0, false
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 1 {
			off, found = k, true
		}
	}
	return off, found
}
