package authy

import (
	"encoding/binary"
	"fmt"
	"time"

	"sftpgo-authy/mockauthy/internal/totp"
)

// Family names a kind of code.
type Family string

// The two kinds of code that a user's devices show.
const (
	AppFamily     Family = "app"     // the Authy app: 7 digits, 10 s (exports of the app, SFTPGo's README)
	GenericFamily Family = "generic" // other authenticator apps: 6 digits, 30 s (documentation)
)

// secretBytes is the length of a generated secret, as RFC 4226 recommends.
const secretBytes = 20

// derivedDevice returns the app device of a user with that number. It is derived from the seed and
// not stored.
func (a *App) derivedDevice(u *user, number uint64) device {
	sum := a.mac("device", u.id, u.readExtra().generation<<32|number)
	return device{
		id: binary.BigEndian.Uint32(sum[secretBytes:])&0x7fffffff | 1, os: "android", created: u.created,
		secret: totp.Secret(sum[:secretBytes]),
	}
}

// qrSecret is the secret in the QR code of u. It exists before anybody asks for it, which nobody
// can tell.
func (a *App) qrSecret(u *user) string {
	x := u.readExtra()
	if x.secret != "" && x.qrGeneration == 0 {
		return x.secret
	}
	sum := a.mac("generic", u.id, x.generation<<32|x.qrGeneration)
	return totp.Secret(sum[:secretBytes])
}

// window returns the settings of a family.
func (s *Settings) window(f Family) totp.Window {
	if f == GenericFamily {
		return s.TOTP.Generic
	}
	return s.TOTP.App
}

// Code is a code as an authenticator would show it.
type Code struct {
	Token     string
	Family    Family
	Device    int64 // id of the device that shows it; 0 for generic, which any authenticator may
	Digits    int
	Period    int           // seconds
	ExpiresIn time.Duration // until the step of the code ends; negative for a past one
	Secret    string        // base32
}

// Code returns the code of a user for the step that is offset steps from now; of several devices,
// that of the first. family may be empty: the app's for a user who has the app, else generic.
// Errors are ErrNoUser, ErrNoDevice and *FieldProblem.
func (a *App) Code(id int64, family Family, offset int) (Code, error) {
	codes, err := a.Codes(id, family, offset)
	if err != nil {
		return Code{}, err
	}
	return codes[0], nil
}

// Codes is as [App.Code], with a code for each device, at least one.
func (a *App) Codes(id int64, family Family, offset int) ([]Code, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, ok := a.users[uint32(id)]
	if !ok || int64(u.id) != id {
		return nil, fmt.Errorf("user %d: %w", id, ErrNoUser)
	}
	if family == "" {
		family = AppFamily
		if !u.registered() {
			family = GenericFamily
		}
	}
	var shownBy []device
	switch family {
	case AppFamily:
		if shownBy = a.devices(u); len(shownBy) == 0 {
			return nil, fmt.Errorf("user %d: %w", id, ErrNoDevice)
		}
	case GenericFamily:
		shownBy = []device{{secret: a.qrSecret(u)}}
	default:
		return nil, problem("", "family %q: want %q or %q", family, AppFamily, GenericFamily)
	}
	w := a.settings.window(family)
	now := a.now()
	step := w.Step(now) + int64(offset)
	if step < 0 {
		return nil, problem("", "step %d: there are no codes before 1970", offset)
	}
	codes := make([]Code, len(shownBy))
	for i, d := range shownBy {
		codes[i] = Code{
			Token: w.Code(d.secret, step), Family: family, Device: int64(d.id), Digits: w.Digits,
			Period: w.Period, Secret: d.secret,
			ExpiresIn: time.Unix((step+1)*int64(w.Period), 0).Sub(now),
		}
	}
	return codes, nil
}
