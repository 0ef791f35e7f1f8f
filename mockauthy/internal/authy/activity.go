package authy

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"
)

// Activity is something that an application told Authy about a user.
type Activity struct {
	Type string // one of ActivityTypes
	At   time.Time
}

// ActivityTypes are the documented types of register_activity.
func ActivityTypes() []string {
	return []string{"password_reset", "banned", "unbanned", "cookie_login"}
}

// maxActivities bounds what is kept of one user; the oldest go first.
const maxActivities = 100

// RegisterActivity records an activity of a user and returns the user's id.
func (a *App) RegisterActivity(id, kind string) (int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.find(id)
	if err != nil {
		return 0, err
	}
	if !slices.Contains(ActivityTypes(), kind) {
		return 0, must("60029").because("type %.40q is not one of %q", kind, ActivityTypes())
	}
	x := u.makeExtra()
	if len(x.activities) >= maxActivities {
		x.activities = x.activities[1:]
	}
	x.activities = append(x.activities, Activity{Type: kind, At: a.now()})
	return int64(u.id), nil
}

// UpdateEmail makes email the user's first one.
func (a *App) UpdateEmail(id, email string) (int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.find(id)
	switch {
	case err != nil:
		return 0, err
	case !looksLikeEmail(email):
		return 0, invalidUser([]FieldError{{"email", "is invalid"}})
	}
	u.email = email
	return int64(u.id), nil
}

// Mailed is the result of [App.SendEmail].
type Mailed struct {
	User  int64
	Email string
	ID    string // EM and 32 hex digits
}

// SendEmail sends a code to the user's first e-mail address.
func (a *App) SendEmail(q SendRequest) (Mailed, error) {
	a.mu.Lock()
	mailed, message, err := a.mail(q)
	a.mu.Unlock()
	if err != nil {
		return Mailed{}, err
	}
	a.deliver(message)
	return mailed, nil
}

func (a *App) mail(q SendRequest) (Mailed, Message, error) {
	u, err := a.find(q.User)
	if err != nil {
		return Mailed{}, Message{}, err
	}
	if err := a.blocked(u); err != nil {
		return Mailed{}, Message{}, err
	}
	if u.email == "" {
		return Mailed{}, Message{}, must("60038").because("the user has no e-mail address")
	}
	if err := a.limit(u, "email", a.settings.RateLimits.SMS); err != nil {
		return Mailed{}, Message{}, err
	}
	code := a.newCode(u, "email", q.Action)
	mailed := Mailed{User: int64(u.id), Email: u.email, ID: "EM" + a.randomHex(16)}
	return mailed, Message{At: a.now(), User: int64(u.id), Channel: "email", To: u.email, Code: code,
		Text: fmt.Sprintf("Your %s verification code is: %s", a.settings.AppName, code)}, nil
}

// randomHex returns n random bytes as hex.
func (a *App) randomHex(n int) string {
	b := make([]byte, n)
	if _, err := io.ReadFull(a.rand, b); err != nil {
		panic(fmt.Sprintf("authy app: random source: %v", err)) // see randomDigits
	}
	return hex.EncodeToString(b)
}

// Exported is the result of [App.ExportSecret].
type Exported struct {
	User   int64
	Secret string // base32
	OTP    string // its present code
}

// ExportSecret returns the secret behind a user's QR code, for moving to Twilio Verify.
func (a *App) ExportSecret(id string) (Exported, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.migrating(id)
	if err != nil {
		return Exported{}, err
	}
	w, secret := a.settings.TOTP.Generic, a.qrSecret(u)
	return Exported{User: int64(u.id), Secret: secret, OTP: w.Code(secret, w.Step(a.now()))}, nil
}

// PhoneOf returns the whole telephone number of a user, for moving to Twilio Verify.
func (a *App) PhoneOf(id string) (Phone, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.migrating(id)
	if err != nil {
		return Phone{}, err
	}
	return u.phone, nil
}

func (a *App) migrating(id string) (*user, error) {
	if !a.settings.MigrationToolsEnabled {
		return nil, must("60154").because("the app has its migration tools switched off")
	}
	return a.find(id)
}
