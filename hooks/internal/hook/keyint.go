package hook

import (
	"context"
	"slices"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// Turn is one turn of a keyboard-interactive conversation: what to say, and the question in it.
// Without a question it is the last.
type Turn struct {
	Reply    sftpgo.Reply
	Question string
}

// ask is a turn with a question.
func ask(question string) Turn { return Turn{sftpgo.Ask("", question), question} }

// Keyint answers one step. The step number and the echoed question say where the conversation
// stands, so that any replica can go on with it: both come from SFTPGo, which repeats what it was
// told to ask.
//
// The password comes first and alone. SFTPGo judges it and answers "OK"; with another question
// before it, somebody could type that word, since an answer may contain a newline.
func (l *Login) Keyint(ctx context.Context, r sftpgo.Keyint) Turn {
	s := l.Settings
	switch {
	case r.Step == 1 && len(r.Questions) == 0 && len(r.Answers) == 0 && l.codeAlone(r.Username):
		return ask(s.CodeQuestion)
	case r.Step == 1 && len(r.Questions) == 0 && len(r.Answers) == 0:
		return Turn{sftpgo.AskPassword(s.PasswordQuestion), s.PasswordQuestion}
	case len(r.Questions) != 1 || len(r.Answers) != 1:
		return l.KeyintDeny(ctx, r, gate.InputForged)
	}
	question, answer := r.Questions[0], r.Answers[0]
	if l.codeAlone(r.Username) {
		return l.afterCodeAlone(ctx, r)
	}
	switch {
	case r.Step == 2 && question == s.PasswordQuestion && answer == "OK":
		return l.afterPassword(ctx, r)
	case r.Step == 3 && question == s.CodeQuestion && slices.Contains(s.SendBy, word(answer)):
		l.send(ctx, r.Username, word(answer))
		return ask(s.SentQuestion)
	case r.Step == 3 && question == s.CodeQuestion,
		r.Step == 4 && question == s.SentQuestion && len(s.SendBy) > 0:
		return l.code(ctx, r, question == s.CodeQuestion, s.Retry)
	case (r.Step == 4 || r.Step == 5) && question == s.RetryQuestion && s.Retry:
		return l.code(ctx, r, false, false)
	}
	return l.KeyintDeny(ctx, r, gate.InputForged)
}

// codeAlone says whether the administrator has named the account as one whose code is its only
// factor.
func (l *Login) codeAlone(account string) bool { return slices.Contains(l.Settings.CodeAlone, account) }

// afterCodeAlone goes on with somebody who is asked for the code and no password. There is neither
// a push nor a code that is sent: whoever knows the account's name could ask for both.
func (l *Login) afterCodeAlone(ctx context.Context, r sftpgo.Keyint) Turn {
	s := l.Settings
	switch question := r.Questions[0]; {
	case r.Step == 2 && question == s.CodeQuestion:
		return l.code(ctx, r, false, s.Retry)
	case r.Step == 3 && question == s.RetryQuestion && s.Retry:
		return l.code(ctx, r, false, false)
	}
	return l.KeyintDeny(ctx, r, gate.InputForged)
}

// afterPassword asks everybody for a code, unless somebody typed one a while ago and may go on, or
// the policy lets the password do.
func (l *Login) afterPassword(ctx context.Context, r sftpgo.Keyint) Turn {
	begin, attempt := l.Now(), l.keyintAttempt(r)
	if outcome, ok := l.goesOn(ctx, attempt); ok {
		outcome = l.witness(attempt, outcome, begin, l.keyintID(r))
		return Turn{Reply: reply(outcome, sftpgo.KeyintAccepted(), sftpgo.KeyintDenied())}
	}
	if l.spares(ctx, attempt) {
		attempt.Untyped = true
		return l.keyintEnd(ctx, r, attempt)
	}
	return ask(l.Settings.CodeQuestion)
}

// code judges an answer. Where a push may be asked for, the word does it, or an answer of nothing
// but blanks.
func (l *Login) code(ctx context.Context, r sftpgo.Keyint, mayPush, mayRetry bool) Turn {
	attempt := l.keyintAttempt(r)
	said := word(r.Answers[0])
	if attempt.Push = l.Settings.Push && mayPush && (said == pushWord || said == ""); !attempt.Push {
		attempt.Code, _ = otp.ParseTypedCode(r.Answers[0])
	}
	outcome := l.judge(ctx, attempt, l.keyintID(r))
	if mayRetry && !attempt.Push && retriable(outcome) {
		return ask(l.Settings.RetryQuestion)
	}
	return Turn{Reply: reply(outcome, sftpgo.KeyintAccepted(), sftpgo.KeyintDenied())}
}

// retriable says whether somebody may try again: after a slip. An account that is nowhere is asked
// again like the others, so that nobody learns which are.
func retriable(o gate.Outcome) bool {
	switch o.Reason {
	case gate.CodeWrong, gate.CodeReused, gate.CodeMalformed, gate.UserUnmapped, gate.NotEnrolled,
		gate.ProviderUnknownUser:
		return !o.Passes()
	}
	return false
}

// send has a code sent to the account's phone, if it has one. Whoever asks cannot tell the
// difference.
func (l *Login) send(ctx context.Context, name, by string) {
	mapping, person := l.who(ctx, name)
	if mapping != gate.Mapped || l.Sends == nil {
		return
	}
	if free, err := l.Sends.ClaimSend(ctx, person); err != nil || !free {
		if err != nil {
			l.problem(err)
		}
		return
	}
	if err := l.Sender.SendCode(ctx, person, by); err != nil {
		l.problem(err)
	}
}

// who looks an account up; a panic on the way is "cannot answer".
func (l *Login) who(ctx context.Context, name string) (mapping gate.Mapping, person provider.Person) {
	mapping = safely(l, gate.MappingUnavailable, func() (m gate.Mapping) {
		m, person = l.Gate.Who(ctx, gate.Account{Name: name})
		return m
	})
	return mapping, person
}

// spares reports whether the policy lets the password do; after a panic on the way it does not.
func (l *Login) spares(ctx context.Context, a gate.Attempt) bool {
	return safely(l, false, func() bool { return l.Gate.Spares(ctx, a) })
}

// KeyintDeny ends a conversation for a reason that was found outside of it, such as a line that
// nobody asked for.
func (l *Login) KeyintDeny(ctx context.Context, r sftpgo.Keyint, reason gate.Reason) Turn {
	attempt := l.keyintAttempt(r)
	attempt.Refusal = reason
	return l.keyintEnd(ctx, r, attempt)
}

// keyintEnd judges an attempt without a code, and ends the conversation.
func (l *Login) keyintEnd(ctx context.Context, r sftpgo.Keyint, attempt gate.Attempt) Turn {
	outcome := l.judge(ctx, attempt, l.keyintID(r))
	return Turn{Reply: reply(outcome, sftpgo.KeyintAccepted(), sftpgo.KeyintDenied())}
}

// keyintID names the attempts of a conversation: by its own name, so that they can be told
// together.
func (l *Login) keyintID(r sftpgo.Keyint) string {
	if r.RequestID == "" || len(r.RequestID) > 64 {
		return l.NewID()
	}
	return r.RequestID
}

// keyintAttempt is an attempt without a code. SFTPGo calls this hook over SSH alone.
func (l *Login) keyintAttempt(r sftpgo.Keyint) gate.Attempt {
	return gate.Attempt{
		Hook: gate.Keyint, Account: gate.Account{Name: r.Username}, IP: r.IP, Protocol: "SSH",
		Alone: l.codeAlone(r.Username),
	}
}
