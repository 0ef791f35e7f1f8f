package authyapi

import (
	"strconv"
	"strings"

	"sftpgo-authy/mockauthy/internal/authy"
)

// carrier is the carrier of every telephone in the mock, or in Authy's sandbox (live test of
// authy-rs).
func (c *call) carrier() string {
	if c.settings.Sandbox {
		return "Google Voice"
	}
	return "Mock Wireless"
}

// number reads the two parameters that name a phone. The error texts are from captures.
func (c *call) number() (code, phone string, err error) {
	for _, name := range []string{"country_code", "phone_number"} {
		if c.params.get(name) == "" {
			return "", "", badParameter(name, "Parameter is required")
		}
	}
	code = c.params.get("country_code")
	if digits := strings.TrimPrefix(code, "+"); digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", "", badParameter("country_code", "'"+code+"' is not a valid Integer")
	}
	return code, c.params.get("phone_number"), nil
}

// phoneStart answers phones/verification/start.
func phoneStart(c *call) (reply, error) {
	via := c.params.get("via")
	switch via {
	case "":
		return reply{}, badParameter("via", "Parameter is required")
	case "sms", "call":
	default:
		return reply{}, badParameter("via", "'"+via+"' is not sms or call")
	}
	code, phone, err := c.number()
	if err != nil {
		return reply{}, err
	}
	q := authy.Start{Via: via, CountryCode: code, Phone: phone, CustomCode: c.params.get("custom_code"),
		CustomMessage: c.params.get("custom_message")}
	if text := c.params.get("code_length"); text != "" {
		if q.CodeLength, err = strconv.Atoi(text); err != nil {
			return reply{}, badParameter("code_length", "'"+text+"' is not a valid Integer")
		}
		if q.CodeLength < 4 || q.CodeLength > 10 {
			return reply{}, badParameter("code_length", "must be between 4 and 10")
		}
	}
	if n := len(q.CustomCode); n != 0 && (n < 4 || n > 10 || strings.Trim(q.CustomCode, "0123456789") != "") {
		return reply{}, badParameter("custom_code", "must have 4 to 10 digits")
	}
	s, err := c.app().StartVerification(q)
	if err != nil {
		return reply{}, err
	}
	return reply{decision: "sent", reason: "see the outbox", body: struct {
			Carrier   string `json:"carrier"`
			Cellphone bool   `json:"is_cellphone"`
			Message   string `json:"message"`
			Seconds   int    `json:"seconds_to_expire"`
			UUID      string `json:"uuid"`
			Success   bool   `json:"success"`
			SMSID     string `json:"sms_id,omitempty"`
		}{c.carrier(), s.Type == authy.Cellphone, startText(s, c.params.get("locale")), s.Seconds, s.UUID, true,
			s.SMSID}},
		nil
}

// phoneCheck answers phones/verification/check.
func phoneCheck(c *call) (reply, error) {
	code, phone, err := c.number()
	if err != nil {
		return reply{}, err
	}
	token := c.params.get("verification_code")
	if token == "" {
		return reply{}, badParameter("verification_code", "Parameter is required")
	}
	if err := c.app().CheckVerification(code, phone, token); err != nil {
		return reply{}, err
	}
	return reply{decision: "accepted", reason: "the code that was sent",
		body: done{"Verification code is correct.", true}}, nil
}

// phoneStatus answers phones/verification/status.
func phoneStatus(c *call) (reply, error) {
	id := c.params.get("uuid")
	code, phone := c.params.get("country_code"), c.params.get("phone_number")
	if id == "" && (code == "" || phone == "") {
		return reply{}, fail("60042", "neither uuid nor country_code and phone_number are given")
	}
	status, seconds, err := c.app().VerificationStatus(id, code, phone)
	if err != nil {
		return reply{}, err
	}
	return reply{reason: "it is " + status, body: struct {
		Message string `json:"message"`
		Status  string `json:"status"`
		Seconds int    `json:"seconds_to_expire"`
		Success bool   `json:"success"`
	}{"Phone Verification status.", status, seconds, true}}, nil
}

// phoneInfo answers phones/info.
func phoneInfo(c *call) (reply, error) {
	code, phone, err := c.number()
	if err != nil {
		return reply{}, err
	}
	kind, at, err := c.app().PhoneInfo(code, phone)
	if err != nil {
		return reply{}, err
	}
	return reply{reason: "it is a " + string(kind), body: struct {
		Message  string `json:"message"`
		Type     string `json:"type"`
		Provider string `json:"provider"`
		Ported   bool   `json:"ported"`
		Success  bool   `json:"success"`
	}{"Phone number information as of " + at.UTC().Format("2006-01-02 15:04:05 UTC"), string(kind), c.carrier(), false,
		true}}, nil
}
