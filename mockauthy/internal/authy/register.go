package authy

import (
	"slices"
	"strings"
	"time"
)

// Registration is a request to users/new.
type Registration struct {
	Email, Cellphone, CountryCode string
}

// Registered is the result of [App.Register].
type Registered struct {
	User   int64
	Reason string // "created", "known phone, e-mail added", …
}

// Register makes a user. For a known phone it returns the same id, adds the e-mail and revives a
// deleted user (documentation, Twilio staff 2018).
func (a *App) Register(r Registration) (Registered, error) {
	var wrong []FieldError
	if !looksLikeEmail(r.Email) {
		wrong = append(wrong, FieldError{"email", "is invalid"})
	}
	code := r.CountryCode
	if _, err := parseCountryCode(code); err != nil {
		wrong = append(wrong, FieldError{"country_code", "is invalid"})
		code = "1" // so that the phone is judged too
	}
	phone, err := ParsePhone(code, r.Cellphone)
	if err != nil {
		wrong = append(wrong, FieldError{"cellphone", "is invalid"})
	}
	if wrong != nil {
		return Registered{}, invalidUser(wrong)
	}
	s := a.Settings()
	magic := s.magic(phone, r.Email)
	if magic == magicInvalid || !s.usable(phone) {
		return Registered{}, invalidUser([]FieldError{{"cellphone", "is invalid"}})
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if u := a.phones[phone]; u != nil {
		return a.registerAgain(u, r.Email, magic), nil
	}
	u := &user{id: a.freeID(phone), phone: phone, email: r.Email, created: a.now().Unix()}
	u.flags.set(firstDevice, a.settings.AutoRegister && magic != magicUnregistered)
	u.flags.set(confirmed, a.settings.Sandbox)
	a.insert(u)
	a.month().Users++
	return Registered{User: int64(u.id), Reason: "new phone, new user"}, nil
}

func invalidUser(wrong []FieldError) *Error {
	e := must("60027")
	e.Fields = wrong
	var names []string
	for _, f := range wrong {
		names = append(names, f.Field)
	}
	e.Reason = strings.Join(names, ", ") + " missing or malformed"
	return e
}

func (a *App) registerAgain(u *user, email, magic string) Registered {
	reason := "known phone, same user"
	if u.email != email && !slices.Contains(u.readExtra().emails, email) {
		const maxEmails = 100
		if x := u.makeExtra(); len(x.emails) < maxEmails {
			x.emails = append(x.emails, email)
		}
		reason += ", e-mail added"
	}
	if x := u.extra; x != nil && !x.deletedAt.IsZero() {
		if a.gone(u) { // starts anew under its old id, with new secrets
			x.generation++
			x.deviceNumber, x.qrGeneration = 0, 0
			x.devices, x.sent, x.failures, x.suspendedUntil = nil, nil, 0, time.Time{}
			u.flags.set(confirmed, a.settings.Sandbox)
			u.flags.set(firstDevice, a.settings.AutoRegister && magic != magicUnregistered)
		}
		x.deletedAt = time.Time{}
		reason += ", revived"
	}
	return Registered{User: int64(u.id), Reason: reason}
}

// looksLikeEmail is deliberately loose: one @ with something on both sides, and no blanks or
// control characters.
func looksLikeEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && host != "" && len(s) <= 254 && !strings.Contains(host, "@") &&
		!strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".") &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return r <= ' ' || r == 0x7f || strings.ContainsRune(`<>()[],;:\"`, r)
		})
}

// Delete marks a user for deletion, which takes effect after the grace period. Until then the call
// can be repeated.
func (a *App) Delete(id string) (int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.find(id)
	if err != nil {
		return 0, err
	}
	if x := u.makeExtra(); x.deletedAt.IsZero() {
		x.deletedAt = a.now()
	}
	return int64(u.id), nil
}

// Status is what users/{id}/status reports.
type Status struct {
	User
	PhoneMask       string
	AccountDisabled bool
	DeviceTypes     []string // distinct, in the order of the devices
}

// Status returns the status of a user.
func (a *App) Status(id string) (Status, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.find(id)
	if err != nil {
		return Status{}, err
	}
	s := Status{User: a.view(u), PhoneMask: u.phone.StatusMask(), DeviceTypes: []string{},
		AccountDisabled: u.flags.has(disabled) || a.leaving(u)}
	for _, d := range s.Devices {
		if !slices.Contains(s.DeviceTypes, d.OS) {
			s.DeviceTypes = append(s.DeviceTypes, d.OS)
		}
	}
	return s, nil
}
