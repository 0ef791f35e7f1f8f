package verifyapi

import (
	"net/http"

	"sftpgo-authy/mockauthy/internal/verify"
)

// config returns what the Config parameters change.
func (f *form) config() func(*verify.TOTP) {
	var t verify.TOTP // what is not a number is found here
	f.totp(&t)
	return f.totp
}

func (f *form) totp(t *verify.TOTP) {
	f.number("Config.TimeStep", &t.TimeStep)
	f.number("Config.Skew", &t.Skew)
	f.number("Config.CodeLength", &t.CodeLength)
	if f.given("Config.Alg") {
		t.Alg = f.c.form.Get("Config.Alg")
	}
}

func factorNew(c *call) (reply, error) {
	switch kind := c.form.Get("FactorType"); kind {
	case "totp":
	case "":
		return reply{}, verify.Missing("FactorType")
	case "push", "passkeys":
		return reply{}, unsupported(kind + " factors")
	default:
		return reply{}, verify.Invalid(60369, "FactorType", "%.40q, want totp", kind)
	}
	f := &form{c: c, code: 60300}
	n := verify.NewFactor{FriendlyName: c.form.Get("FriendlyName"), Secret: c.form.Get("Binding.Secret"),
		Config: f.config(), Metadata: f.object("Metadata")}
	if f.err != nil {
		return reply{}, f.err
	}
	made, err := c.account().CreateFactor(c.path("service"), c.path("identity"), n)
	if err != nil {
		return reply{}, err
	}
	body := c.factorBody(made)
	return reply{status: http.StatusCreated, decision: "created", secret: true, body: newFactorBody{
		factorHead: body.factorHead, Binding: bindingBody{made.Secret, made.URI}, factorTail: body.factorTail}}, nil
}

func factorGet(c *call) (reply, error) {
	f, err := c.account().Factor(c.path("service"), c.path("identity"), c.path("sid"))
	if err != nil {
		return reply{}, err
	}
	return reply{body: c.factorBody(f)}, nil
}

func factorList(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	all, err := c.account().Factors(c.path("service"), c.path("identity"))
	if err != nil {
		return reply{}, err
	}
	return c.list("factors", p, each(cut(all, p), c.factorBody), len(all))
}

func factorUpdate(c *call) (reply, error) {
	f := &form{c: c, code: 60300}
	change := verify.FactorChange{Code: c.form.Get("AuthPayload"), FriendlyName: c.form.Get("FriendlyName"),
		Config: f.config()}
	if f.err != nil {
		return reply{}, f.err
	}
	v, err := c.account().UpdateFactor(c.path("service"), c.path("identity"), c.path("sid"), change)
	if err != nil {
		return reply{}, err
	}
	rep := reply{body: c.factorBody(v), decision: "updated", reason: v.Why}
	if change.Code != "" {
		rep.decision = judged(v.Verified)
	}
	return rep, nil
}

// judged is the journal's word for what became of a code.
func judged(right bool) string {
	if right {
		return "accepted"
	}
	return "refused"
}

func factorDelete(c *call) (reply, error) {
	return deleted(c.account().DeleteFactor(c.path("service"), c.path("identity"), c.path("sid")))
}
