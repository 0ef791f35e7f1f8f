// Package push asks a person on the phone whether a login is theirs, where their provider can: see
// [provider.Approver].
package push

import (
	"context"
	"strings"
	"time"
	"unicode"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
)

// Pusher implements [gate.Pusher].
type Pusher struct {
	Of      func(provider.Person) provider.Provider // who knows a person, nil for nobody
	Message string                                  // what the phone shows
	Wait    time.Duration                           // for the answer, at most [gate.PushTime]
	Every   time.Duration                           // between two looks
}

// Push asks the question and waits for the answer. A question that nobody answered in time has
// ended at Authy too: it lives no longer than the wait.
//
// A person whose provider reaches no phone is [provider.Refused].
func (p *Pusher) Push(ctx context.Context, person provider.Person, a gate.Attempt) (gate.PushState, provider.Answer) {
	phones, can := provider.As[provider.Approver](p.Of(person))
	if !can {
		return gate.NotPushed, provider.Answer{Result: provider.Refused}
	}
	ctx, cancel := context.WithTimeout(ctx, p.Wait)
	defer cancel()
	question, answer := phones.RequestApproval(ctx, person, provider.Question{
		Message: p.Message,
		Details: map[string]string{"Account": plain(a.Account.Name), "From": plain(a.IP),
			"Protocol": plain(a.Protocol)},
		Life: p.Wait,
	})
	if answer.Result != provider.Right {
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
		status, looked := phones.Approval(ctx, question)
		switch {
		case ctx.Err() != nil:
			return gate.Unanswered, answer
		case looked.Result == provider.NoAnswer: // the next look may be luckier
			continue
		case looked.Result != provider.Right:
			return gate.NotPushed, looked
		case status == provider.ApprovalApproved:
			return gate.Approved, looked
		case status == provider.ApprovalDenied:
			return gate.Disapproved, looked
		case status == provider.ApprovalExpired:
			return gate.Unanswered, looked
		}
	}
}

// plain makes text from strangers safe to show on a phone.
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
