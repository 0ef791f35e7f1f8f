package authy

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/exchange"
)

// Approval is the name of a question that Authy shows on somebody's phone (OneTouch): a UUID. It
// implements [provider.Approval]. The zero Approval is none.
type Approval struct{ uuid string }

// String returns the UUID.
func (a Approval) String() string { return a.uuid }

// RequestApproval implements [provider.Approver]. Authy takes a message of up to 144 characters,
// and names of details of up to 20.
func (c *Client) RequestApproval(
	ctx context.Context, person provider.Person, q provider.Question,
) (provider.Approval, provider.Answer) {
	id, ours := person.(ID)
	if !ours || id.IsZero() {
		return nil, provider.Answer{Result: provider.Refused}
	}
	form := url.Values{"message": {q.Message}, "seconds_to_expire": {strconv.Itoa(max(1, int(q.Life/time.Second)))}}
	for name, value := range q.Details {
		form.Set("details["+name+"]", value)
	}
	answer, got := c.approval(ctx, http.MethodPost, "/onetouch/json/users/"+id.digits+"/approval_requests", form)
	if answer.Result != provider.Right || !isUUID(got.UUID) {
		if answer.Result == provider.Right {
			answer.Result = provider.Protocol
		}
		return nil, answer
	}
	return Approval{got.UUID}, answer
}

// Approval implements [provider.Approver].
func (c *Client) Approval(ctx context.Context, asked provider.Approval) (provider.ApprovalStatus, provider.Answer) {
	a, ours := asked.(Approval)
	if !ours || a.uuid == "" {
		return "", provider.Answer{Result: provider.Refused}
	}
	answer, got := c.approval(ctx, http.MethodGet, "/onetouch/json/approval_requests/"+a.uuid, nil)
	if answer.Result != provider.Right {
		return "", answer
	}
	// About this question and no other.
	if got.UUID != a.uuid {
		return "", provider.Answer{Result: provider.Protocol, Status: answer.Status}
	}
	return got.Status, answer
}

// approvalRequest is what both calls answer with.
type approvalRequest struct {
	UUID   string                  `json:"uuid"`
	Status provider.ApprovalStatus `json:"status"`
}

func (c *Client) approval(
	ctx context.Context, method, path string, form url.Values,
) (provider.Answer, approvalRequest) {
	answer, fields := language().Ask(ctx, c.api, exchange.Call{Method: method, Path: path, Form: form})
	var a approvalRequest
	if fields != nil && exchange.Says(fields, "success", `true`, `"true"`) &&
		jsonobject.Decode(fields["approval_request"], &a) == nil {
		answer.Result = provider.Right
	}
	return answer, a
}

// isUUID says whether s is hexadecimal digits and dashes, 36 in all: it becomes part of a path.
func isUUID(s string) bool {
	return len(s) == 36 && strings.Trim(s, "0123456789abcdefABCDEF-") == ""
}
