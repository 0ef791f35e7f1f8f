package authyapi

import "sftpgo-authy/mockauthy/internal/authy"

// userUpdate answers users/{id}/update, which only the Ruby client calls.
func userUpdate(c *call) (reply, error) {
	id, err := c.app().UpdateEmail(c.path("id"), c.params.get("email"))
	if err != nil {
		return reply{}, err
	}
	return reply{user: id, decision: "updated", body: done{"User was updated successfully", true}}, nil
}

// userActivity answers users/{id}/register_activity (documentation).
func userActivity(c *call) (reply, error) {
	id, err := c.app().RegisterActivity(c.path("id"), c.params.get("type"))
	if err != nil {
		return reply{}, err
	}
	return reply{user: id, decision: "noted", body: done{"Activity was created.", true}}, nil
}

// sendEmail answers email/{id}, which only the newest Ruby client calls.
func sendEmail(c *call) (reply, error) {
	m, err := c.app().SendEmail(authy.SendRequest{User: c.path("id"), Action: c.params.get("action")})
	if err != nil {
		return reply{}, err
	}
	return reply{user: m.User, decision: "sent", reason: "see the outbox", body: struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
		Email   string `json:"email"`
		ID      string `json:"email_id"`
	}{true, "Email token was sent", m.Email, m.ID}}, nil
}

// secretExport answers users/{id}/secret/export, the first step of moving to Twilio Verify
// (documentation).
func secretExport(c *call) (reply, error) {
	e, err := c.app().ExportSecret(c.path("id"))
	if err != nil {
		return reply{}, err
	}
	return reply{user: e.User, decision: "exported", secret: true, body: struct {
		Secret  string `json:"secret"`
		OTP     string `json:"otp"`
		Success bool   `json:"success"`
	}{e.Secret, e.OTP, true}}, nil
}

// phoneNumber answers users/{id}/phone_number (documentation; the order of the keys is ours).
func phoneNumber(c *call) (reply, error) {
	p, err := c.app().PhoneOf(c.path("id"))
	if err != nil {
		return reply{}, err
	}
	return reply{body: struct {
		Number      string `json:"phone_number"`
		CountryCode int    `json:"country_code"`
		E164        string `json:"e164"`
		Success     bool   `json:"success"`
	}{p.National(), p.CountryCode(), p.E164(), true}}, nil
}

// month has exactly the seven keys that authy-client requires.
type month struct {
	APICalls int    `json:"api_calls_count"`
	Auths    int    `json:"auths_count"`
	Calls    int    `json:"calls_count"`
	Month    string `json:"month"`
	SMS      int    `json:"sms_count"`
	Users    int    `json:"users_count"`
	Year     int    `json:"year"`
}

// appStats answers app/stats (capture of 2017).
func appStats(c *call) (reply, error) {
	months, users := c.app().Stats()
	stats := []month{}
	for _, m := range months {
		stats = append(stats, month{m.APICalls, m.Auths, m.Calls, m.Month.String(), m.SMS, m.Users, m.Year})
	}
	return reply{body: struct {
		AppID   int64   `json:"app_id"`
		Count   int     `json:"count"`
		Message string  `json:"message"`
		Stats   []month `json:"stats"`
		Success bool    `json:"success"`
		Users   int     `json:"total_users"`
	}{c.settings.AppID, len(stats), "Monthly statistics.", stats, true, users}}, nil
}
