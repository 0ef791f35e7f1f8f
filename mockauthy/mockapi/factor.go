package mockapi

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Factor is a TOTP factor of Twilio Verify as the control API shows it, with the secret that the
// real Verify tells only once.
type Factor struct {
	// SID is what the calls of Verify name it by: YF and 32 hex digits.
	SID string `json:"sid"`
	// Identity is that of the entity that the factor belongs to: the person, in the words of
	// Twilio.
	Identity string `json:"identity"`
	// EntitySID and ServiceSID are the entity and the service that it belongs to.
	EntitySID  string `json:"entity_sid"`
	ServiceSID string `json:"service_sid"`
	// FriendlyName is shown by the authenticator app.
	FriendlyName string `json:"friendly_name"`
	// Verified says that a code was right once; only then challenges are answered.
	Verified bool   `json:"verified"`
	Secret   string `json:"secret"` // base32 without padding
	Alg      string `json:"alg"`    // sha1, sha256 or sha512
	Digits   int    `json:"digits"` // of a code, 3 to 8
	Period   int    `json:"period"` // seconds of one step, 20 to 60
	// Skew is how many steps before and after the present one are taken, 0 to 2.
	Skew int `json:"skew"`
	// OTPAuth is the otpauth:// address that makes an authenticator app show the codes.
	OTPAuth string `json:"otpauth"`
	// CreatedAt is when the factor was made, to the second.
	CreatedAt time.Time `json:"created_at"`
}

// NewFactor describes a factor to add. Only Identity is required; it makes the entity where there
// is none.
type NewFactor struct {
	Identity string `json:"identity"` // 8 to 64 letters, digits and dashes
	// FriendlyName is shown by the authenticator app; empty means the identity.
	FriendlyName string `json:"friendly_name,omitempty"`
	// ServiceSID is the service; empty means the one that the account starts with.
	ServiceSID string `json:"service_sid,omitempty"`
	Secret     string `json:"secret,omitempty"` // base32; empty means a new one
	// Verified false is a factor that no code was right for yet; nil means true.
	Verified *bool  `json:"verified,omitempty"`
	Alg      string `json:"alg,omitempty"`    // sha1, sha256 or sha512; empty as the service says
	Digits   int    `json:"digits,omitempty"` // 3 to 8; 0 as the service says
	Period   int    `json:"period,omitempty"` // 20 to 60 seconds; 0 as the service says
	Skew     *int   `json:"skew,omitempty"`   // 0 to 2 steps; nil as the service says
}

// Challenge is a question for a code of a factor, and what became of it.
type Challenge struct {
	SID       string `json:"sid"`        // YC and 32 hex digits
	FactorSID string `json:"factor_sid"` // of the [Factor]
	Identity  string `json:"identity"`   // of the entity
	Status    string `json:"status"`     // pending, approved or expired
	// CreatedAt and ExpiresAt are when it was asked and until when it can be answered.
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// SentVerification is a code that Verify sent to a telephone number or an address.
type SentVerification struct {
	SID        string `json:"sid"`         // VE and 32 hex digits
	ServiceSID string `json:"service_sid"` // that sent it
	To         string `json:"to"`          // number or address
	Channel    string `json:"channel"`     // sms, call, email or whatsapp: that of the last message
	// Status is pending, approved, canceled, max_attempts_reached or expired.
	Status string `json:"status"`
	Code   string `json:"code"` // what was sent
	// Sends and WrongChecks count towards the limits of 60203 and 60202.
	Sends       int `json:"sends"`
	WrongChecks int `json:"wrong_checks"`
	// CreatedAt and ExpiresAt are when it was started and until when it can be checked.
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// FactorQuery picks a page of factors. A Limit of 0 is a thousand.
type FactorQuery struct {
	Search        string // part of a SID, identity or friendly name
	Offset, Limit int    // how many to skip, and how many to return at most
}

// Factors lists factors of all services, those of the oldest entities first.
func (c *Client) Factors(ctx context.Context, q FactorQuery) (List[Factor], error) {
	return get[List[Factor]](ctx, c, "factors", UserQuery(q).values())
}

// AddFactor makes a factor.
func (c *Client) AddFactor(ctx context.Context, factor NewFactor) (Factor, error) {
	return send[Factor](ctx, c, http.MethodPost, "factors", factor)
}

// Factor returns the factor with that SID, or the only one of that identity.
func (c *Client) Factor(ctx context.Context, ref string) (Factor, error) {
	return get[Factor](ctx, c, "factors/"+url.PathEscape(ref), nil)
}

// RemoveFactor removes a factor.
func (c *Client) RemoveFactor(ctx context.Context, ref string) error {
	return c.do(ctx, http.MethodDelete, "factors/"+url.PathEscape(ref), nil, nil)
}

// FactorToken returns the code of a factor, step steps from now.
func (c *Client) FactorToken(ctx context.Context, ref string, step int) (Token, error) {
	query := url.Values{}
	setNumber(query, "step", int64(step))
	return get[Token](ctx, c, "factors/"+url.PathEscape(ref)+"/token", query)
}

// Challenges lists challenges, oldest first. Empty arguments pick all factors and all statuses.
func (c *Client) Challenges(ctx context.Context, factor, status string) ([]Challenge, error) {
	query := url.Values{}
	set(query, "factor", factor)
	set(query, "status", status)
	list, err := get[List[Challenge]](ctx, c, "challenges", query)
	return list.Items, err
}

// Verifications lists codes that were sent to a telephone number or an address, oldest first; an
// empty to picks all.
func (c *Client) Verifications(ctx context.Context, to string) ([]SentVerification, error) {
	query := url.Values{}
	set(query, "to", to)
	list, err := get[List[SentVerification]](ctx, c, "verifications", query)
	return list.Items, err
}
