// Package hook is SFTPGo's three login hooks without their doors: a request of package sftpgo in, a
// reply out, and one line of audit for each attempt. The programs and hookd run the same code.
package hook

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// Settings are what the hooks need to know of the configuration.
type Settings struct {
	CodeLength int    // checkpwd: digits at the end of the password
	Separator  string // checkpwd: stands between password and code; "" for none
	// keyint and checkpwd: "push" instead of a code asks on the phone. Needs a memory, so programs
	// have none
	Push bool

	// keyint. The questions differ from each other: over HTTP the echoed one says where the
	// conversation stands.
	PasswordQuestion string
	CodeQuestion     string
	SentQuestion     string   // after a code was sent
	RetryQuestion    string   // after a wrong code
	SendBy           []string // answers that have a code sent: "sms", "call"
	Retry            bool     // ask once more after a wrong code
	CodeAlone        []string // accounts that are asked for the code and no password
}

// Sends bounds how many codes are sent.
type Sends interface {
	// ClaimSend takes the one code that may be sent to a person within [gate.SendPause]. An error
	// means that it is not known when the last one was sent.
	ClaimSend(ctx context.Context, person provider.Person) (free bool, err error)
}

// Login answers SFTPGo. All fields but Problem are needed, Sender only where codes are sent, and
// Lengths only where codes of some people have a length of their own. It is safe for concurrent use
// if its parts are.
type Login struct {
	Door     string // [audit.Program] or [audit.HTTP]
	Gate     *gate.Gate
	Audit    *audit.Log
	Settings Settings
	Sender   provider.Sender
	Lengths  provider.CodeLengths
	Sends    Sends // nil: no code is sent
	Now      func() time.Time
	NewID    func() string // a fresh name for an attempt
	Problem  func(error)   // told what an administrator should see and no client; may be nil
}

// judge has an attempt decided and audited. What comes back is what happens, a failed audit
// included.
func (l *Login) judge(ctx context.Context, a gate.Attempt, id string) gate.Outcome {
	begin := l.Now()
	return l.witness(a, l.decide(ctx, a), begin, id)
}

// witness writes an outcome to the audit, and returns what happens.
func (l *Login) witness(a gate.Attempt, outcome gate.Outcome, begin time.Time, id string) gate.Outcome {
	record := audit.Record{
		Time: begin, Hook: a.Hook, Door: l.Door, Account: a.Account.Name, IP: a.IP, Protocol: a.Protocol,
		Outcome: outcome.Result, Reason: outcome.Reason, Status: outcome.Status,
		Latency: l.Now().Sub(begin).Milliseconds(), ID: id, StepsOff: outcome.StepsOff,
	}
	if outcome.Stale {
		record.Accounts = audit.Stale
	}
	if err := l.Audit.Write(record); err != nil {
		l.problem(err)
		if !l.Gate.Policy.PassWithoutAuditor {
			return gate.Deny(gate.AuditFailed)
		}
	}
	return outcome
}

// reply says an outcome: yes is what a pass says, no what a denial says.
func reply(o gate.Outcome, yes, no sftpgo.Reply) sftpgo.Reply {
	if o.Passes() {
		return yes
	}
	no.Fault = o.Reason.Fault()
	return no
}

// safely returns what f does, and otherwise after a panic. The administrator learns of that, and
// nobody of what it said: it may hold a secret.
func safely[T any](l *Login, otherwise T, f func() T) (got T) {
	defer func() {
		if recover() != nil {
			l.problem(errors.New("internal: panic while deciding"))
			got = otherwise
		}
	}()
	return f()
}

// decide asks the gate, and turns a panic into a denial.
func (l *Login) decide(ctx context.Context, a gate.Attempt) gate.Outcome {
	return safely(l, gate.Deny(gate.Internal), func() gate.Outcome { return l.Gate.Judge(ctx, a) })
}

// goesOn is [Login.decide] before a code is asked for; it returns false where one must be.
func (l *Login) goesOn(ctx context.Context, a gate.Attempt) (outcome gate.Outcome, ok bool) {
	ok = safely(l, false, func() (goes bool) {
		outcome, goes = l.Gate.GoesOn(ctx, a)
		return goes
	})
	return outcome, ok
}

func (l *Login) problem(err error) {
	if l.Problem != nil {
		l.Problem(err)
	}
}

// CheckPassword answers the check password hook. A yes hands SFTPGo the password without the code.
func (l *Login) CheckPassword(ctx context.Context, r sftpgo.CheckPassword) sftpgo.Reply {
	attempt := gate.Attempt{Hook: gate.Checkpwd, Account: gate.Account{Name: r.Username}, IP: r.IP,
		Protocol: r.Protocol}
	part, push := l.Settings.splitPush(r)
	attempt.Push = push
	switch {
	case r.Password == "" || !utf8.ValidString(r.Password):
		// SFTPGo reads its part from JSON, which would turn other bytes into U+FFFD: it would judge
		// another password.
		attempt.Refusal = gate.CodeMalformed
	case !push:
		var typed bool
		part, attempt.Code, typed = split(r.Password, l.Settings.Separator, l.codeLength(ctx, r.Username))
		attempt.Untyped = !typed || l.Settings.Separator == ""
	}
	outcome := l.judge(ctx, attempt, l.NewID())
	if outcome.Reason == gate.BypassUnmapped || outcome.Reason == gate.BypassNetwork { // nothing was cut off
		part = r.Password
	}
	return reply(outcome, sftpgo.PasswordLeft(part), sftpgo.PasswordDenied())
}

// codeLength returns how many digits checkpwd cuts off as the code of an account. Where that cannot
// be found out, the provider is going to say why.
func (l *Login) codeLength(ctx context.Context, account string) int {
	if l.Lengths == nil || l.Settings.Separator != "" {
		return l.Settings.CodeLength
	}
	return safely(l, l.Settings.CodeLength, func() int {
		if mapping, person := l.who(ctx, account); mapping == gate.Mapped {
			if length, err := l.Lengths.CodeLength(ctx, person); err == nil && length > 0 {
				return length
			}
		}
		return l.Settings.CodeLength
	})
}

// ExternalAuth answers the external authentication hook. What was typed is the code and nothing
// else; a yes returns the account as it came.
func (l *Login) ExternalAuth(ctx context.Context, r sftpgo.ExternalAuth) sftpgo.Reply {
	attempt := gate.Attempt{
		Hook: gate.Extauth, Account: gate.Account{Name: r.Username, User: r.User}, IP: r.IP, Protocol: r.Protocol,
		Refusal: l.refuse(r),
	}
	attempt.Code, _ = otp.ParseTypedCode(r.Password)
	return reply(l.judge(ctx, attempt, l.NewID()), sftpgo.SameAccount(r.User), sftpgo.AccountDenied())
}

// refuse finds reasons to deny an external authentication before anybody is asked.
func (l *Login) refuse(r sftpgo.ExternalAuth) gate.Reason {
	if r.PublicKey != "" || r.KeyboardInteractive != "" || r.TLSCert != "" || r.Password == "" {
		return gate.MethodUnsupported
	}
	stored, err := r.ReadStored()
	switch {
	case err != nil:
		return gate.AccountUnknown
	case !stored.Enabled(l.Now()):
		return gate.AccountDisabled
	case !stored.TakesPassword(r.Protocol, l.codeAlone(r.Username)):
		return gate.MethodDenied
	}
	return ""
}

// Broken answers for a hook whose configuration cannot be used: a denial, audited where that is
// possible.
func (l *Login) Broken(hook gate.Hook, account, ip, protocol string, why error) sftpgo.Reply {
	l.problem(fmt.Errorf("configuration: %w", why))
	no := map[gate.Hook]sftpgo.Reply{
		gate.Keyint: sftpgo.KeyintDenied(), gate.Checkpwd: sftpgo.PasswordDenied(),
		gate.Extauth: sftpgo.AccountDenied(),
	}[hook]
	attempt := gate.Attempt{Hook: hook, Account: gate.Account{Name: account}, IP: ip, Protocol: protocol,
		Refusal: gate.ConfigBroken}
	return reply(l.judge(context.Background(), attempt, l.NewID()), no, no)
}
