package mockapi

import "sftpgo-authy/mockauthy/internal/authy"

// The engine's own shapes of users and settings are also those of the control API.
type (
	// User is a user of an app, with the secrets that a real Authy would never tell.
	User = authy.User
	// Device is an installed app; it holds a secret.
	Device = authy.Device
	// NewUser describes a user to add. Only Cellphone is required.
	NewUser = authy.UserSpec
	// UserPatch changes a user; nil fields stay as they are.
	UserPatch = authy.UserPatch
	// CountryCode is a calling code such as 1 or 54, read from a number or a string.
	CountryCode = authy.CountryCode
	// Approval is a push that asks the person to approve something, and what became of it.
	Approval = authy.Approval
	// Settings are the knobs of an app.
	Settings = authy.Settings
	// Duration is a length of time, written as Go writes it: "90s", "1m30s", "-10s", "250ms".
	Duration = authy.Duration
)

// Token is the code of a user in one step of the clock.
type Token struct {
	Token  string `json:"token"`  // digits, with leading zeros
	Family string `json:"family"` // "app" or "generic"
	Digits int    `json:"digits"`
	Period int    `json:"period"` // seconds of one step
	// ExpiresIn is how many whole seconds are left of the code's step; at most 0 for a past step.
	ExpiresIn int `json:"expires_in"`
	// OTPAuth is the otpauth:// address that makes an authenticator app show this code.
	OTPAuth string `json:"otpauth"`
}

// NewDevice describes one more installed app of a user.
type NewDevice struct {
	// OS is android (the default), android_tablet, ios, iphone, ipad or authy_chrome.
	OS string `json:"os,omitempty"`
	// Secret is base32; empty: made by the server.
	Secret string `json:"secret,omitempty"`
}
