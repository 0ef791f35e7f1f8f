package mockapi

import "time"

// State is a world as one document, and the form of a seed file: settings, users with everything
// that their codes depend on, clock and faults. What was asked (the journal) and sent (the outbox)
// is not part of it. PUT /_mock/state of what GET /_mock/state returned changes nothing.
type State struct {
	// Settings that a document leaves out are the default ones.
	Settings Settings `json:"settings"`
	// Users with an id are added before those without.
	Users []NewUser `json:"users"`
	// Seed is where the secrets come from that nobody chose: 32 to 128 hex digits. Empty keeps the
	// app's own.
	Seed string `json:"seed,omitempty"`
	// NextID is the Authy id of the next user; 0 keeps the app's own.
	NextID uint32 `json:"next_id,omitempty"`
	// Approvals, Verifications and Stats are oldest first.
	Approvals     []Approval     `json:"approvals,omitempty"`
	Verifications []Verification `json:"phone_verifications,omitempty"`
	Stats         []Month        `json:"stats,omitempty"`
	Verify        VerifyState    `json:"verify"` // services with what they hold
	Clock         ClockState     `json:"clock"`  // how the world's time differs from wall time
	// Faults are the rules with their counts; a rule without an id gets one.
	Faults []Rule `json:"faults"`
}

// ClockState says how a clock differs from wall time. The zero value is wall time.
type ClockState struct {
	// FrozenAt is where the clock stands still.
	FrozenAt *time.Time `json:"frozen_at,omitempty"`
	// Skew is how far a running clock is ahead of wall time.
	Skew Duration `json:"skew,omitzero"`
}

// History is what happened to a user so far.
type History struct {
	CreatedAt time.Time `json:"created_at,omitzero"` // when the user was added
	// Devices are the installed apps besides the first.
	Devices []KeptDevice `json:"devices,omitempty"`
	// DeviceNumber counts the devices that were ever added; the next one's secret follows from it.
	DeviceNumber uint64 `json:"device_number,omitempty"`
	// Generation of the secrets that the server made; it rises when a deleted user comes back.
	Generation uint64 `json:"generation,omitempty"`
	// QRGeneration is that of the QR code's secret; it rises with Settings.SecretRegenerate.
	QRGeneration uint64 `json:"qr_generation,omitempty"`
	// Used are the codes of authenticators that were accepted, each of which passes only once.
	Used []UsedStep `json:"used,omitempty"`
	// Sent are the codes that went out by SMS, call or e-mail.
	Sent []SentCode `json:"sent,omitempty"`
	// Failures counts wrong codes in a row, for Settings.SuspendAfter.
	Failures int `json:"failures,omitempty"`
	// SuspendedUntil is the end of a suspension that wrong codes have caused.
	SuspendedUntil time.Time `json:"suspended_until,omitzero"`
	// DeletedAt is when Authy's API deleted the user; zero means it did not.
	DeletedAt time.Time `json:"deleted_at,omitzero"`
	// Calls are those that Settings.RateLimits counts.
	Calls      []CountedCall `json:"calls,omitempty"`
	Activities []Activity    `json:"activities,omitempty"` // as in [User]
}

// KeptDevice is an installed app in a [History].
type KeptDevice struct {
	ID        uint32    `json:"id"`         // of the device, below 2^31
	OS        string    `json:"os"`         // as in [Device]
	Secret    string    `json:"secret"`     // base32 without padding
	CreatedAt time.Time `json:"created_at"` // when the app was installed
}

// UsedStep is a code that was accepted. A secret and a period make the same code in the same step,
// whatever device or family they belong to.
type UsedStep struct {
	Secret string `json:"secret"` // base32 without padding
	// Period is the length of a step in seconds.
	Period int `json:"period"`
	// Step is the number of the step since 1970.
	Step int64 `json:"step"`
}

// SentCode is a code that went out to a person.
type SentCode struct {
	// Channel is sms, call or email.
	Channel string `json:"channel"`
	Code    string `json:"code"` // digits
	// Action is what the code was asked for; verify must then name the same action.
	Action  string    `json:"action,omitempty"`
	Expires time.Time `json:"expires"`        // until when it passes
	Sent    time.Time `json:"sent"`           // when it was sent first
	Used    bool      `json:"used,omitempty"` // it was accepted once
}

// CountedCall is one request about a user that a rate limit counts.
type CountedCall struct {
	// Kind is sms, call, email or verify.
	Kind string    `json:"kind"`
	At   time.Time `json:"at"` // by the world's clock
}

// Verification is a phone that is being verified by phones/verification.
type Verification struct {
	UUID        string    `json:"uuid"`                 // names the verification
	CountryCode int       `json:"country_code"`         // calling code
	Cellphone   string    `json:"cellphone"`            // the national number, digits only
	Code        string    `json:"code"`                 // digits
	Expires     time.Time `json:"expires"`              // until when the code passes
	VerifiedAt  time.Time `json:"verified_at,omitzero"` // zero until the code was right
}

// Month counts what an app did in one month, by the world's clock; app/stats reports it.
type Month struct {
	Year     int        `json:"year"`      // such as 2024
	Month    time.Month `json:"month"`     // 1 to 12
	APICalls int        `json:"api_calls"` // requests with the app's key
	Auths    int        `json:"auths"`     // codes accepted
	Calls    int        `json:"calls"`     // codes spoken
	SMS      int        `json:"sms"`       // codes texted
	Users    int        `json:"users"`     // users made
}
