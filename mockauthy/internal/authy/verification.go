package authy

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Start is a request to verify a phone (Verify v1), which need not belong to a user.
type Start struct {
	Via           string // sms or call
	CountryCode   string
	Phone         string
	CodeLength    int // 0: as the settings say
	CustomCode    string
	CustomMessage string
}

// Started is the result of [App.StartVerification].
type Started struct {
	Phone   Phone
	Via     string
	Type    PhoneType
	Seconds int // until the code expires
	UUID    string
	SMSID   string // only with a custom code
}

// Verification is a phone that is being verified, as a State keeps it.
type Verification struct {
	UUID        string
	CountryCode int
	Cellphone   string
	Code        string
	Expires     time.Time
	VerifiedAt  time.Time

	phone Phone
}

// maxVerifications bounds how many phones an app keeps; the oldest go first.
const maxVerifications = 10_000

// StartVerification sends a code to a phone, the same one again during its lifetime
// (documentation).
func (a *App) StartVerification(q Start) (Started, error) {
	phone, err := a.verifiable(q.CountryCode, q.Phone)
	if err != nil {
		return Started{}, err
	}
	kind := phone.phoneType()
	a.mu.Lock()
	started, message, err := a.start(q, phone, kind)
	a.mu.Unlock()
	if err != nil {
		return Started{}, err
	}
	a.deliver(message)
	return started, nil
}

// verifiable parses a number to which a code can be sent; the error is 60033.
func (a *App) verifiable(code, number string) (Phone, error) {
	phone, err := a.named(code, number)
	if err != nil {
		return Phone{}, err
	}
	if s := a.Settings(); !s.usable(phone) {
		return Phone{}, must("60033").because("the country has no such number (phone_check is %s)", s.PhoneCheck)
	}
	return phone, nil
}

// named parses a number that a request is about; the error is 60033. A number that the country does
// not have is not an error, but has nothing pending (live test of check in authy-java: country 1,
// 282-23).
func (a *App) named(code, number string) (Phone, error) {
	phone, err := ParsePhone(code, number)
	if err != nil {
		return Phone{}, must("60033").because("the number %v", err)
	}
	if s := a.Settings(); s.magic(phone, "") == magicInvalid {
		return Phone{}, must("60033").because("invalid, as the magic number chose")
	}
	return phone, nil
}

func (a *App) start(q Start, phone Phone, kind PhoneType) (Started, Message, error) {
	s := a.settings
	if s.magic(phone, "") == magicLandline {
		kind = Landline
	}
	switch {
	case q.Via == "sms" && kind == Landline:
		return Started{}, Message{}, must("60082").because("the number is a landline's")
	case q.CustomCode != "" && !s.Verification.CustomCodes:
		e := must("60021").because("the app may not choose codes")
		e.Message += ": custom codes are not allowed."
		return Started{}, Message{}, e
	case q.CustomMessage != "" && !s.Verification.CustomMessages:
		// The code 60091 is documented for this and was not seen; what was seen is this (an issue
		// of node-authy, 2020).
		e := must("60021").because("the app may not choose messages")
		e.Message += ": custom messages are not allowed."
		return Started{}, Message{}, e
	}
	now := a.now()
	v := a.verifications[phone]
	if v == nil || !v.VerifiedAt.IsZero() || !now.Before(v.Expires) || q.CustomCode != "" {
		v = a.newVerification(q, phone)
	}
	started := Started{Phone: phone, Via: q.Via, Type: kind, Seconds: v.secondsLeft(now), UUID: v.UUID}
	text := fmt.Sprintf("Your %s verification code is: %s", s.AppName, v.Code)
	if q.CustomMessage != "" {
		text = strings.ReplaceAll(q.CustomMessage, "{{code}}", v.Code)
	}
	if q.CustomCode != "" {
		started.SMSID = "SM" + a.randomHex(16)
	}
	return started, Message{At: now, Channel: q.Via, To: phone.E164(), Text: text, Code: v.Code}, nil
}

func (a *App) newVerification(q Start, phone Phone) *Verification {
	length := q.CodeLength
	if length == 0 {
		length = a.settings.Verification.Digits
	}
	code := q.CustomCode
	switch {
	case code != "":
	case a.settings.Sandbox:
		code = strings.Repeat("0", length)
	default:
		code = a.randomDigits(length)
	}
	id, err := uuid.NewRandomFromReader(a.rand)
	if err != nil {
		panic(fmt.Sprintf("authy app: random source: %v", err)) // see randomDigits
	}
	v := &Verification{UUID: id.String(), CountryCode: phone.CountryCode(), Cellphone: phone.National(), Code: code,
		Expires: a.now().Add(a.settings.Verification.Lifetime), phone: phone}
	a.keepVerification(v)
	return v
}

func (a *App) keepVerification(v *Verification) {
	if len(a.verified) >= maxVerifications {
		oldest := a.verified[0]
		if a.verifications[oldest.phone] == oldest {
			delete(a.verifications, oldest.phone)
		}
		a.verified = a.verified[1:]
	}
	a.verified = append(a.verified, v)
	a.verifications[v.phone] = v
}

// secondsLeft counts as in the captures, where a fresh code has 599.
func (v *Verification) secondsLeft(now time.Time) int {
	return max(0, int(v.Expires.Sub(now)/time.Second)-1)
}

// CheckVerification compares a code with the pending one of a phone. Errors are 60033, 60023 when
// none is pending, and 60022.
func (a *App) CheckVerification(code, number, token string) error {
	phone, err := a.named(code, number)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	v, now := a.verifications[phone], a.now()
	switch {
	case v == nil:
		return noneFor(phone.Grouped(), "none was started")
	case !v.VerifiedAt.IsZero():
		return noneFor(phone.Grouped(), "the phone was verified already")
	case !now.Before(v.Expires):
		return noneFor(phone.Grouped(), "the code has expired")
	case v.Code != token:
		return must("60022").because("not the code that was sent")
	}
	v.VerifiedAt = now
	return nil
}

func noneFor(what, reason string) error {
	e := must("60023").because("%s", reason)
	e.Message = "No pending verifications for " + what + " found."
	return e
}

// VerificationStatus returns the status of the verification with that uuid, or of the newest one of
// a phone: pending, verified or expired.
func (a *App) VerificationStatus(id, code, number string) (status string, seconds int, err error) {
	phone, what := Phone{}, id
	if id == "" {
		if phone, err = a.named(code, number); err != nil {
			return "", 0, err
		}
		what = phone.Grouped()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	v := a.verifications[phone]
	for _, x := range a.verified {
		if id != "" && x.UUID == strings.ToLower(id) {
			v = x
		}
	}
	now := a.now()
	switch {
	case v == nil:
		return "", 0, noneFor(what, "none was started")
	case !v.VerifiedAt.IsZero():
		return "verified", v.secondsLeft(now), nil
	case !now.Before(v.Expires):
		return "expired", 0, nil
	}
	return "pending", v.secondsLeft(now), nil
}

// PhoneInfo classifies a number. The error is 60033.
func (a *App) PhoneInfo(code, number string) (PhoneType, time.Time, error) {
	s := a.Settings()
	if s.Sandbox { // which did not look at the number
		return Landline, a.now(), nil
	}
	phone, err := a.verifiable(code, number)
	if err != nil {
		return "", time.Time{}, err
	}
	if s.magic(phone, "") == magicLandline {
		return Landline, a.now(), nil
	}
	return phone.phoneType(), a.now(), nil
}
