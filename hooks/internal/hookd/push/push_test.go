package push

import (
	"context"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// phone gives its answers in turn, and the last again and again.
type phone struct {
	request authy.Answer
	looks   []look
	asked   authy.Question
	n       int
}

type look struct {
	status authy.ApprovalStatus
	result authy.Result
}

func (p *phone) RequestApproval(_ context.Context, _ authy.ID, q authy.Question) (authy.Approval, authy.Answer) {
	p.asked = q
	return authy.Approval{}, p.request
}

func (p *phone) Approval(context.Context, authy.Approval) (authy.ApprovalStatus, authy.Answer) {
	l := p.looks[min(p.n, len(p.looks)-1)]
	p.n++
	return l.status, authy.Answer{Result: l.result, Status: 200}
}

func TestPush(t *testing.T) {
	t.Parallel()
	sent := authy.Answer{Result: authy.Right, Status: 200}
	pending := look{authy.ApprovalPending, authy.Right}
	for name, c := range map[string]struct {
		request authy.Answer
		looks   []look
		want    gate.PushState
		result  authy.Result
	}{
		"approved":               {sent, []look{pending, pending, {authy.ApprovalApproved, authy.Right}}, gate.Approved, authy.Right},
		"denied":                 {sent, []look{pending, {authy.ApprovalDenied, authy.Right}}, gate.Disapproved, authy.Right},
		"expired":                {sent, []look{{authy.ApprovalExpired, authy.Right}}, gate.Unanswered, authy.Right},
		"nobody looks":           {sent, []look{pending}, gate.Unanswered, authy.Right},
		"an unheard-of status":   {sent, []look{{"accepted", authy.Right}}, gate.Unanswered, authy.Right},
		"cannot be sent":         {authy.Answer{Result: authy.Refused, Status: 400}, nil, gate.NotPushed, authy.Refused},
		"authy is down":          {authy.Answer{Result: authy.NoAnswer}, nil, gate.NotPushed, authy.NoAnswer},
		"a look without answer":  {sent, []look{{"", authy.NoAnswer}, {authy.ApprovalApproved, authy.Right}}, gate.Approved, authy.Right},
		"down while it waits":    {sent, []look{{"", authy.NoAnswer}}, gate.Unanswered, authy.Right},
		"approved and refused":   {sent, []look{{authy.ApprovalApproved, authy.Refused}}, gate.NotPushed, authy.Refused},
		"approved by a bad body": {sent, []look{{authy.ApprovalApproved, authy.Protocol}}, gate.NotPushed, authy.Protocol},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &phone{request: c.request, looks: c.looks}
			pusher := &Pusher{Phones: p, Message: "m", Wait: 50 * time.Millisecond, Every: time.Millisecond}
			got, answer := pusher.Push(context.Background(), authy.ID{}, gate.Attempt{Account: gate.Account{Name: "a\x1b" + strings.Repeat("x", 500)}, IP: "1.2.3.4"})
			if got != c.want || answer.Result != c.result {
				t.Errorf("got %v, %+v, want %v, %v", got, answer, c.want, c.result)
			}
			if p.asked.Life != pusher.Wait || p.asked.Details["From"] != "1.2.3.4" || len(p.asked.Details["Account"]) > 70 || strings.Contains(p.asked.Details["Account"], "\x1b") {
				t.Errorf("asked %+v", p.asked)
			}
		})
	}
}
