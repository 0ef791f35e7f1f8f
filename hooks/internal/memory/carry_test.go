package memory

import (
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// other is a person of another provider.
type other string

func (other) Provider() string { return "other" }
func (o other) String() string { return string(o) }

// claims says whether a code of somebody is still nobody's.
func claims(t *testing.T, s *Logins, p provider.Person, code otp.Code) bool {
	t.Helper()
	state, err := s.Claim(t.Context(), gate.Attempt{Hook: gate.Extauth}, p, code)
	if err != nil {
		t.Fatal(err)
	}
	return state == gate.WellFormed
}

// TestCarry: a used code is used for whom the person became, and no other code is; somebody who was
// killed while looking has used none.
func TestCarry(t *testing.T) {
	t.Parallel()
	s, _, _, from, used := fresh(t)
	unused, err := otp.ParseTypedCode("7654321")
	if err != nil {
		t.Fatal(err)
	}
	to := other("x")
	if !claims(t, s, from, used) {
		t.Fatal("the first claim was refused")
	}
	if _, _, err := s.Store.Take(t.Context(), s.codeKey(from, unused), looking, time.Second); err != nil {
		t.Fatal(err)
	}
	if err := s.Carry(t.Context(), from, to, used, unused); err != nil {
		t.Fatal(err)
	}
	if claims(t, s, to, used) {
		t.Error("a used code opens a second door")
	}
	if !claims(t, s, to, unused) {
		t.Error("a code that nobody used is refused")
	}
	third := other("y")
	fourth, err := otp.ParseTypedCode("1111111")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Carry(t.Context(), to, third, fourth); err != nil {
		t.Fatal(err)
	}
	if !claims(t, s, to, fourth) || !claims(t, s, third, fourth) {
		t.Error("looking at a code used it")
	}
}

// TestTheCaseOfAReferenceMakesNoOtherPerson: a provider may take an identity in any case.
func TestTheCaseOfAReferenceMakesNoOtherPerson(t *testing.T) {
	t.Parallel()
	s, _, _, _, code := fresh(t)
	if !claims(t, s, other("ABC"), code) || claims(t, s, other("abc"), code) {
		t.Error("a code opened a door for each spelling of one identity")
	}
}
