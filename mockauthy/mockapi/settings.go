package mockapi

// Settings configure an app. The defaults are as near to the real service as its documentation
// allows; where its behaviour is unknown, the comment says so and the default is the harmless
// choice. docs/quirks.md has the sources.
type Settings struct {
	// AppID is the number that app/details and app/stats report.
	AppID int64 `json:"app_id"`
	// AppName is the application's name, at most 30 characters (dashboard documentation).
	AppName string `json:"app_name"`
	// Plan is the billing plan that app/details reports; nothing depends on it.
	Plan string `json:"plan"`
	// SMSEnabled, CallsEnabled and OneTouchEnabled are the app's switches; off answers 60007, 60006
	// and 60065.
	SMSEnabled      bool `json:"sms_enabled"`
	CallsEnabled    bool `json:"phone_calls_enabled"`
	OneTouchEnabled bool `json:"onetouch_enabled"`
	// GenericTokensEnabled allows users/{id}/secret and codes of other authenticator apps; off
	// answers 60123.
	GenericTokensEnabled bool `json:"generic_tokens_enabled"`
	// MigrationToolsEnabled allows users/{id}/secret/export and users/{id}/phone_number; off
	// answers 60154.
	MigrationToolsEnabled bool `json:"migration_tools_enabled"`

	// AutoRegister adds a device to every user made by users/new, as if the person had installed
	// the app at once. In the real service a new user is unregistered and, without force, any code
	// is "valid".
	AutoRegister bool `json:"auto_register"`
	// EnforceUnconfirmed checks codes also without force for users who are neither registered nor
	// confirmed.
	EnforceUnconfirmed bool `json:"enforce_unconfirmed"`
	// VerifySuccessType is the JSON type of success in the reply of an accepted verify: "string"
	// (captures, documentation) or "boolean" (two old sources).
	VerifySuccessType string `json:"verify_success_type"`
	// UnknownUserVerifyStatus is the HTTP status of 60016: 404 (newest fixture) or 401 (reports of
	// 2013 and 2016).
	UnknownUserVerifyStatus int `json:"unknown_user_verify_status"`
	// IncludeDevice adds the device object to the reply of an accepted verify. A capture of 2017
	// has none.
	IncludeDevice bool `json:"include_device"`
	// DisabledFeatureStatus is the HTTP status of a feature that is switched off (inferred: 503).
	DisabledFeatureStatus int `json:"disabled_feature_status"`
	// UnknownPath is how an unknown URL is answered: "json" (404, 60000) or "text" (401 and a line
	// of text, as in 2016).
	UnknownPath string `json:"unknown_path"`
	// IDScope is "app" (ids are the app's own) or "global" (the same phone has the same id in every
	// app).
	IDScope string `json:"id_scope"`

	// TOTP says how codes are made and how far from now they are accepted.
	TOTP TOTPSettings `json:"totp"`
	// SMSCode says how texted and spoken codes are made.
	SMSCode SMSCodeSettings `json:"sms_code"`
	// SecretRegenerate makes every users/{id}/secret call a new secret. Unknown for the real
	// service.
	SecretRegenerate bool `json:"secret_regenerate"`

	// DeleteGrace is how long codes of a deleted user still pass. The real service takes about 24
	// hours.
	DeleteGrace Duration `json:"delete_grace"`
	// SuspendAfter suspends a user after that many wrong codes in a row; 0 is never.
	SuspendAfter int `json:"suspend_after"`
	// SuspendFor is how long such a suspension lasts.
	SuspendFor Duration `json:"suspend_for"`
	// SuspendStatus is the HTTP status of 60017 (a report of 2016: 503).
	SuspendStatus int `json:"suspend_status"`
	// RateLimits bounds calls per user; all off by default.
	RateLimits RateLimits `json:"rate_limits"`
	// RateLimitStatus is the HTTP status of 60003: 429, before about 2017 503.
	RateLimitStatus int `json:"rate_limit_status"`

	// PhoneCheck is how strictly telephone numbers are checked: "digits" (4 to 15 digits),
	// "possible" (a length that the country has; the default) or "valid" (a number that can be
	// assigned; fiction numbers stay usable).
	PhoneCheck string `json:"phone_check"`
	// Verification says how phone verification codes are made.
	Verification VerificationSettings `json:"phone_verification"`
	// OneTouch says where answers to approval requests are sent.
	OneTouch OneTouchSettings `json:"onetouch"`

	// Magic lets the telephone numbers and e-mails listed in docs/quirks.md choose a behaviour.
	Magic bool `json:"magic"`
	// Sandbox is the profile of Authy's old sandbox: the code 0000000 always passes, users are
	// confirmed at once, codes for phones are zeros, every phone is a landline of Google Voice, and
	// there is an approval request of any uuid.
	Sandbox bool `json:"sandbox_profile"`
	// Strict answers 60002 to what the real API tolerates and a careful client does not do.
	Strict bool `json:"strict"`
	// Vulnerable2015 cleans paths as the real service did until February 2015, so that
	// verify/../sms/1 is sms/1.
	Vulnerable2015 bool `json:"vulnerable_2015"`

	// Verify are the settings of Verify v2.
	Verify VerifySettings `json:"verify"`
}

// TOTPSettings holds the window of each family of codes.
type TOTPSettings struct {
	// App is the window of the Authy app. Default: 7 digits, 10 seconds, 6 steps past, 3 future.
	App Window `json:"app"`
	// Generic is the window of other authenticators. Default: 6 digits, 30 seconds, 1 step either
	// way.
	Generic Window `json:"generic"`
}

// Window describes the codes of one family and the steps around now in which one is accepted.
type Window struct {
	// Digits of a code, 6 to 9.
	Digits int `json:"digits"`
	// Period is the length of a step in seconds, 1 to 3600.
	Period int `json:"period"`
	// Past is how many steps before the present one are accepted, 0 to 120.
	Past int `json:"past"`
	// Future is how many steps after the present one are accepted, 0 to 120.
	Future int `json:"future"`
}

// SMSCodeSettings describes codes sent by SMS, call and e-mail.
type SMSCodeSettings struct {
	// Digits of a code, 4 to 10; 7 by default.
	Digits int `json:"digits"`
	// Lifetime of a code; 10m by default.
	Lifetime Duration `json:"lifetime"`
	// ResendSame sends the same code again while it is valid, as documented for phone verification.
	ResendSame bool `json:"resend_same"`
}

// RateLimits are calls per user in a sliding window; a Count of 0 is no limit.
type RateLimits struct {
	SMS    Rate `json:"sms"`    // of sms; POST email has the same limit, counted separately
	Call   Rate `json:"call"`   // of call
	Verify Rate `json:"verify"` // of verify
}

// Rate is a number of calls in a time.
type Rate struct {
	// Count is how many calls are answered, up to 10000; 0 means no limit.
	Count int `json:"count"`
	// Per is the length of the window.
	Per Duration `json:"per"`
}

// VerificationSettings describes phone verification (Verify v1).
type VerificationSettings struct {
	// Digits of a code, 4 to 10, when the caller names no code_length; 4 by default.
	Digits int `json:"digits"`
	// Lifetime of a code; 10m by default.
	Lifetime Duration `json:"lifetime"`
	// CustomCodes lets callers choose the code with custom_code; off answers 60021.
	CustomCodes bool `json:"custom_codes"`
	// CustomMessages lets callers choose the text with custom_message; off answers 60021.
	CustomMessages bool `json:"custom_messages"`
}

// OneTouchSettings says how answers to approval requests are reported.
type OneTouchSettings struct {
	// CallbackURL is where an answer is sent; empty means nowhere.
	CallbackURL string `json:"callback_url"`
	// CallbackMethod is GET or POST, the default.
	CallbackMethod string `json:"callback_method"`
	// CallbackForm is "2019" (signed vectors of 2017 and 2019 in authy-java's tests: device_uuid
	// and customer_uuid are integers) or "2016" (one in authy-client's: they are UUIDs).
	CallbackForm string `json:"callback_form"`
}
