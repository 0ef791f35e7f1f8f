package mockapi

import "time"

// VerifySettings decide what nobody outside Twilio knows of Verify v2, and which limits hold. Where
// the comment names no source, there is none.
type VerifySettings struct {
	// WrongCode is what a wrong code for a challenge gets: "pending" (status of a 201 or 200; what
	// Twilio's own samples and their tests expect) or "60324" (403; still in the error dictionary).
	WrongCode string `json:"wrong_code"`
	// Replay says whether a code that was approved is approved again in another challenge: "refuse"
	// answers as to a wrong code, "allow" proves that the client itself remembers used codes.
	Replay string `json:"replay"`
	// MalformedCode is what a code of another length, or with other characters than digits, gets:
	// "60300" or "pending", as a wrong code.
	MalformedCode string `json:"malformed_code"`
	// Reverify says what a code for a factor that is verified already does: "ignore" does not look
	// at it, "judge" makes the factor unverified when it is wrong.
	Reverify string `json:"reverify"`
	// ConfigChange says what another configuration does to a verified factor: "keep" or "unverify".
	ConfigChange string `json:"config_change"`
	// NotFound is the error for an entity, a factor or a challenge that is not there: "20404" or
	// "6039x" (60390, 60391, 60392 of the error dictionary).
	NotFound string `json:"not_found"`
	// NotFoundPath is the path in the message of 20404: "new" has /v2 before it (capture of 2025),
	// "old" does not (captures until 2023).
	NotFoundPath string `json:"not_found_path"`
	// IdentityCase says whether identities that differ in case alone are two: "sensitive" or
	// "insensitive".
	IdentityCase string `json:"identity_case"`
	// SameSecret says whether an entity may have the same secret twice: "allow" or "60317".
	SameSecret string `json:"same_secret"`
	// SecretForm is how an imported secret may be written: "lenient" takes lower case, blanks,
	// dashes and padding, "strict" answers 60314 to them.
	SecretForm string `json:"secret_form"`
	// ShortestSecret is the least length of an imported secret in bytes; shorter ones are 60314.
	ShortestSecret int `json:"shortest_secret"`
	// ExpirationDate says what a date that is past, or more than an hour ahead, does: "refuse"
	// answers 60300, "clamp" moves it to the nearest one that can be.
	ExpirationDate string `json:"expiration_date"`
	// EntityDelete says what deleting an entity does to its factors: "cascade" deletes them
	// (inferred), "refuse" answers 60306.
	EntityDelete string `json:"entity_delete"`
	// DateResponded is date_responded of a challenge that nobody answered: "null" (inferred) or
	// "set" (all examples of the OpenAPI document).
	DateResponded string `json:"date_responded"`
	// CheckStatus is the HTTP status of VerificationCheck: 200 or 201 (the OpenAPI document has
	// both).
	CheckStatus int `json:"check_status"`
	// CountFailed says whether challenges with a wrong code count for 60312.
	CountFailed bool `json:"count_failed"`
	// UnverifiedFor is how long a factor may stay unverified before it is gone: 1 to 24 hours, says
	// the error dictionary (60318).
	UnverifiedFor Duration `json:"unverified_for"`
	// Limits switches the limits of the error dictionary on: 60203, 60312, 60315, 60326 and 60328.
	// Those on wrong codes (60202, 60308, 60310) always hold.
	Limits bool `json:"limits"`
}

// VerifyState is the Verify side of a world.
type VerifyState struct {
	// Services are oldest first. A document without them has the one service that a world starts
	// with.
	Services []VerifyService `json:"services,omitzero"`
}

// VerifyService is a service with what it holds. What a document leaves out is as in a new service.
type VerifyService struct {
	// SID begins with VA; one is made where it is empty. For the first service that is the
	// service_sid of [App].
	SID          string `json:"sid,omitempty"`
	FriendlyName string `json:"friendly_name,omitempty"` // its name; empty: Mock Verify
	// CodeLength is that of sent codes, 4 to 10; 0 is 6.
	CodeLength int `json:"code_length,omitempty"`
	// TOTP is how the codes of new factors are made; the zero value is sha1, 6 digits, 30 seconds
	// and a skew of one step.
	TOTP VerifyTOTP `json:"totp,omitzero"`
	// Issuer of TOTP factors; empty is the friendly name.
	Issuer string `json:"issuer,omitempty"`

	CustomCodeEnabled  bool `json:"custom_code_enabled,omitempty"`   // a client may choose the code
	Psd2Enabled        bool `json:"psd2_enabled,omitempty"`          // codes are bound to amount and payee
	LookupEnabled      bool `json:"lookup_enabled,omitempty"`        // without effect, as all that follow
	SkipSmsToLandlines bool `json:"skip_sms_to_landlines,omitempty"` // can be read back
	DtmfInputRequired  bool `json:"dtmf_input_required,omitempty"`   // can be read back

	DoNotShareWarningEnabled       bool   `json:"do_not_share_warning_enabled,omitempty"`      // can be read back
	VerifyEventSubscriptionEnabled bool   `json:"verify_event_subscription_enabled,omitempty"` // can be read back
	TtsName                        string `json:"tts_name,omitempty"`                          // can be read back
	DefaultTemplateSID             string `json:"default_template_sid,omitempty"`              // can be read back

	// Idle are parameters of push, WhatsApp's senders and passkeys, by name; they can be read back.
	Idle map[string]string `json:"idle,omitempty"`

	// CreatedAt and UpdatedAt are when it was made and last changed, to the second.
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`

	// These are oldest first.
	Entities      []VerifyEntity       `json:"entities,omitempty"`
	Verifications []VerifyVerification `json:"verifications,omitempty"` // sent codes
	RateLimits    []VerifyRateLimit    `json:"rate_limits,omitempty"`   // on sent codes
	Webhooks      []VerifyWebhook      `json:"webhooks,omitempty"`      // who is told
}

// VerifyTOTP is how the codes of a factor are made.
type VerifyTOTP struct {
	Alg        string `json:"alg"`         // "sha1", "sha256" or "sha512"
	Skew       int    `json:"skew"`        // accepted steps each way, 0 to 2
	CodeLength int    `json:"code_length"` // digits, 3 to 8
	TimeStep   int    `json:"time_step"`   // seconds, 20 to 60
}

// VerifyEntity is an entity with its factors.
type VerifyEntity struct {
	SID string `json:"sid,omitempty"` // begins with YE; made where it is empty
	// Identity has 8 to 64 letters, digits and dashes.
	Identity  string         `json:"identity"`
	CreatedAt time.Time      `json:"created_at,omitzero"` // when it was made, to the second
	UpdatedAt time.Time      `json:"updated_at,omitzero"` // when it was last changed
	Factors   []VerifyFactor `json:"factors,omitempty"`   // oldest first
}

// VerifyFactor is a TOTP factor with its challenges.
type VerifyFactor struct {
	SID          string `json:"sid,omitempty"`           // begins with YF; made where it is empty
	FriendlyName string `json:"friendly_name,omitempty"` // empty: the identity
	Secret       string `json:"secret,omitempty"`        // base32; made where it is empty
	Verified     bool   `json:"verified"`                // by a right code; only then it takes challenges
	// Config is the service's where it is left out.
	Config    VerifyTOTP `json:"config,omitzero"`
	Metadata  string     `json:"metadata,omitempty"`  // JSON text
	CreatedAt time.Time  `json:"created_at,omitzero"` // when it was made, to the second
	UpdatedAt time.Time  `json:"updated_at,omitzero"` // when it was last changed
	Tries     int        `json:"tries,omitempty"`     // wrong codes while unverified
	// Used are the steps since 1970 whose codes were approved.
	Used       []int64           `json:"used,omitempty"`
	Challenges []VerifyChallenge `json:"challenges,omitempty"` // oldest first
}

// VerifyChallenge is a challenge of a factor.
type VerifyChallenge struct {
	SID         string         `json:"sid,omitempty"`            // begins with YC; made where it is empty
	CreatedAt   time.Time      `json:"created_at"`               // when it was made, to the second
	UpdatedAt   time.Time      `json:"updated_at"`               // when it was last changed
	ExpiresAt   time.Time      `json:"expires_at"`               // until when it can be answered
	RespondedAt time.Time      `json:"responded_at,omitzero"`    // zero: not answered
	Tries       int            `json:"tries,omitempty"`          // wrong codes
	Approved    bool           `json:"approved,omitempty"`       // by a right code
	Hidden      string         `json:"hidden_details,omitempty"` // JSON text
	Metadata    string         `json:"metadata,omitempty"`       // JSON text
	Details     *VerifyDetails `json:"details,omitempty"`        // what a push would show
}

// VerifyDetails are what a push would show.
type VerifyDetails struct {
	Message string              `json:"message"`          // the question
	Date    time.Time           `json:"date,omitzero"`    // of what is asked about
	Fields  []VerifyDetailField `json:"fields,omitempty"` // in their order
}

// VerifyDetailField is one line of [VerifyDetails].
type VerifyDetailField struct {
	Label string `json:"label"` // at most 36 characters
	Value string `json:"value"` // at most 128 characters
}

// VerifyVerification is a code that was sent to a telephone number or an address.
type VerifyVerification struct {
	SID     string `json:"sid"`     // begins with VE
	To      string `json:"to"`      // + and digits, or an address
	Channel string `json:"channel"` // of the last message: sms, call, email or whatsapp
	Code    string `json:"code"`    // what was sent
	// Status is pending, approved, canceled or max_attempts_reached.
	Status    string       `json:"status"`
	Amount    string       `json:"amount,omitempty"` // of PSD2
	Payee     string       `json:"payee,omitempty"`  // of PSD2
	Checks    int          `json:"checks,omitempty"` // wrong ones
	Sends     []VerifySend `json:"sends"`            // one at least, oldest first
	CreatedAt time.Time    `json:"created_at"`       // the code lives for ten minutes from then on
	UpdatedAt time.Time    `json:"updated_at"`       // when it was last changed
}

// VerifySend is one message of a [VerifyVerification].
type VerifySend struct {
	SID     string    `json:"sid"`     // begins with VL
	Channel string    `json:"channel"` // as in [VerifyVerification]
	At      time.Time `json:"at"`      // when it was sent
}

// VerifyRateLimit bounds how many codes are sent for one value of what a client counts by.
type VerifyRateLimit struct {
	SID         string         `json:"sid"`                   // begins with RK
	UniqueName  string         `json:"unique_name"`           // by which a start names what it counts
	Description string         `json:"description,omitempty"` // for people
	Buckets     []VerifyBucket `json:"buckets,omitempty"`     // oldest first
	CreatedAt   time.Time      `json:"created_at"`            // when it was made, to the second
	UpdatedAt   time.Time      `json:"updated_at"`            // when it was last changed
}

// VerifyBucket is a number of starts in a time.
type VerifyBucket struct {
	SID       string    `json:"sid"`        // begins with BL
	Max       int       `json:"max"`        // how many starts
	Interval  int       `json:"interval"`   // in so many seconds
	CreatedAt time.Time `json:"created_at"` // when it was made, to the second
	UpdatedAt time.Time `json:"updated_at"` // when it was last changed
}

// VerifyWebhook is an address that a client wants to be told of events. Nobody is called.
type VerifyWebhook struct {
	SID          string    `json:"sid"`           // begins with YW
	FriendlyName string    `json:"friendly_name"` // its name
	URL          string    `json:"webhook_url"`   // that is called
	EventTypes   []string  `json:"event_types"`   // * or names such as factor.verified
	Status       string    `json:"status"`        // enabled or disabled
	Version      string    `json:"version"`       // v1 or v2
	CreatedAt    time.Time `json:"created_at"`    // when it was made, to the second
	UpdatedAt    time.Time `json:"updated_at"`    // when it was last changed
}
