// Package provider is the seam between a login and whoever judges its code. A [Provider] knows
// people; what it says of a code is an [Answer], in words that all providers share.
package provider

import (
	"context"

	"sftpgo-authy/hooks/internal/otp"
)

// Person is somebody whom a provider knows. Only the provider's own parser makes one, so that
// nothing but what the provider allows can reach its URLs and files. It is comparable, and safe to
// print.
type Person interface {
	// Provider returns the provider's name, one word: "authy".
	Provider() string
	// String returns the person's reference at the provider, as it stands in a users file behind the
	// provider's name: "5550101".
	String() string
}

// Provider judges codes.
type Provider interface {
	// Name returns the provider's name, one word in lower case.
	Name() string
	// Parse makes a person of a reference. account is the SFTPGo account whose line it is, for
	// providers that know people by it.
	Parse(account, reference string) (Person, error)
	// Verify asks once whether code is right for the person at this moment. A person of another
	// provider and the zero code are [Refused], and nobody is asked.
	Verify(ctx context.Context, person Person, code otp.Code) Answer
}

// Result is what a provider's answer means. Its zero value is Protocol: whatever nobody has
// classified is a refusal.
type Result int

// Results. Only Right is a yes, and only NoAnswer may be configured to pass.
const (
	Protocol    Result = iota // an answer that makes no sense, or a proxy's
	Right                     // the code is right, and was not used before
	Wrong                     // the code is wrong
	Used                      // the code was right, and was used before
	UnknownUser               // the provider does not know the person
	NotEnrolled               // the person has nothing that could make a right code
	Blocked                   // the person is suspended
	RejectedKey               // the provider does not know us
	Limited                   // too much was asked, or a limit of our own was reached: an attacker can cause it
	Refused                   // the provider says no for another reason
	NoAnswer                  // silence: the provider cannot be reached
)

// Answer is what a provider said of a code.
type Answer struct {
	Result Result
	Status int // of HTTP; 0 if none arrived, or the provider speaks no HTTP
}
