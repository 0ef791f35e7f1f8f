// Package gate decides about a login: [Facts] in, [Outcome] out. [Decide] is the only place that
// says yes.
package gate

import "sftpgo-authy/hooks/internal/provider"

// Hook names one of SFTPGo's three hooks.
type Hook string

// The three hooks.
const (
	Keyint   Hook = "keyint"
	Extauth  Hook = "extauth"
	Checkpwd Hook = "checkpwd"
)

// Reason says in one word why an outcome is what it is. The words are part of the audit's contract.
type Reason string

// All reasons.
const (
	CodeRight           Reason = "code_right"
	CodeWrong           Reason = "code_wrong"
	CodeReused          Reason = "code_reused"
	CodeMalformed       Reason = "code_malformed"
	RecoveryCode        Reason = "recovery_code" // in by a code that is used up now
	NotEnrolled         Reason = "not_enrolled"  // nothing that makes codes yet
	ProviderUnknownUser Reason = "provider_unknown_user"
	ProviderUserBlocked Reason = "provider_user_blocked"
	ProviderRejectedKey Reason = "provider_rejected_key"
	ProviderLimited     Reason = "provider_limited"
	ProviderRefused     Reason = "provider_refused"
	ProviderProtocol    Reason = "provider_protocol"
	ProviderUnreachable Reason = "provider_unreachable"
	BypassUnreachable   Reason = "bypass_unreachable"
	UserUnmapped        Reason = "user_unmapped"
	BypassUnmapped      Reason = "bypass_unmapped"
	BypassNetwork       Reason = "bypass_network" // from a network where the password alone does
	AccountsUnavailable Reason = "accounts_unavailable"
	AccountUnknown      Reason = "account_unknown"
	AccountDisabled     Reason = "account_disabled"
	MethodUnsupported   Reason = "method_unsupported" // a call that extauth cannot judge, whoever logs in
	MethodDenied        Reason = "method_denied"      // a password login of an account that may not use one
	InputForged         Reason = "input_forged"
	InputTimeout        Reason = "input_timeout"
	LockedOut           Reason = "locked_out"
	StoreUnavailable    Reason = "store_unavailable"
	AuditFailed         Reason = "audit_failed"
	ConfigBroken        Reason = "config"
	Internal            Reason = "internal"
	CodeGrace           Reason = "code_grace"    // goes on with a code that was accepted (hookd, where configured)
	PushApproved        Reason = "push_approved" // OneTouch (hookd, where configured)
	PushDenied          Reason = "push_denied"
	PushExpired         Reason = "push_expired"
	PushPending         Reason = "push_pending" // one waits for its answer already
)

// Fault says whether a denial for this reason is a failure of ours or of the provider's protocol
// rather than a judgement about the person: a program then exits 1 and hookd answers 500.
func (r Reason) Fault() bool {
	switch r {
	case ConfigBroken, Internal, ProviderProtocol, AuditFailed, StoreUnavailable:
		return true
	}
	return false
}

// Blames says whether a denial for this reason is a failure of whoever logs in, and counts for
// lockout. What the provider, SFTPGo or the administrator did does not. Nor does [MethodDenied]:
// OpenSSH falls back to the password by itself after a wrong code at a prompt, which would count
// twice, and whoever tries codes that way learns nothing, as none is judged.
func (r Reason) Blames() bool {
	switch r {
	case CodeWrong, CodeReused, CodeMalformed, UserUnmapped, NotEnrolled, ProviderUnknownUser, ProviderUserBlocked,
		InputForged, PushDenied, PushExpired:
		return true
	}
	return false
}

// Result is what happens to a login.
type Result string

// The three results. The zero value is neither; [Outcome.Passes] is true for the latter two alone.
const (
	Denied   Result = "denied"
	Accepted Result = "accepted"
	Bypassed Result = "bypassed" // in without a code, because the configuration says so
)

// Outcome is a decision. Status is the provider's HTTP status, 0 if it was not asked or did not
// answer.
type Outcome struct {
	Result   Result
	Reason   Reason
	Status   int
	StepsOff int  // of a wrong code, as [provider.Answer] has it
	Stale    bool // decided by the last content of a source of accounts that cannot be read any more
}

// Passes says whether the person gets past this hook.
func (o Outcome) Passes() bool { return o.Result == Accepted || o.Result == Bypassed }

// Deny makes the outcome of a refusal.
func Deny(r Reason) Outcome { return Outcome{Result: Denied, Reason: r} }

// Policy holds the ways round the code, all off by default. None but RecoveryAlone ever applies
// where the code is the only factor.
type Policy struct {
	AllowNoAnswer      bool          // the provider gave no answer: let the password alone do
	AllowUnmapped      map[Hook]bool // account in no source: let the password alone do
	PassWithoutStore   bool          // store gone: go on without lockout and memory, if the provider has its own
	PassWithoutAuditor bool          // audit cannot be written: go on
	TrustedNetworks    Networks      // from there: let the password alone do
	RecoveryAlone      bool          // a recovery code is good where it is the only factor too
}

// Mapping is what the sources of accounts said about an account. Its zero value is the answer that
// denies.
type Mapping int

// What sources of accounts can say.
const (
	MappingUnavailable Mapping = iota // a source could not answer
	Unmapped                          // every source answered: not here
	Mapped
	Vanished // not here any more: the password alone does not do until hookd is told that this is meant
)

// CodeState is what is known of the typed code before the provider is asked. Its zero value denies.
type CodeState int

// States of a typed code.
const (
	Malformed  CodeState = iota
	WellFormed           // may be asked about
	Reused               // accepted by us a moment ago
	Graced               // the same, and this one may go on with it
	Pushed               // no code: the person was asked on the phone
	Unasked              // no code: keyint's password was right, and one was accepted from there a while ago
	Untyped              // no code: where the attempt comes from, none is needed
)

// PushState is what became of a push. Its zero value denies.
type PushState int

// What can become of a push.
const (
	NotPushed PushState = iota // it could not be sent or asked about; the answer says why
	Approved
	Disapproved
	Unanswered
	AnotherPending
)

// Facts are all that a decision needs, in the order in which they are found out.
type Facts struct {
	Hook     Hook
	Alone    bool // the code is the only factor: nobody judges a password
	IP       string
	Protocol string
	Refusal  Reason // a reason to deny that was found before anything else; "" for none
	Mapping  Mapping
	Code     CodeState
	Answer   provider.Answer // of the provider; its zero value denies
	Push     PushState
	NoStore  bool // the store is gone, and the policy goes on without
	Stale    bool // Mapping is what a source last said that cannot be read any more
}

// Decide is the table of verdicts. It is pure, and everything it does not know is a denial.
func Decide(p Policy, f Facts) Outcome {
	outcome := f.decide(p)
	outcome.Stale = f.Stale
	return outcome
}

func (f Facts) decide(p Policy) Outcome {
	switch {
	case f.Refusal != "":
		return Deny(f.Refusal)
	case f.Mapping == Unmapped && p.AllowUnmapped[f.Hook] && !f.alone():
		return Outcome{Result: Bypassed, Reason: BypassUnmapped}
	case f.Mapping == Unmapped, f.Mapping == Vanished:
		return Deny(UserUnmapped)
	case f.Mapping != Mapped:
		return Deny(AccountsUnavailable)
	case f.graced():
		return Outcome{Result: Accepted, Reason: CodeGrace}
	case f.Code == Untyped && p.spares(f.Hook, f.Alone, f.Protocol, f.IP):
		return Outcome{Result: Bypassed, Reason: BypassNetwork}
	case f.Code == Pushed && !f.alone():
		return f.accepted(pushReason(f), f.Push == Approved)
	case f.Code == Reused, f.Code == Graced:
		return Deny(CodeReused)
	case f.Code != WellFormed:
		return Deny(CodeMalformed)
	case f.Answer.Result == provider.NoAnswer && p.AllowNoAnswer && !f.alone():
		return Outcome{Result: Bypassed, Reason: BypassUnreachable, Status: f.Answer.Status}
	case f.Answer.Result == provider.Recovered && !f.mayRecover(p):
		return Deny(CodeWrong)
	}
	return f.accepted(ReasonOf(f.Answer.Result), f.Answer.Result.Yes())
}

// mayRecover says whether a recovery code may stand in the place of a code.
func (f Facts) mayRecover(p Policy) bool { return p.RecoveryAlone || !f.alone() }

// alone says whether the code is the only factor, as it always is in extauth. Then nothing may
// stand in its place: no bypass, and no push that somebody approves without having started it.
func (f Facts) alone() bool { return f.Alone || f.Hook == Extauth }

// graced says whether a grace lets the login go on. Without the memory nothing is known of one, and
// where the code is the only factor it must have been typed.
func (f Facts) graced() bool {
	unasked := f.Code == Unasked && f.Hook == Keyint && !f.alone()
	return (f.Code == Graced || unasked) && !f.NoStore
}

// accepted is the outcome of a question to the provider. A yes that no memory stands behind says so
// in the audit, and is a no where nobody else remembers that the code is used.
func (f Facts) accepted(reason Reason, yes bool) Outcome {
	out := Outcome{Result: Denied, Reason: reason, Status: f.Answer.Status, StepsOff: f.Answer.StepsOff}
	if yes {
		out.Result = Accepted
	}
	if yes && f.NoStore {
		out.Reason = StoreUnavailable
		if f.Answer.OurMemory {
			out.Result = Denied
		}
	}
	return out
}

// pushReason names what became of a push.
func pushReason(f Facts) Reason {
	switch f.Push {
	case Approved:
		return PushApproved
	case Disapproved:
		return PushDenied
	case Unanswered:
		return PushExpired
	case AnotherPending:
		return PushPending
	}
	if f.Answer.Result.Yes() { // no push ends like that
		return ProviderProtocol
	}
	return ReasonOf(f.Answer.Result)
}

// ReasonOf names an answer of the provider.
func ReasonOf(r provider.Result) Reason {
	switch r {
	case provider.Right:
		return CodeRight
	case provider.Recovered:
		return RecoveryCode
	case provider.Wrong:
		return CodeWrong
	case provider.Used:
		return CodeReused
	case provider.UnknownUser:
		return ProviderUnknownUser
	case provider.NotEnrolled:
		return NotEnrolled
	case provider.Blocked:
		return ProviderUserBlocked
	case provider.RejectedKey:
		return ProviderRejectedKey
	case provider.Limited:
		return ProviderLimited
	case provider.Refused:
		return ProviderRefused
	case provider.NoAnswer:
		return ProviderUnreachable
	case provider.Unreadable:
		return AccountsUnavailable
	case provider.NoMemory:
		return StoreUnavailable
	}
	return ProviderProtocol
}
