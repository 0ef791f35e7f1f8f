package authyapi

import (
	"math"
	"strconv"

	"sftpgo-authy/mockauthy/internal/authy"
)

// sandboxEmail is the e-mail of the user in a request that the sandbox invents; authy-client
// requires one.
const sandboxEmail = "sandbox@example.com"

// defaultExpiry of an approval request is a day (documentation).
const defaultExpiry = 86400

// approvalNew answers onetouch users/{id}/approval_requests. Unlike all other replies, this one has
// no message (capture).
func approvalNew(c *call) (reply, error) {
	message := c.params.get("message")
	if message == "" {
		return reply{}, badParameter("message", "Parameter is required")
	}
	seconds := defaultExpiry
	if text := c.params.get("seconds_to_expire"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > math.MaxInt32 {
			return reply{}, badParameter("seconds_to_expire", "'"+text+"' is not a valid Integer")
		}
		seconds = n
	}
	q := authy.ApprovalRequest{User: c.path("id"), Message: message, Seconds: seconds,
		Details: pairs(c.params.hash("details")), Hidden: pairs(c.params.hash("hidden_details"))}
	for _, logo := range c.params.list("logos") {
		q.Logos = append(q.Logos, pairs(logo))
	}
	a, err := c.app().RequestApproval(q)
	if err != nil {
		return reply{}, err
	}
	type request struct {
		UUID string `json:"uuid"`
	}
	return reply{user: a.User, decision: "created", reason: "approval request " + a.UUID + " is " + a.Status,
		body: struct {
			Request request `json:"approval_request"`
			Success bool    `json:"success"`
		}{request{a.UUID}, true}}, nil
}

func pairs(all []param) []authy.Pair {
	var out []authy.Pair
	for _, p := range all {
		out = append(out, authy.Pair{Name: p.name, Value: p.value})
	}
	return out
}

// approvalGet answers onetouch approval_requests/{uuid} (capture of 2017).
func approvalGet(c *call) (reply, error) {
	a, err := c.app().Approval(c.path("uuid"))
	if err != nil {
		return reply{}, err
	}
	const layout = "2006-01-02T15:04:05Z"
	u, _ := c.app().User(a.User) // a user who is gone leaves an empty e-mail
	if a.User == 0 {
		u.Email = sandboxEmail
	}
	var processed *string
	updated := a.CreatedAt
	if !a.ProcessedAt.IsZero() {
		updated = a.ProcessedAt
		text := updated.UTC().Format(layout)
		processed = &text
	}
	type request struct {
		AppName   string  `json:"_app_name"`
		AppSerial int64   `json:"_app_serial_id"`
		AuthyID   int64   `json:"_authy_id"`
		ID        string  `json:"_id"`
		Email     string  `json:"_user_email"`
		AppID     string  `json:"app_id"`
		Created   string  `json:"created_at"`
		Notified  bool    `json:"notified"`
		Processed *string `json:"processed_at"`
		Seconds   int     `json:"seconds_to_expire"`
		Status    string  `json:"status"`
		Updated   string  `json:"updated_at"`
		UserID    string  `json:"user_id"`
		UUID      string  `json:"uuid"`
	}
	return reply{user: a.User, reason: "it is " + a.Status, body: struct {
		Request request `json:"approval_request"`
		Success bool    `json:"success"`
	}{request{
		AppName: c.settings.AppName, AppSerial: c.settings.AppID, AuthyID: a.User,
		ID: c.app().ObjectID("request "+a.UUID, 0), Email: u.Email, AppID: c.app().ObjectID("app", 0),
		Created: a.CreatedAt.UTC().Format(layout), Notified: a.Notified, Processed: processed,
		Seconds: a.Seconds, Status: a.Status, Updated: updated.UTC().Format(layout),
		UserID: c.app().ObjectID("user", a.User), UUID: a.UUID,
	}, true}}, nil
}
