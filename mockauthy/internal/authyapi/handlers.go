package authyapi

import (
	"net/http"

	"sftpgo-authy/mockauthy/internal/authy"
)

// appDetails answers app/details (capture of 2017).
func appDetails(c *call) (reply, error) {
	s := c.settings
	type app struct {
		ID       int64  `json:"app_id"`
		Name     string `json:"name"`
		Plan     string `json:"plan"`
		SMS      bool   `json:"sms_enabled"`
		OneTouch bool   `json:"onetouch_enabled"`
		Calls    bool   `json:"phone_calls_enabled"`
	}
	return reply{body: struct {
		Message string `json:"message"`
		App     app    `json:"app"`
		Success bool   `json:"success"`
	}{"Application information.", app{s.AppID, s.AppName, s.Plan, s.SMSEnabled, s.OneTouchEnabled, s.CallsEnabled},
		true}}, nil
}

// userNew answers users/new (documentation, captures of 2017 to 2019).
func userNew(c *call) (reply, error) {
	if !c.params.has("user") {
		return reply{}, fail("60030", "there is no parameter user[…] at all")
	}
	made, err := c.app().Register(authy.Registration{
		Email: c.params.get("user[email]"), Cellphone: c.params.get("user[cellphone]"),
		CountryCode: c.params.get("user[country_code]"),
	})
	if err != nil {
		return reply{}, err
	}
	type user struct {
		ID int64 `json:"id"`
	}
	return reply{user: made.User, decision: "created", reason: made.Reason, body: struct {
		Message string `json:"message"`
		User    user   `json:"user"`
		Success bool   `json:"success"`
	}{"User created successfully.", user{made.User}, true}}, nil
}

// userDelete answers the three paths that delete a user. Their messages differ (fixtures of
// clients).
func userDelete(message string) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		id, err := c.app().Delete(c.path("id"))
		if err != nil {
			return reply{}, err
		}
		return reply{user: id, decision: "deleted", reason: "asked for", body: done{message, true}}, nil
	}
}

// detailedDevice is a device in the newest captures of users/{id}/status.
type detailedDevice struct {
	Type     string  `json:"device_type"`
	OS       string  `json:"os_type"`
	RegID    *int64  `json:"registration_device_id"`
	RegBy    *string `json:"registration_method"`
	ID       int64   `json:"device_id"`
	LastSync int64   `json:"last_sync_date"`
	Created  int64   `json:"creation_date"`
}

// userStatus answers users/{id}/status.
func userStatus(c *call) (reply, error) {
	s, err := c.app().Status(c.path("id"))
	if err != nil {
		return reply{}, err
	}
	type status struct {
		ID          int64            `json:"authy_id"`
		Confirmed   bool             `json:"confirmed"`
		Registered  bool             `json:"registered"`
		CountryCode int              `json:"country_code"`
		Phone       string           `json:"phone_number"`
		Email       string           `json:"email"`
		Devices     []string         `json:"devices"`
		HardToken   bool             `json:"has_hard_token"`
		Disabled    bool             `json:"account_disabled"`
		Detailed    []detailedDevice `json:"detailed_devices"`
		Deleted     []detailedDevice `json:"deleted_devices"`
	}
	body := struct {
		Status  status `json:"status"`
		Message string `json:"message"`
		Success bool   `json:"success"`
	}{status{
		ID: s.ID, Confirmed: s.Confirmed, Registered: s.Registered, CountryCode: s.CountryCode, Phone: s.PhoneMask,
		Email:   s.Email,
		Devices: s.DeviceTypes, Disabled: s.AccountDisabled, Detailed: []detailedDevice{}, Deleted: []detailedDevice{},
	}, "User status.", true}
	for _, d := range s.Devices {
		body.Status.Detailed = append(body.Status.Detailed,
			detailedDevice{Type: "authy", OS: d.OS, ID: d.ID, Created: d.CreatedAt.Unix()})
	}
	return reply{user: s.ID, body: body}, nil
}

// unknownPath answers every URL that Authy does not have (report of 2016: status 401 and text;
// default: an envelope).
func unknownPath(c *call) (reply, error) {
	const text = "Requested URL was not found. Please check http://docs.authy.com/ to see the valid URLs"
	reason := "no call of the API has this method and path"
	if c.settings.UnknownPath == "text" {
		return reply{status: http.StatusUnauthorized, raw: []byte(text), contentType: "text/plain", decision: "refused",
			reason: reason}, nil
	}
	e, _ := authy.ByCode("60000")
	e.Status, e.Message, e.Reason = http.StatusNotFound, text, reason
	return reply{}, e
}

// noXML answers the XML form of every call, which no maintained client uses.
func noXML(*call) (reply, error) {
	return reply{}, fail("60002", "XML is not spoken here, use /json/")
}
