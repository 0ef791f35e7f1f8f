package verifyapi

import (
	"encoding/json"
	"net/http"
	"slices"

	"sftpgo-authy/mockauthy/internal/verify"
)

func challengeNew(c *call) (reply, error) {
	f := &form{c: c, code: 60300}
	n := verify.NewChallenge{FactorSID: c.form.Get("FactorSid"), Code: c.form.Get("AuthPayload"),
		Expires: f.time("ExpirationDate"), Hidden: f.object("HiddenDetails"), Details: f.details()}
	if f.err != nil {
		return reply{}, f.err
	}
	v, err := c.account().CreateChallenge(c.path("service"), c.path("identity"), n)
	if err != nil {
		return reply{}, err
	}
	return c.challenged(http.StatusCreated, n.Code, v), nil
}

// challenged is the reply to a challenge that was made or updated.
func (c *call) challenged(status int, code string, v verify.Challenge) reply {
	rep := reply{status: status, body: c.challengeBody(v), decision: "pending", reason: v.Why}
	if code != "" {
		rep.decision = judged(v.Status == "approved")
	}
	return rep
}

// details reads what a push would show; nil when there is nothing.
func (f *form) details() *verify.Details {
	texts := f.c.form["Details.Fields"]
	if !f.given("Details.Message") && len(texts) == 0 {
		return nil
	}
	d := &verify.Details{Message: f.c.form.Get("Details.Message")}
	if len([]rune(d.Message)) > 256 {
		f.fail("Details.Message", "more than 256 characters")
	}
	if len(texts) > 20 {
		f.fail("Details.Fields", "more than 20")
	}
	for _, text := range texts {
		var one detailField
		if err := json.Unmarshal([]byte(text), &one); err != nil || len([]rune(one.Label)) > 36 ||
			len([]rune(one.Value)) > 128 {
			f.fail(
				"Details.Fields",
				"want JSON objects with a label of at most 36 and a value of at most 128 characters",
			)
		}
		d.Fields = append(d.Fields, verify.DetailField(one))
	}
	return d
}

func challengeGet(c *call) (reply, error) {
	v, err := c.account().Challenge(c.path("service"), c.path("identity"), c.path("sid"))
	if err != nil {
		return reply{}, err
	}
	return reply{body: c.challengeBody(v)}, nil
}

func challengeList(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	status, order := c.form.Get("Status"), c.form.Get("Order")
	f := &form{c: c, code: 60300}
	f.choice("Status", "", "pending", "expired", "approved", "denied")
	f.choice("Order", "", "asc", "desc")
	if f.err != nil {
		return reply{}, f.err
	}
	all, err := c.account().Challenges(c.path("service"), c.path("identity"), c.form.Get("FactorSid"), status)
	if err != nil {
		return reply{}, err
	}
	if order == "desc" {
		slices.Reverse(all)
	}
	return c.list("challenges", p, each(cut(all, p), c.challengeBody), len(all))
}

func challengeUpdate(c *call) (reply, error) {
	f := &form{c: c, code: 60300}
	metadata, code := f.object("Metadata"), c.form.Get("AuthPayload")
	if f.err != nil {
		return reply{}, f.err
	}
	v, err := c.account().UpdateChallenge(c.path("service"), c.path("identity"), c.path("sid"), code, metadata)
	if err != nil {
		return reply{}, err
	}
	return c.challenged(http.StatusOK, code, v), nil
}
