package authy

import "strings"

// Magic is a behaviour that a telephone number or an e-mail chooses, so that a test in any language
// needs no call of the control API. The numbers are those that Twilio itself keeps free for tests,
// +1 500-555-00xx; an e-mail chooses with a tag, as in ann+mock-suspended@x.test. The number
// decides before the first e-mail does.
type Magic struct {
	Name  string // the tag without mock-
	Phone string // the national number in country 1
	Doc   string
}

const (
	magicInvalid       = "invalid"
	magicSuspended     = "suspended"
	magicLimited       = "limited"
	magicUndeliverable = "undeliverable"
	magicDisabled      = "disabled"
	magicUnregistered  = "unregistered"
	magicBroken        = "broken"
	magicLandline      = "landline"
	magicApproves      = "approves"
	magicDenies        = "denies"
)

var magics = [...]Magic{
	{magicInvalid, "5005550001", "users/new answers 60027, phone verification 60033"},
	{magicSuspended, "5005550002", "verify, sms, call and email answer 60017"},
	{magicLimited, "5005550003", "verify, sms, call and email answer 60003"},
	{magicUndeliverable, "5005550004", "sms answers 60015, call 60014"},
	{magicDisabled, "5005550005", "verify, sms, call and email answer 60018"},
	{magicUnregistered, "5005550006", "users/new gives no device, whatever auto_register says"},
	{magicBroken, "5005550007", "verify, sms, call and email answer 500 and 60000"},
	{magicLandline, "5005550008", "phone verification by SMS answers 60082, phones/info says landline"},
	{magicApproves, "5005550009", "approval requests are approved at once"},
	{magicDenies, "5005550010", "approval requests are denied at once"},
}

// Magics returns all magic behaviours.
func Magics() []Magic { return append([]Magic{}, magics[:]...) }

// magic names the behaviour that a phone and an e-mail choose, "" for none.
func (s *Settings) magic(p Phone, email string) string {
	if !s.Magic || s.Strict {
		return ""
	}
	if p.code == 1 && p.digits == 10 && p.number/100 == 50055500 {
		for i := range magics {
			if magics[i].Phone == p.National() {
				return magics[i].Name
			}
		}
	}
	if _, tag, ok := strings.Cut(email, "+mock-"); ok {
		tag, _, _ = strings.Cut(tag, "@")
		for i := range magics {
			if magics[i].Name == tag {
				return tag
			}
		}
	}
	return ""
}

// blocked says why nothing can be verified for u or sent to u, nil when it can.
func (a *App) blocked(u *user) *Error {
	magic := a.settings.magic(u.phone, u.email)
	chosen := ""
	if magic != "" {
		chosen = ", as the magic number or e-mail chose"
	}
	switch {
	case magic == magicBroken:
		return must("60000").withStatus(500).because("broken%s", chosen)
	case magic == magicLimited:
		return must("60003").withStatus(a.settings.RateLimitStatus).because("limited%s", chosen)
	case magic == magicSuspended || a.suspended(u):
		return must("60017").withStatus(a.settings.SuspendStatus).because("the user is suspended%s", chosen)
	case magic == magicDisabled || u.flags.has(disabled):
		return must("60018").because("the user is disabled%s", chosen)
	}
	return nil
}
