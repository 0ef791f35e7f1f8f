package mockapi

import "time"

// User is a user of an app as the control API shows it, with the secrets that the real Authy never
// tells.
type User struct {
	// ID is the Authy id, 1 to 2147483647: the number that verify, sms and the other calls take.
	ID int64 `json:"id"`
	// Name is the mock's own: Authy knows no names. Tests and the page find a user by it.
	Name string `json:"name,omitempty"`
	// Email is the first address, where POST email/{id} sends its code.
	Email string `json:"email"`
	// Emails are further addresses: users/new adds one when a known phone registers again.
	Emails []string `json:"emails,omitempty"`
	// Cellphone is the national number, digits only.
	Cellphone string `json:"cellphone"`
	// CountryCode is the calling code, such as 1 or 54.
	CountryCode int `json:"country_code"`
	// Secret is base32 without padding: that of the first app device, else that of the QR code.
	Secret string `json:"secret"`
	// Confirmed says that a code of the user was right once. Authy checks codes of users who are
	// neither confirmed nor registered only with force=true.
	Confirmed bool `json:"confirmed"`
	// Registered says that the user has the app: Devices is not empty.
	Registered bool `json:"registered"`
	// Suspended users are answered 60017, by default with HTTP status 503.
	Suspended bool `json:"suspended"`
	// Disabled users are answered 60018.
	Disabled bool `json:"disabled"`
	// Deleted users were deleted through Authy's API. Their codes pass until Settings.DeleteGrace
	// is over; after that the user is unknown to Authy's calls.
	Deleted bool `json:"deleted"`
	// Devices are the installed apps, the first one first; each shows codes of its own.
	Devices []Device `json:"devices"`
	// Activities are what the application told by users/register_activity: the newest hundred,
	// oldest first.
	Activities []Activity `json:"activities,omitempty"`
	// CreatedAt is when the user was added, to the second.
	CreatedAt time.Time `json:"created_at"`
}

// Device is an installed Authy app. It shows codes of 7 digits that change every 10 seconds.
type Device struct {
	// ID is what Authy calls the device's id: a positive number below 2^31.
	ID int64 `json:"id"`
	// OS is android, android_tablet, ios, iphone, ipad or authy_chrome (documentation of the status
	// call).
	OS string `json:"os"`
	// Secret is base32 without padding.
	Secret string `json:"secret"`
	// CreatedAt is when the app was installed, to the second.
	CreatedAt time.Time `json:"created_at"`
}

// Activity is something that an application told Authy about a user.
type Activity struct {
	// Type is password_reset, banned, unbanned or cookie_login (documentation).
	Type string    `json:"type"`
	At   time.Time `json:"at"` // by the world's clock
}

// NewUser describes a user to add. Only Cellphone is required. It is also how a [State] lists its
// users.
type NewUser struct {
	// ID is the Authy id, 1 to 2147483647; 0 means the next free one.
	ID int64 `json:"id,omitempty"`
	// Name is by what tests call the user; no two users of an app have the same one.
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"` // the first address
	// Emails are further addresses, besides Email.
	Emails []string `json:"emails,omitempty"`
	// Cellphone is the national number: 4 to 15 digits; blanks, dashes, dots and parentheses may
	// stand between them. No two users of an app have the same one.
	Cellphone string `json:"cellphone"`
	// CountryCode is the calling code; 0 means 1.
	CountryCode CountryCode `json:"country_code,omitempty"`
	// Secret is base32 of 10 to 128 bytes, for the first device and the QR code; empty means a new
	// one.
	Secret    string `json:"secret,omitempty"`
	Confirmed bool   `json:"confirmed,omitempty"` // as in [User]
	// Registered false is a user without the app; nil means true, with one app device.
	Registered *bool `json:"registered,omitempty"`
	Suspended  bool  `json:"suspended,omitempty"` // as in [User]
	Disabled   bool  `json:"disabled,omitempty"`  // as in [User]
	// History is what happened to the user so far; nil means nothing.
	History *History `json:"history,omitempty"`
}

// UserPatch changes a user; fields that are nil stay as they are.
type UserPatch struct {
	Name        *string      `json:"name,omitempty"`         // as in [NewUser]
	Email       *string      `json:"email,omitempty"`        // the first address
	Cellphone   *string      `json:"cellphone,omitempty"`    // as in [NewUser]
	CountryCode *CountryCode `json:"country_code,omitempty"` // as in [NewUser]
	// Secret "" goes back to the secret that the server made.
	Secret    *string `json:"secret,omitempty"`
	Confirmed *bool   `json:"confirmed,omitempty"` // as in [User]
	// Registered false removes all devices, true adds the first one.
	Registered *bool `json:"registered,omitempty"`
	// Suspended false also ends a suspension that wrong codes have caused.
	Suspended *bool `json:"suspended,omitempty"`
	Disabled  *bool `json:"disabled,omitempty"` // as in [User]
}

// NewDevice describes one more installed app of a user.
type NewDevice struct {
	// OS is android (the default), android_tablet, ios, iphone, ipad or authy_chrome.
	OS string `json:"os,omitempty"`
	// Secret is base32 of 10 to 128 bytes; empty means a new one.
	Secret string `json:"secret,omitempty"`
}

// Token is the code of a user or a factor in one step of the clock.
type Token struct {
	// Token is the code: digits, with leading zeros.
	Token string `json:"token"`
	// Family is "app" (by default 7 digits, 10 seconds) or "generic" (6 digits, 30 seconds); of a
	// factor of Verify "factor".
	Family string `json:"family"`
	Digits int    `json:"digits"` // how many Token has
	// Period is the length of a step in seconds.
	Period int `json:"period"`
	// ExpiresIn is how many whole seconds are left of the code's step; at most 0 for a past step.
	ExpiresIn int `json:"expires_in"`
	// OTPAuth is the otpauth:// address that makes an authenticator app show this code.
	OTPAuth string `json:"otpauth"`
}
