package push

import (
	"context"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// phone is a provider that gives its answers in turn, and the last again and again.
type phone struct {
	provider.Provider

	request provider.Answer
	looks   []look
	asked   provider.Question
	n       int
}

type look struct {
	status provider.ApprovalStatus
	result provider.Result
}

func (p *phone) RequestApproval(
	_ context.Context, _ provider.Person, q provider.Question,
) (provider.Approval, provider.Answer) {
	p.asked = q
	return nil, p.request
}

func (p *phone) Approval(context.Context, provider.Approval) (provider.ApprovalStatus, provider.Answer) {
	l := p.looks[min(p.n, len(p.looks)-1)]
	p.n++
	return l.status, provider.Answer{Result: l.result, Status: 200}
}

func TestPush(t *testing.T) {
	t.Parallel()
	sent := provider.Answer{Result: provider.Right, Status: 200}
	pending := look{provider.ApprovalPending, provider.Right}
	for name, c := range map[string]struct {
		request provider.Answer
		looks   []look
		want    gate.PushState
		result  provider.Result
	}{
		"approved": {sent, []look{pending, pending, {provider.ApprovalApproved, provider.Right}},
			gate.Approved, provider.Right},
		"denied": {sent, []look{pending, {provider.ApprovalDenied, provider.Right}}, gate.Disapproved,
			provider.Right},
		"expired": {sent, []look{{provider.ApprovalExpired, provider.Right}}, gate.Unanswered,
			provider.Right},
		"nobody looks":         {sent, []look{pending}, gate.Unanswered, provider.Right},
		"an unheard-of status": {sent, []look{{"accepted", provider.Right}}, gate.Unanswered, provider.Right},
		"cannot be sent": {provider.Answer{Result: provider.Refused, Status: 400}, nil, gate.NotPushed,
			provider.Refused},
		"authy is down": {provider.Answer{Result: provider.NoAnswer}, nil, gate.NotPushed, provider.NoAnswer},
		"a look without answer": {sent, []look{{"", provider.NoAnswer}, {provider.ApprovalApproved, provider.Right}},
			gate.Approved, provider.Right},
		"down while it waits": {sent, []look{{"", provider.NoAnswer}}, gate.Unanswered, provider.Right},
		"approved and refused": {sent, []look{{provider.ApprovalApproved, provider.Refused}}, gate.NotPushed,
			provider.Refused},
		"approved by a bad body": {sent, []look{{provider.ApprovalApproved, provider.Protocol}}, gate.NotPushed,
			provider.Protocol},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &phone{request: c.request, looks: c.looks}
			pusher := &Pusher{Of: func(provider.Person) provider.Provider { return p }, Message: "m",
				Wait: 50 * time.Millisecond, Every: time.Millisecond}
			got, answer := pusher.Push(context.Background(), authy.ID{},
				gate.Attempt{Account: gate.Account{Name: "a\x1b" + strings.Repeat("x", 500)}, IP: "1.2.3.4"})
			if got != c.want || answer.Result != c.result {
				t.Errorf("got %v, %+v, want %v, %v", got, answer, c.want, c.result)
			}
			if p.asked.Life != pusher.Wait || p.asked.Details["From"] != "1.2.3.4" ||
				len(p.asked.Details["Account"]) > 70 || strings.Contains(p.asked.Details["Account"], "\x1b") {
				t.Errorf("asked %+v", p.asked)
			}
		})
	}
}
