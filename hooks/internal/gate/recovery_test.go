package gate

import (
	"context"
	"errors"
	"testing"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// codes is a [Recovery] for whom every code of ten digits is one.
type codes struct {
	w      *world
	answer provider.Answer
}

func (c codes) Recovers(_ provider.Person, code otp.Code) bool {
	return code.Len() == provider.RecoveryDigits
}

func (c codes) Recover(context.Context, provider.Person, otp.Code) provider.Answer {
	c.w.note("recovery")
	return c.answer
}

// TestRecoveryCodes: they are asked about as such, kept like any other code, and good where the
// code is the only factor only if the policy says so.
func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	long, err := otp.ParseCode("1234567890")
	if err != nil {
		t.Fatal(err)
	}
	short, _ := otp.ParseCode("123456")
	right, none := provider.Answer{Result: provider.Recovered}, provider.Answer{Result: provider.Wrong}
	usual := provider.Answer{Result: provider.Right, Status: 200}
	for name, c := range map[string]struct {
		answer  provider.Answer
		attempt Attempt
		policy  Policy
		keepErr error
		reason  Reason
		asked   string
	}{
		"at the prompt": {answer: right, attempt: Attempt{Hook: Keyint, Code: long}, reason: RecoveryCode,
			asked: "accounts claim recovery recovered "},
		"in one line": {answer: right, attempt: Attempt{Hook: Checkpwd, Code: long}, reason: RecoveryCode,
			asked: "accounts claim recovery recovered "},
		"wrong": {answer: none, attempt: Attempt{Hook: Keyint, Code: long}, reason: CodeWrong,
			asked: "accounts claim recovery release "},
		"another shape": {answer: right, attempt: Attempt{Hook: Keyint, Code: short}, reason: CodeRight,
			asked: "accounts claim provider keep "},
		"extauth": {answer: right, attempt: Attempt{Hook: Extauth, Code: long}, reason: CodeRight,
			asked: "accounts claim provider keep "},
		"extauth, allowed": {answer: right, attempt: Attempt{Hook: Extauth, Code: long},
			policy: Policy{RecoveryAlone: true}, reason: RecoveryCode, asked: "accounts claim recovery recovered "},
		"alone at the prompt": {answer: right, attempt: Attempt{Hook: Keyint, Alone: true, Code: long},
			reason: CodeRight, asked: "accounts claim provider keep "},
		"not kept": {answer: right, attempt: Attempt{Hook: Keyint, Code: long},
			keepErr: errors.New("gone"), reason: StoreUnavailable, asked: "accounts claim recovery recovered "},
		"not released, was no yes": {answer: none, attempt: Attempt{Hook: Keyint, Code: long},
			keepErr: errors.New("gone"), reason: CodeWrong, asked: "accounts claim recovery release "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{found: true, claim: WellFormed, answer: usual, settleErr: c.keepErr}
			g := &Gate{Policy: c.policy, Accounts: w, Provider: w, Recovery: codes{w, c.answer}, Memory: w}
			out := g.Judge(t.Context(), c.attempt)
			if out.Reason != c.reason || w.asked != c.asked ||
				out.Passes() != (c.reason == RecoveryCode || c.reason == CodeRight) {
				t.Errorf("got %+v after %q, want %s after %q", out, w.asked, c.reason, c.asked)
			}
		})
	}
}

// TestHowFarAWrongCodeWasOff: it reaches the outcome, for the audit.
func TestHowFarAWrongCodeWasOff(t *testing.T) {
	t.Parallel()
	f := Facts{Hook: Keyint, Mapping: Mapped, Code: WellFormed,
		Answer: provider.Answer{Result: provider.Wrong, StepsOff: -3}}
	if out := Decide(Policy{}, f); out != (Outcome{Result: Denied, Reason: CodeWrong, StepsOff: -3}) {
		t.Errorf("%+v", out)
	}
}

// TestEveryAnswerHasAReason: and each its own.
func TestEveryAnswerHasAReason(t *testing.T) {
	t.Parallel()
	want := map[provider.Result]Reason{
		provider.Protocol: ProviderProtocol, provider.Right: CodeRight, provider.Recovered: RecoveryCode,
		provider.Wrong: CodeWrong,
		provider.Used:  CodeReused, provider.UnknownUser: ProviderUnknownUser, provider.NotEnrolled: NotEnrolled,
		provider.Blocked: ProviderUserBlocked, provider.RejectedKey: ProviderRejectedKey,
		provider.Limited: ProviderLimited,
		provider.Refused: ProviderRefused, provider.NoAnswer: ProviderUnreachable, -1: ProviderProtocol,
	}
	for result, reason := range want {
		if got := ReasonOf(result); got != reason {
			t.Errorf("%d is %s, want %s", result, got, reason)
		}
	}
	blames := map[Reason]bool{
		CodeWrong: true, CodeReused: true, CodeMalformed: true, UserUnmapped: true, NotEnrolled: true,
		ProviderUnknownUser: true,
		ProviderUserBlocked: true, InputForged: true, PushDenied: true, PushExpired: true,
	}
	for _, reason := range want {
		if reason.Blames() != blames[reason] {
			t.Errorf("%s blames: %v", reason, reason.Blames())
		}
	}
}
