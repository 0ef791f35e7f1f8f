package authyapi

import (
	"unicode/utf8"

	"sftpgo-authy/mockauthy/internal/authy"
)

// sentBody and ignoredBody have different keys in different orders (captures): for some clients the
// presence of ignored means yes, and others grep for success before sent.
type sentBody struct {
	Success   bool   `json:"success"`
	Message   string `json:"message"`
	Cellphone string `json:"cellphone"`
}

type ignoredBody struct {
	Message   string `json:"message"`
	Cellphone string `json:"cellphone"`
	Device    string `json:"device"`
	Ignored   bool   `json:"ignored"`
	Success   bool   `json:"success"`
}

// sendSMS answers sms/{id}.
func sendSMS(c *call) (reply, error) {
	return sendCode(c, c.app().SendSMS, "SMS token was sent",
		"Ignored: SMS is not needed for smartphones. Pass force=true if you want to actually send it anyway.")
}

// startCall answers call/{id}. The two blanks are the real service's.
func startCall(c *call) (reply, error) {
	return sendCode(c, c.app().StartCall, "Call started...",
		"Call ignored. User is using  App Tokens and this call is not necessary. Pass force=true if you still want "+
			"to call users that are using the App.")
}

func sendCode(c *call, send func(authy.SendRequest) (authy.Sent, error), sent, ignored string) (reply, error) {
	for _, name := range []string{"action", "action_message"} {
		if v, ok := c.params.lookup(name); ok && (v == "" || utf8.RuneCountInString(v) > 255) {
			return reply{}, badParameter(name, "must have 1 to 255 characters")
		}
	}
	s, err := send(authy.SendRequest{
		User: c.path("id"), Force: c.params.truth("force"), Action: c.params.get("action"),
		Message: c.params.get("action_message"),
	})
	switch {
	case err != nil:
		return reply{}, err
	case s.Ignored:
		return reply{user: s.User, decision: "ignored",
			reason: "the user has the app, and the call was made without force=true",
			body:   ignoredBody{ignored, s.Cellphone, s.Device, true, true}}, nil
	}
	return reply{user: s.User, decision: "sent", reason: "see the outbox", body: sentBody{true, sent, s.Cellphone}}, nil
}
