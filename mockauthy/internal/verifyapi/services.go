package verifyapi

import (
	"net/http"

	"sftpgo-authy/mockauthy/internal/verify"
)

// idle are the parameters of a service that change nothing here and can be read back.
var idle = []string{"Push.IncludeDate", "Push.ApnCredentialSid", "Push.FcmCredentialSid", "Whatsapp.MsgServiceSid",
	"Whatsapp.From", "Passkeys.RelyingParty.Id", "Passkeys.RelyingParty.Name", "Passkeys.RelyingParty.Origins",
	"Passkeys.AuthenticatorAttachment", "Passkeys.DiscoverableCredentials", "Passkeys.UserVerification"}

// serviceForm applies the parameters of a service.
func (c *call) serviceForm(s *verify.Service) error {
	f := &form{c: c, code: 60200}
	f.text("FriendlyName", &s.FriendlyName)
	f.number("CodeLength", &s.CodeLength)
	f.text("Totp.Issuer", &s.Issuer)
	f.number("Totp.TimeStep", &s.TOTP.TimeStep)
	f.number("Totp.CodeLength", &s.TOTP.CodeLength)
	f.number("Totp.Skew", &s.TOTP.Skew)
	f.truth("CustomCodeEnabled", &s.CustomCodeEnabled)
	f.truth("Psd2Enabled", &s.Psd2Enabled)
	f.truth("LookupEnabled", &s.LookupEnabled)
	f.truth("SkipSmsToLandlines", &s.SkipSmsToLandlines)
	f.truth("DtmfInputRequired", &s.DtmfInputRequired)
	f.truth("DoNotShareWarningEnabled", &s.DoNotShareWarningEnabled)
	f.truth("VerifyEventSubscriptionEnabled", &s.VerifyEventSubscriptionEnabled)
	f.text("TtsName", &s.TtsName)
	f.text("DefaultTemplateSid", &s.DefaultTemplateSID)
	for _, name := range idle {
		if c.form.Has(name) {
			s.Idle[name] = c.form.Get(name)
		}
	}
	return f.err
}

func serviceNew(c *call) (reply, error) {
	s, err := c.account().CreateService(c.serviceForm)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusCreated, body: c.serviceBody(s), decision: "created"}, nil
}

func serviceGet(c *call) (reply, error) {
	s, err := c.account().Service(c.path("service"))
	if err != nil {
		return reply{}, err
	}
	return reply{body: c.serviceBody(s)}, nil
}

func serviceList(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	all := c.account().Services()
	return c.list("services", p, each(cut(all, p), c.serviceBody), len(all))
}

func serviceUpdate(c *call) (reply, error) {
	s, err := c.account().UpdateService(c.path("service"), c.serviceForm)
	if err != nil {
		return reply{}, err
	}
	return reply{body: c.serviceBody(s), decision: "updated"}, nil
}

func serviceDelete(c *call) (reply, error) {
	return deleted(c.account().DeleteService(c.path("service")))
}

// deleted is the reply to a DELETE: 204 without a body.
func deleted(err error) (reply, error) {
	return reply{status: http.StatusNoContent, decision: "deleted"}, err
}
