package control

import (
	"fmt"
	"net/http"
	"slices"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/world"
)

// listApprovals returns the pushes, oldest first like the journal and the outbox.
func listApprovals(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery("user", "status", "limit"); err != nil {
		return reply{}, err
	}
	user, err := c.queryUser(w)
	if err != nil {
		return reply{}, err
	}
	all := w.App.Approvals(user)
	slices.Reverse(all)
	switch status := c.r.URL.Query().Get("status"); status {
	case "":
	case "pending", "approved", "denied", "expired":
		all = slices.DeleteFunc(all, func(a authy.Approval) bool { return a.Status != status })
	default:
		return reply{},
			refuse("status", fmt.Sprintf("%.40q is not known", status), "pending, approved, denied or expired")
	}
	return page(c, each(all, approvalOf))
}

func (c *call) approval(w *world.World) (authy.Approval, error) {
	id, err := c.path("uuid")
	if err != nil {
		return authy.Approval{}, err
	}
	approval, err := w.App.Approval(id)
	if err != nil {
		return approval,
			refuseAs(http.StatusNotFound, "uuid", fmt.Sprintf("there is no approval request %.40q", id),
				"one of GET /_mock/approvals")
	}
	return approval, nil
}

func getApproval(c *call, w *world.World) (reply, error) {
	approval, err := c.approval(w)
	return reply{body: approvalOf(approval)}, err
}

// answerApproval approves or denies as the person would on the phone.
func answerApproval(approve bool) func(*call, *world.World) (reply, error) {
	return func(c *call, w *world.World) (reply, error) {
		approval, err := c.approval(w)
		if err != nil {
			return reply{}, err
		}
		if err := c.body(&struct{}{}, maxBody); err != nil {
			return reply{}, err
		}
		answered, err := w.App.AnswerApproval(approval.UUID, approve)
		if err != nil {
			return reply{}, refuseAs(http.StatusConflict, "status", "the request is "+approval.Status, "a pending one")
		}
		return ok(approvalOf(answered))
	}
}
