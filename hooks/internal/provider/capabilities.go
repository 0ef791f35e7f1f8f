package provider

import (
	"context"
	"time"

	"sftpgo-authy/hooks/internal/otp"
)

// CodeLengths is a provider whose people have codes of different lengths.
type CodeLengths interface {
	// CodeLength returns how many digits a code of the person has. checkpwd cuts so many off the
	// end of what was typed.
	CodeLength(ctx context.Context, person Person) (int, error)
}

// RecoveryDigits is how many digits a recovery code has. A provider that has them has no other
// codes of that length.
const RecoveryDigits = 10

// Recoverer is a provider whose people have recovery codes, for the day on which they lose their
// phone.
type Recoverer interface {
	// Recover asks once whether code is a recovery code of the person, and uses it up: it is
	// [Recovered] at most once. All else is as for [Verifier].
	Recover(ctx context.Context, person Person, code otp.Code) Answer
}

// Sender is a provider that can send a code to a person.
type Sender interface {
	// SendCode has a code sent, by "sms" or "call". It repeats nothing: each costs money.
	SendCode(ctx context.Context, person Person, by string) error
}

// Approver is a provider that can ask a person on the phone whether a login is theirs.
type Approver interface {
	// RequestApproval puts a question on the person's phone, once. The Approval is nil unless the
	// answer is [Right], which here means no more than that the question was put.
	RequestApproval(ctx context.Context, person Person, q Question) (Approval, Answer)
	// Approval asks what became of a question. The status is empty unless the answer is [Right].
	Approval(ctx context.Context, a Approval) (ApprovalStatus, Answer)
}

// Question is what the phone shows.
type Question struct {
	Message string
	Details map[string]string
	Life    time.Duration // whole seconds; after it nobody can approve any more
}

// Approval names a question that was put, in the provider's own words.
type Approval interface {
	// String returns the name, which is no secret.
	String() string
}

// ApprovalStatus is what became of a question. Its zero value is no answer at all.
type ApprovalStatus string

// What can become of a question.
const (
	ApprovalPending  ApprovalStatus = "pending"
	ApprovalApproved ApprovalStatus = "approved"
	ApprovalDenied   ApprovalStatus = "denied"
	ApprovalExpired  ApprovalStatus = "expired"
)

// Behind returns a provider that is p, except that v judges its codes: a limit or a count that
// stands before it. [As] still finds what else p can do.
func Behind(v Verifier, p Provider) Provider { return behind{p, v} }

type behind struct {
	Provider
	before Verifier
}

func (b behind) Verify(ctx context.Context, person Person, code otp.Code) Answer {
	return b.before.Verify(ctx, person, code)
}

// As returns what else a provider can do: itself as a T, or what it stands before. ok is false
// where neither is one.
func As[T any](p Provider) (can T, ok bool) {
	for {
		if can, ok = p.(T); ok {
			return can, true
		}
		b, wraps := p.(behind)
		if !wraps {
			return can, false
		}
		p = b.Provider
	}
}
