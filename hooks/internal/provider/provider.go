// Package provider is the seam between a login and whoever judges its code. A [Provider] knows
// people and judges their codes; an [Answer] says what it found, in words that all providers share.
//
// To add a provider, implement [Provider] in a package below this one, hold it to the suite in
// package providertest, and put it into the [Set] of the configuration. What only some providers
// can do stands in small interfaces of its own: [CodeLengths], [Recoverer], [Sender] and
// [Approver].
package provider

import (
	"context"

	"sftpgo-authy/hooks/internal/otp"
)

// Person is somebody whom a provider knows. Only the provider's own parser makes one, so that
// nothing but what the provider allows can reach its URLs and files. It is comparable, safe to
// print, and holds no secret.
type Person interface {
	// Provider returns the name of the provider, as [Provider.Name] does: "authy".
	Provider() string
	// String returns what names the person at the provider, and nobody else there: "5550101". The
	// provider's Parse makes the same person of it.
	String() string
}

// Key names a person among those of all providers: "authy/5550101". It is "" for nobody.
func Key(p Person) string {
	if p == nil {
		return ""
	}
	return p.Provider() + "/" + p.String()
}

// Verifier judges codes.
type Verifier interface {
	// Verify asks once whether code is right for the person at this moment, and repeats nothing.
	// The zero code, nobody, and a person of another provider are [Refused], and nobody is asked.
	// When ctx ends first the answer is [Limited]: that is our own doing and not the provider's
	// silence. It is safe for concurrent use.
	Verify(ctx context.Context, person Person, code otp.Code) Answer
}

// Provider knows people and judges their codes.
type Provider interface {
	Verifier

	// Name returns the provider's name, one word in lower case.
	Name() string
	// Parse makes a person of a reference, as it stands in a users file behind the provider's name
	// and a slash, or "" where the name stands alone. account is the SFTPGo account of that line,
	// for providers that know people by it. Errors repeat nothing of the reference: it may be a
	// password in the wrong place.
	Parse(account, reference string) (Person, error)
}

// Result is what a provider's answer means. Its zero value is Protocol: whatever nobody has
// classified is a refusal.
type Result int

// Results. Only Right and Recovered are a yes, and only NoAnswer may be configured to pass.
const (
	Protocol    Result = iota // an answer that makes no sense, or that of a proxy
	Right                     // the code is right, and was not used before
	Recovered                 // it is a right recovery code, and is used up now
	Wrong                     // the code is wrong
	Used                      // the code was right, and was used before
	UnknownUser               // the provider does not know the person
	NotEnrolled               // the person has nothing yet that could make a right code
	Blocked                   // the person is suspended
	RejectedKey               // the provider does not know us
	Limited                   // too much was asked, or a limit of our own was reached: somebody may have caused it
	Refused                   // the provider says no for another reason
	NoAnswer                  // silence: the provider cannot be reached
	Unreadable                // what we judge by ourselves cannot be read: a file with secrets
	NoMemory                  // what was used before is not known: the memory cannot be asked
)

// Yes says whether the result lets a person in.
func (r Result) Yes() bool { return r == Right || r == Recovered }

// Gone says whether nobody can log in as the person any more, so that what was granted before ends.
func (r Result) Gone() bool { return r == UnknownUser || r == NotEnrolled || r == Blocked }

// Answer is what a provider said of a code.
type Answer struct {
	Result Result
	Status int // of HTTP; 0 if none arrived, or the provider speaks no HTTP

	// StepsOff says of a wrong code that it would have been right so many steps later, or earlier
	// where it is negative: for the audit alone. 0 if that is not known.
	StepsOff int

	// OurMemory says that nobody but our memory knows that the code is used now. Where it cannot
	// keep that, a yes is none, whatever the policy: the code would open door after door.
	OurMemory bool
}
