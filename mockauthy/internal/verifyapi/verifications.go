package verifyapi

import (
	"encoding/json"
	"net/http"

	"sftpgo-authy/mockauthy/internal/verify"
)

type sendBody struct {
	Time       string `json:"time"`
	Channel    string `json:"channel"`
	AttemptSID string `json:"attempt_sid"`
}

type verificationHead struct {
	SID        string `json:"sid"`
	ServiceSID string `json:"service_sid"`
	AccountSID string `json:"account_sid"`
	To         string `json:"to"`
	Channel    string `json:"channel"`
	Status     string `json:"status"`
	Valid      bool   `json:"valid"`
}

// verificationBody is what start, fetch and update answer.
type verificationBody struct {
	verificationHead
	CreatedAt *string    `json:"date_created"`
	UpdatedAt *string    `json:"date_updated"`
	Lookup    struct{}   `json:"lookup"` // the mock asks no carrier
	Amount    orNull     `json:"amount"`
	Payee     orNull     `json:"payee"`
	Sends     []sendBody `json:"send_code_attempts"`
	SNA       *string    `json:"sna"`
	URL       string     `json:"url"`
}

// checkBody is what a check answers; it has no url.
type checkBody struct {
	verificationHead
	Amount    orNull  `json:"amount"`
	Payee     orNull  `json:"payee"`
	SNA       []int   `json:"sna_attempts_error_codes"`
	CreatedAt *string `json:"date_created"`
	UpdatedAt *string `json:"date_updated"`
}

func (c *call) verificationHead(v verify.Verification) verificationHead {
	return verificationHead{SID: v.SID, ServiceSID: v.ServiceSID, AccountSID: c.accountSID(), To: v.To,
		Channel: v.Channel, Status: v.Status, Valid: v.Status == "approved"}
}

func (c *call) verification(status int, v verify.Verification, decision string) reply {
	body := verificationBody{
		verificationHead: c.verificationHead(v), CreatedAt: stamp(v.CreatedAt), UpdatedAt: stamp(v.UpdatedAt),
		Amount: orNull(v.Amount), Payee: orNull(v.Payee),
		Sends: each(v.Sends, func(s verify.Send) sendBody {
			return sendBody{s.At.UTC().Format("2006-01-02T15:04:05.000Z"), s.Channel, s.SID} // capture
		}),
		URL: c.base + "/Services/" + v.ServiceSID + "/Verifications/" + v.SID,
	}
	return reply{status: status, body: body, decision: decision, reason: v.Why, identity: v.To}
}

func verificationNew(c *call) (reply, error) {
	f := &form{c: c, code: 60200}
	n := verify.NewVerification{To: c.form.Get("To"), Channel: c.form.Get("Channel"),
		CustomCode: c.form.Get("CustomCode"), Amount: c.form.Get("Amount"), Payee: c.form.Get("Payee")}
	if text := c.form.Get("RateLimits"); text != "" && json.Unmarshal([]byte(text), &n.RateLimits) != nil {
		f.fail("RateLimits", "want a JSON object whose values are texts")
	}
	f.choice("RiskCheck", "", "enable", "disable")
	if f.err != nil {
		return reply{}, f.err
	}
	v, err := c.account().StartVerification(c.path("service"), n)
	if err != nil {
		return reply{}, err
	}
	return c.verification(http.StatusCreated, v, "sent"), nil
}

func verificationGet(c *call) (reply, error) {
	v, err := c.account().Verification(c.path("service"), c.path("sid"))
	if err != nil {
		return reply{}, err
	}
	return c.verification(http.StatusOK, v, ""), nil
}

func verificationUpdate(c *call) (reply, error) {
	v, err := c.account().EndVerification(c.path("service"), c.path("sid"), c.form.Get("Status"))
	if err != nil {
		return reply{}, err
	}
	return c.verification(http.StatusOK, v, v.Status), nil
}

func verificationCheck(c *call) (reply, error) {
	ref := c.form.Get("VerificationSid")
	if ref == "" {
		ref = c.form.Get("To")
	}
	v, err := c.account().CheckVerification(c.path("service"), verify.Check{Ref: ref, Code: c.form.Get("Code"),
		Amount: c.form.Get("Amount"), Payee: c.form.Get("Payee")})
	if err != nil {
		return reply{}, err
	}
	return reply{
		status:   c.settings.CheckStatus,
		decision: judged(v.Status == "approved"),
		reason:   v.Why,
		identity: v.To,
		body: checkBody{verificationHead: c.verificationHead(v), Amount: orNull(v.Amount), Payee: orNull(v.Payee),
			SNA: []int{}, CreatedAt: stamp(v.CreatedAt), UpdatedAt: stamp(v.UpdatedAt)},
	}, nil
}
