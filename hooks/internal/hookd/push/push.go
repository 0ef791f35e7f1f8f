// Package push asks a person on the phone whether a login is theirs (Authy's OneTouch).
package push

import (
	"context"
	"strings"
	"time"
	"unicode"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// Phones puts questions on phones. [authy.Client] does.
type Phones interface {
	RequestApproval(ctx context.Context, id authy.ID, q authy.Question) (authy.Approval, authy.Answer)
	Approval(ctx context.Context, a authy.Approval) (authy.ApprovalStatus, authy.Answer)
}

// Pusher implements [gate.Pusher].
type Pusher struct {
	Phones  Phones
	Message string        // what the phone shows
	Wait    time.Duration // for the answer, at most [gate.PushTime]
	Every   time.Duration // between two looks
}

// Push puts the question and waits for its answer. A question that nobody answered in time has
// ended at Authy too: it lives no longer than the wait.
func (p *Pusher) Push(ctx context.Context, id authy.ID, a gate.Attempt) (gate.PushState, authy.Answer) {
	ctx, cancel := context.WithTimeout(ctx, p.Wait)
	defer cancel()
	question, answer := p.Phones.RequestApproval(ctx, id, authy.Question{
		Message: p.Message,
		Details: map[string]string{"Account": plain(a.Account.Name), "From": plain(a.IP), "Protocol": plain(a.Protocol)},
		Life:    p.Wait,
	})
	if answer.Result != authy.Right {
		return gate.NotPushed, answer
	}
	tick := time.NewTicker(p.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return gate.Unanswered, answer
		case <-tick.C:
		}
		status, looked := p.Phones.Approval(ctx, question)
		switch {
		case ctx.Err() != nil:
			return gate.Unanswered, answer
		case looked.Result == authy.NoAnswer: // the next look may be luckier
			continue
		case looked.Result != authy.Right:
			return gate.NotPushed, looked
		case status == authy.ApprovalApproved:
			return gate.Approved, looked
		case status == authy.ApprovalDenied:
			return gate.Disapproved, looked
		case status == authy.ApprovalExpired:
			return gate.Unanswered, looked
		}
	}
}

// plain makes text of strangers fit for a phone.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "..."
	}
	return s
}
