package authy

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// PhoneType is the type of a number, as phones/info reports it.
type PhoneType string

// The four documented types.
const (
	Cellphone PhoneType = "cellphone"
	Landline  PhoneType = "landline"
	VoIP      PhoneType = "voip"
	Unknown   PhoneType = "unknown"
)

// usable says whether the setting phone_check lets a number pass.
func (s *Settings) usable(p Phone) bool {
	if s.PhoneCheck == "digits" || p.fiction() {
		return true
	}
	n, err := phonenumbers.Parse(p.E164(), "")
	if err != nil {
		return false
	}
	if s.PhoneCheck == "valid" {
		return phonenumbers.IsValidNumber(n)
	}
	// A number that can be dialled only within its town is invalid (capture of country 54, 555-9302
	// in authy-rs).
	return phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE
}

// phoneType classifies a number by the country's numbering plan.
func (p Phone) phoneType() PhoneType {
	n, err := phonenumbers.Parse(p.E164(), "")
	if err != nil {
		return Unknown
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.PERSONAL_NUMBER:
		return Cellphone
	case phonenumbers.FIXED_LINE:
		return Landline
	case phonenumbers.VOIP:
		return VoIP
	}
	if p.fiction() {
		return Cellphone
	}
	return Unknown
}

// fictions are numbers reserved for fiction and tests, as prefixes of the number with its country
// code and the length of the whole: North America (555-01xx), Twilio's test numbers, Ofcom's and
// ACMA's drama numbers, and the one of Authy's own tutorial.
var fictions = [...]struct {
	prefix string
	length int
}{
	{"150055500", 11},
	{"447700900", 12}, {"442079460", 12}, {"441632960", 12},
	{"61491570", 11}, {"61255501", 11},
	{"543173389302", 12},
}

// fiction says whether a number is reserved for fiction and tests, so that nobody can have it.
func (p Phone) fiction() bool {
	whole := strings.TrimPrefix(p.E164(), "+")
	if p.code == 1 && len(whole) == 11 && whole[4:9] == "55501" {
		return true
	}
	for _, f := range fictions {
		if len(whole) == f.length && strings.HasPrefix(whole, f.prefix) {
			return true
		}
	}
	return false
}
