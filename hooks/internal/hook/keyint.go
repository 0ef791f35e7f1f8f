package hook

import (
	"context"

	"sftpgo-authy/hooks/internal/authy"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// Turn is one turn of a keyboard-interactive conversation: what to say, and the question in it. Without a question it is the
// last.
type Turn struct {
	Reply    sftpgo.Reply
	Question string
}

// Keyint answers one step. The step number and the echoed question say where the conversation stands, so that any replica
// can go on with it: both come from SFTPGo, which repeats what it was told to ask.
//
// The password comes first and alone. SFTPGo judges it and answers "OK"; with another question before it, somebody could
// type that word, since an answer may contain a newline.
func (l *Login) Keyint(ctx context.Context, r sftpgo.Keyint) Turn {
	switch {
	case r.Step == 1 && len(r.Questions) == 0 && len(r.Answers) == 0:
		return Turn{sftpgo.AskPassword(l.Settings.PasswordQuestion), l.Settings.PasswordQuestion}
	case len(r.Questions) != 1 || len(r.Answers) != 1:
		return l.KeyintDeny(ctx, r, gate.InputForged)
	case r.Step == 2 && r.Questions[0] == l.Settings.PasswordQuestion && r.Answers[0] == "OK":
		return l.afterPassword(ctx, r)
	case r.Step == 3 && r.Questions[0] == l.Settings.CodeQuestion:
		attempt := keyintAttempt(r)
		attempt.Code, _ = authy.ParseTypedCode(r.Answers[0])
		return l.keyintEnd(ctx, r, attempt)
	}
	return l.KeyintDeny(ctx, r, gate.InputForged)
}

// afterPassword asks everybody for a code, unless the account is nowhere and the policy lets the password do.
func (l *Login) afterPassword(ctx context.Context, r sftpgo.Keyint) Turn {
	if l.Gate.Policy.AllowUnmapped[gate.Keyint] {
		if mapping, _ := l.who(ctx, r.Username); mapping == gate.Unmapped {
			return l.keyintEnd(ctx, r, keyintAttempt(r))
		}
	}
	return Turn{sftpgo.Ask("", l.Settings.CodeQuestion), l.Settings.CodeQuestion}
}

// who looks an account up; a panic on the way is "cannot answer".
func (l *Login) who(ctx context.Context, name string) (mapping gate.Mapping, id authy.ID) {
	defer func() {
		if recover() != nil {
			mapping = gate.MappingUnavailable
		}
	}()
	return l.Gate.Who(ctx, gate.Account{Name: name})
}

// KeyintDeny ends a conversation for a reason that was found outside of it, such as a line that nobody asked for.
func (l *Login) KeyintDeny(ctx context.Context, r sftpgo.Keyint, reason gate.Reason) Turn {
	attempt := keyintAttempt(r)
	attempt.Refusal = reason
	return l.keyintEnd(ctx, r, attempt)
}

func (l *Login) keyintEnd(ctx context.Context, r sftpgo.Keyint, attempt gate.Attempt) Turn {
	id := r.RequestID
	if id == "" || len(id) > 64 {
		id = l.NewID()
	}
	return Turn{Reply: l.judge(ctx, attempt, id, answer{
		no:  sftpgo.KeyintDenied(),
		yes: func(gate.Outcome) sftpgo.Reply { return sftpgo.KeyintAccepted() },
	})}
}

// keyintAttempt is an attempt without a code. SFTPGo calls this hook over SSH alone.
func keyintAttempt(r sftpgo.Keyint) gate.Attempt {
	return gate.Attempt{Hook: gate.Keyint, Account: gate.Account{Name: r.Username}, IP: r.IP, Protocol: "SSH"}
}
