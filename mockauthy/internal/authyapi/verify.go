package authyapi

import "sftpgo-authy/mockauthy/internal/authy"

// verify answers verify/{token}/{id}. Unlike in every other call, success is a string.
func verify(c *call) (reply, error) {
	v := c.app().Verify(authy.VerifyRequest{
		Token: c.path("token"), User: c.path("id"), Force: c.params.truth("force"), Action: c.params.get("action"),
	})
	if !v.Accepted {
		rep := refusal(v.Err)
		rep.user, rep.reason = v.User, v.Reason
		return rep, nil
	}
	body := struct {
		Message string `json:"message"`
		Token   string `json:"token"`
		Success any    `json:"success"`
		Device  any    `json:"device,omitempty"`
	}{"Token is valid.", "is valid", "true", deviceBody(v.Device)}
	if c.settings.VerifySuccessType == "boolean" {
		body.Success = true
	}
	return reply{user: v.User, body: body, decision: "accepted", reason: v.Reason}, nil
}

// appDevice is the device of a code made by the app (documentation). Places and addresses are
// invented.
type appDevice struct {
	City       string `json:"city"`
	Country    string `json:"country"`
	IP         string `json:"ip"`
	Region     string `json:"region"`
	RegCity    string `json:"registration_city"`
	RegCountry string `json:"registration_country"`
	RegIP      string `json:"registration_ip"`
	RegMethod  string `json:"registration_method"`
	RegRegion  string `json:"registration_region"`
	OS         string `json:"os_type"`
	Recovery   *int64 `json:"last_account_recovery_at"`
	ID         int64  `json:"id"`
	RegDate    int64  `json:"registration_date"`
	LastSync   int64  `json:"last_sync_date"`
}

// smsDevice is the device of a texted or spoken code (fixture of authy-java).
type smsDevice struct {
	ID         *int64  `json:"id"`
	OS         string  `json:"os_type"`
	RegDate    *int64  `json:"registration_date"` // null without the app
	RegMethod  *string `json:"registration_method"`
	RegCountry *string `json:"registration_country"`
	RegRegion  *string `json:"registration_region"`
	RegCity    *string `json:"registration_city"`
	Country    *string `json:"country"`
	Region     *string `json:"region"`
	City       *string `json:"city"`
	IP         *string `json:"ip"`
	Recovery   *int64  `json:"last_account_recovery_at"`
	LastSync   *int64  `json:"last_sync_date"`
}

func deviceBody(d *authy.VerifiedDevice) any {
	switch {
	case d == nil:
		return nil
	case d.SMS:
		device := &smsDevice{OS: d.OS}
		if d.Registered != 0 {
			device.RegDate = &d.Registered
		}
		return device
	}
	return &appDevice{
		City: "Lyon", Country: "France", IP: "192.0.2.10", Region: "Rhone",
		RegCity: "Lyon", RegCountry: "France", RegIP: "192.0.2.10", RegMethod: "push", RegRegion: "Rhone",
		OS: d.OS, ID: d.ID, RegDate: d.Registered, LastSync: d.LastSync,
	}
}
