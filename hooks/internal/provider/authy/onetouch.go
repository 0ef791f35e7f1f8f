package authy

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Approval is the name of a question that Authy shows on somebody's phone (OneTouch): a UUID. The
// zero Approval is none.
type Approval struct{ uuid string }

// ApprovalStatus is what became of a question. Its zero value is no answer at all.
type ApprovalStatus string

// What can become of a question.
const (
	ApprovalPending  ApprovalStatus = "pending"
	ApprovalApproved ApprovalStatus = "approved"
	ApprovalDenied   ApprovalStatus = "denied"
	ApprovalExpired  ApprovalStatus = "expired"
)

// Question is what the phone shows. Authy takes a message of up to 144 characters, and names of
// details of up to 20.
type Question struct {
	Message string
	Details map[string]string
	Life    time.Duration // whole seconds; after it Authy lets nobody approve
}

// RequestApproval puts a question on the phone of id, once. The Approval is zero unless the answer
// is Right, which here means no more than that the question was put.
func (c *Client) RequestApproval(ctx context.Context, id ID, q Question) (Approval, Answer) {
	if id.IsZero() {
		return Approval{}, Answer{Result: Refused}
	}
	form := url.Values{"message": {q.Message}, "seconds_to_expire": {strconv.Itoa(max(1, int(q.Life/time.Second)))}}
	for name, value := range q.Details {
		form.Set("details["+name+"]", value)
	}
	answer, got := c.approval(ctx, http.MethodPost, "/onetouch/json/users/"+id.digits+"/approval_requests", form)
	if answer.Result != Right || !isUUID(got.UUID) {
		if answer.Result == Right {
			answer.Result = Protocol
		}
		return Approval{}, answer
	}
	return Approval{got.UUID}, answer
}

// Approval asks what became of a question. The status is empty unless the answer is Right.
func (c *Client) Approval(ctx context.Context, a Approval) (ApprovalStatus, Answer) {
	if a.uuid == "" {
		return "", Answer{Result: Refused}
	}
	answer, got := c.approval(ctx, http.MethodGet, "/onetouch/json/approval_requests/"+a.uuid, nil)
	if answer.Result != Right {
		return "", answer
	}
	// About this question and no other.
	if got.UUID != a.uuid {
		return "", Answer{Result: Protocol, Status: answer.Status}
	}
	return got.Status, answer
}

// approvalRequest is what both calls answer with.
type approvalRequest struct {
	UUID   string         `json:"uuid"`
	Status ApprovalStatus `json:"status"`
}

func (c *Client) approval(ctx context.Context, method, path string, form url.Values) (Answer, approvalRequest) {
	got, err := c.do(ctx, call{method: method, path: path, form: form})
	switch {
	case err != nil:
		return Answer{Result: Protocol}, approvalRequest{}
	case got.status == 0 && ctx.Err() != nil:
		return Answer{Result: Limited}, approvalRequest{}
	}
	answer, fields := sift(got)
	var a approvalRequest
	if fields != nil && says(fields, "success", `true`, `"true"`) && json.Unmarshal(fields["approval_request"], &a) == nil {
		answer.Result = Right
	}
	return answer, a
}

// isUUID says whether s is hexadecimal digits and dashes, 36 in all: it becomes part of a path.
func isUUID(s string) bool {
	return len(s) == 36 && strings.Trim(s, "0123456789abcdefABCDEF-") == ""
}
