package authy

import (
	"errors"
	"strconv"
	"strings"
)

// Phone is a telephone number: country calling code and national number. The zero value is not a
// number. It is small and comparable, since a big app has a million of them as map keys. Leading
// zeros of the national number are significant.
type Phone struct {
	number uint64
	code   uint16
	digits uint8
}

var (
	errCellphone = errors.New(
		"is no telephone number: want 4 to 15 digits, with spaces, dashes, dots or parentheses between them")
	errCountryCode = errors.New(
		"is no country calling code: want 1 to 3 digits, or one of the sign-up form's with 4, such as 1787")
)

// Bounds of a number: E.164 allows 15 digits, and some islands have numbers of 4. What a person
// types may have the prefix for calls abroad and the country code in front.
const (
	minDigits = 4
	maxDigits = 15
	maxTyped  = 20
)

// ParsePhone reads a number the way Authy's documentation describes: digits with spaces, dashes and
// periods between them (parentheses are tolerated too), and a country code that may start with a
// plus. All spellings of a number return the same Phone: see canonical.
// Errors are errCountryCode and errCellphone.
func ParsePhone(countryCode, cellphone string) (Phone, error) {
	plan, err := parseCountryCode(countryCode)
	if err != nil {
		return Phone{}, err
	}
	digits, err := digitsOf(cellphone)
	if err != nil {
		return Phone{}, err
	}
	return plan.canonical(digits)
}

// digitsOf removes the separators from a number as a person writes it.
func digitsOf(cellphone string) (string, error) {
	var b strings.Builder
	for _, r := range cellphone {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" -.()", r):
		default:
			return "", errCellphone
		}
	}
	if b.Len() < minDigits || b.Len() > maxTyped {
		return "", errCellphone
	}
	return b.String(), nil
}

// newPhone makes a Phone from a national number, digits only.
func newPhone(code uint16, national string) (Phone, error) {
	if len(national) > maxDigits {
		return Phone{}, errCellphone
	}
	number, err := strconv.ParseUint(national, 10, 64)
	if err != nil {
		return Phone{}, errCellphone
	}
	return Phone{number: number, code: code, digits: uint8(len(national))}, nil
}

// CountryCode is the calling code, such as 1 or 54.
func (p Phone) CountryCode() int { return int(p.code) }

// National is the national number, digits only.
func (p Phone) National() string {
	s := strconv.FormatUint(p.number, 10)
	if pad := int(p.digits) - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	return s
}

// E164 is the whole number with a plus and nothing between the digits.
func (p Phone) E164() string { return "+" + strconv.Itoa(int(p.code)) + p.National() }

// StatusMask is how users/{id}/status shows a number: a fixed mask and the last four digits
// (capture).
func (p Phone) StatusMask() string { n := p.National(); return "XXX-XXX-" + n[len(n)-4:] }

// SendMask is how sms and call show a number: the country code, a fixed mask and the last two
// digits (capture).
func (p Phone) SendMask() string {
	n := p.National()
	return "+" + strconv.Itoa(int(p.code)) + "-XXX-XXX-XX" + n[len(n)-2:]
}

// Grouped is how phone verification shows a number (captures: +1 201-555-0123, +84 86-674-2932, +1
// 2-8223): without leading zeros, the last four digits as a group, before it groups of three from
// the right.
func (p Phone) Grouped() string {
	n := strings.TrimLeft(p.National(), "0")
	groups := ""
	if len(n) > 4 {
		n, groups = n[:len(n)-4], "-"+n[len(n)-4:]
		for len(n) > 3 {
			n, groups = n[:len(n)-3], "-"+n[len(n)-3:]+groups
		}
	}
	return "+" + strconv.Itoa(int(p.code)) + " " + n + groups
}
