package authy

import "time"

// Quirk is a named difference from the default behaviour that one word turns on: how servers of
// other years answered, or a mode for tests. Each is a combination of settings.
type Quirk struct {
	Name  string
	Doc   string // one line: what differs, and where it was seen
	Apply func(*Settings)
}

// Quirks returns all quirks, ordered by name.
func Quirks() []Quirk {
	return []Quirk{
		{"boolean-success",
			"a right verify has success as a boolean (article and hand-written mock of 2015); SFTPGo's samples " +
				"panic on it",
			func(s *Settings) { s.VerifySuccessType = "boolean" }},
		{"callback-2016",
			"callbacks have device_uuid and customer_uuid as UUIDs, null for what is empty, and neither app_id nor " +
				"device (signed vector of February 2016 in authy-client's tests); authy-client 1.1.4 accepts no other",
			func(s *Settings) { s.OneTouch.CallbackForm = "2016" }},
		{"calls-off", "call answers 60006, as for an app without calls", func(s *Settings) { s.CallsEnabled = false }},
		{"enforce-unconfirmed",
			"verify checks codes of users who never registered also without force=true (the real one does not, by " +
				"documentation)",
			func(s *Settings) { s.EnforceUnconfirmed = true }},
		{"faithful-deletion", "codes of a deleted user pass for 24 more hours (documentation)",
			func(s *Settings) { s.DeleteGrace = 24 * time.Hour }},
		{"limits", "5 texts and 5 calls an hour, 10 verifies a minute, 15 minutes of suspension after 20 wrong " +
			"codes; the numbers are ours, none is documented",
			func(s *Settings) {
				s.RateLimits = RateLimits{SMS: Rate{5, time.Hour}, Call: Rate{5, time.Hour},
					Verify: Rate{10, time.Minute}}
				s.SuspendAfter, s.SuspendFor = 20, 15*time.Minute
			}},
		{"migration",
			"secret/export and phone_number answer, as after Twilio's support has switched the migration tools on",
			func(s *Settings) { s.MigrationToolsEnabled = true }},
		{"no-app", "users/new gives no device: any code is right for a new user unless verify has force=true " +
			"(documentation)",
			func(s *Settings) { s.AutoRegister = false }},
		{"no-device", "a right verify has no device object (capture of 2017; authy-openvpn overflows on one)",
			func(s *Settings) { s.IncludeDevice = false }},
		{"rate-limit-503", "60003 comes with status 503 (reports of 2015 and 2016)",
			func(s *Settings) { s.RateLimitStatus = 503 }},
		{"sandbox", "Authy's sandbox, switched off in 2021: the app is Sandbox App 1, 0000000 is always right, " +
			"users are confirmed at once and have no app, phone codes are zeros or chosen by the caller, every " +
			"phone is a landline of Google Voice, an approval request of any uuid is pending, none can be made " +
			"(live tests of authy-rs, fixtures)",
			func(s *Settings) {
				s.Sandbox, s.AppName, s.AutoRegister = true, "Sandbox App 1", false
				s.OneTouchEnabled, s.Verification.CustomCodes = false, true
			}},
		{"secret-regenerate", "every users/{id}/secret call makes a new secret (unknown of the real service)",
			func(s *Settings) { s.SecretRegenerate = true }},
		{"shared-ids", "the same phone has the same id in every app (unknown of the real service)",
			func(s *Settings) { s.IDScope = "global" }},
		{"sms-off", "sms answers 60007, as it did for all apps after May 2023 by one announcement",
			func(s *Settings) { s.SMSEnabled = false }},
		{"strict", "what the real API tolerates and a careful client does not do is 60002, with the reason in " +
			"the message",
			func(s *Settings) { s.Strict = true }},
		{"unknown-path-2016", "an unknown URL is 401 and a line of text (report of 2016)",
			func(s *Settings) { s.UnknownPath = "text" }},
		{"unknown-user-401", "verify answers 60016 with status 401 (reports of 2013 and 2016)",
			func(s *Settings) { s.UnknownUserVerifyStatus = 401 }},
		{"valid-phones",
			"telephone numbers must be assignable by the country's plan; numbers kept free for fiction still pass",
			func(s *Settings) { s.PhoneCheck = "valid" }},
		{"vulnerable-2015",
			"paths are unescaped and cleaned as the real service did until February 2015: verify/..%2Fsms/1 is " +
				"sms/1 (sakurity.com, March 2015)",
			func(s *Settings) { s.Vulnerable2015 = true }},
	}
}
