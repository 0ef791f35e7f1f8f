package authy

import (
	"encoding/hex"
	"net/url"
	"strconv"
)

// QRCode is the result of [App.NewQRCode]: a secret for other authenticator apps, as a picture.
type QRCode struct {
	User   int64
	Label  string
	Issuer string
	Ticket string // proves, as part of a URL, that the picture was asked for with the app's key
}

// NewQRCode returns what users/{id}/secret answers. An empty label becomes the e-mail and the app's
// name. As with the real service, the secret itself is only in the picture.
func (a *App) NewQRCode(id, label string) (QRCode, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.find(id)
	switch {
	case err != nil:
		return QRCode{}, err
	case !a.settings.GenericTokensEnabled:
		return QRCode{}, must("60123").because("the app has generic tokens switched off")
	}
	if a.settings.SecretRegenerate {
		u.makeExtra().qrGeneration++
	}
	if label == "" {
		label = u.email + " (" + a.settings.AppName + ")"
	}
	return QRCode{User: int64(u.id), Label: label, Issuer: a.settings.AppName, Ticket: a.ticket(u.id)}, nil
}

// ticket proves in the URL of a picture, which is fetched without a key, that the app asked for it.
func (a *App) ticket(id uint32) string {
	sum := a.mac("qr ticket", id, 0)
	return hex.EncodeToString(sum[:16])
}

// QRText returns the otpauth URI in the picture of a user; false when the ticket is not this app's
// ticket for that user.
func (a *App) QRText(id, ticket, label string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, _ := a.lookup(id)
	if u == nil || ticket != a.ticket(u.id) {
		return "", false
	}
	return a.otpauth(u, GenericFamily, a.qrSecret(u), label), true
}

func (a *App) otpauth(u *user, f Family, secret, label string) string {
	if label == "" {
		if label = u.email; label == "" {
			label = u.phone.E164()
		}
	}
	w := a.settings.window(f)
	// Authenticator apps want %20 and not + for a blank, so url.Values.Encode is no use here.
	issuer := url.PathEscape(a.settings.AppName)
	return "otpauth://totp/" + issuer + ":" + url.PathEscape(label) + "?secret=" + secret + "&issuer=" + issuer +
		"&algorithm=SHA1&digits=" + strconv.Itoa(w.Digits) + "&period=" + strconv.Itoa(w.Period)
}
