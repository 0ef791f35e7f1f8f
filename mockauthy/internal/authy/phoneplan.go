package authy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// plan is a country code as clients send it: the calling code, and the digits that the sign-up form
// puts behind it.
type plan struct {
	code uint16
	area string // "787" of 1787, "0" of 2420, "671" of 671; nearly always empty
}

// areas are the codes of 4 digits that name a country within North America's plan. Twilio's own
// sign-up form (authy-form-helpers) sends them, with a number of 7 digits; the form lacks a few of
// the countries here.
var areas = [...]string{
	"242", "246", "264", "268", "284", "340", "345", "441", "473", "649", "658", "664", "670", "671",
	"684", "721", "758", "767", "784", "787", "809", "829", "849", "868", "869", "876", "939",
}

// parseCountryCode reads a country code; the error is errCountryCode.
func parseCountryCode(s string) (plan, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "+")
	if len(s) < 1 || len(s) > 4 || strings.Trim(s, "0123456789") != "" {
		return plan{}, errCountryCode
	}
	n, err := strconv.ParseUint(s, 10, 16)
	switch {
	case err != nil || n == 0:
		return plan{}, errCountryCode
	case n == 671: // Guam, in the form: its numbers have been North America's since 1997
		return plan{code: 1, area: s}, nil
	case n < 1000:
		return plan{code: uint16(n)}, nil
	case n == 2420: // Congo, whose numbers begin with a zero that counts, in the form
		return plan{code: 242, area: "0"}, nil
	case slices.Contains(areas[:], s[1:]) && s[0] == '1':
		return plan{code: 1, area: s[1:]}, nil
	}
	return plan{}, errCountryCode
}

// canonical returns the Phone of a number, however it was written: with or without the prefix for
// calls within the country (0151… and 151…), with the country code repeated (49 and 49151…) or with
// the prefix for calls abroad (0049151…). So one telephone is one user. The error is errCellphone:
// the number belongs to another country, or could be two of this one.
func (p plan) canonical(digits string) (Phone, error) {
	if p.area != "" {
		return p.inArea(digits)
	}
	if p.code == 1 && len(digits) == 10 && digits[0] >= '2' { // can be written in one way only
		return newPhone(p.code, digits)
	}
	// For a number that no country has, the library may leave a prefix in place, so repeat until
	// nothing changes: a number written to a file must be the same when it is read back.
	for range maxTyped {
		national, ok := p.national(digits)
		if !ok {
			return Phone{}, errCellphone
		}
		if national == digits || len(national) < minDigits {
			break
		}
		digits = national
	}
	return newPhone(p.code, digits)
}

// national returns the digits of the number alone; false when they belong to another country, or
// could be two numbers of this one. Where both are numbers of the country, the mobile one is meant:
// +49 491… is a town, and 49151… a mobile with its country code.
func (p plan) national(digits string) (string, bool) {
	typed := p.read(digits)
	var numbers, mobiles []string
	for _, n := range append(p.shortened(digits), typed) {
		if n == nil || n.GetCountryCode() != int32(p.code) || !phonenumbers.IsValidNumber(n) {
			continue
		}
		national := phonenumbers.GetNationalSignificantNumber(n)
		if !slices.Contains(numbers, national) {
			numbers = append(numbers, national)
			if mobile(n) {
				mobiles = append(mobiles, national)
			}
		}
	}
	switch {
	case len(numbers) == 1:
		return numbers[0], true
	case len(mobiles) == 1:
		return mobiles[0], true
	case len(numbers) > 1, typed != nil && typed.GetCountryCode() != int32(p.code):
		return "", false
	case typed == nil:
		return digits, true
	}
	return phonenumbers.GetNationalSignificantNumber(typed), true
}

// shortened returns the numbers that remain when a prefix that people repeat is removed; nil
// entries are not numbers.
func (p plan) shortened(digits string) []*phonenumbers.PhoneNumber {
	code := strconv.Itoa(int(p.code))
	trunk := phonenumbers.GetNddPrefixForRegion(phonenumbers.GetRegionCodeForCountryCode(int(p.code)), true)
	var all []*phonenumbers.PhoneNumber
	for _, prefix := range []string{trunk, code, "00" + code} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && prefix != "" && len(rest) >= minDigits {
			all = append(all, p.read(rest))
		}
	}
	return all
}

// read parses a number of this country; nil when the library cannot.
func (p plan) read(digits string) *phonenumbers.PhoneNumber {
	region := phonenumbers.GetRegionCodeForCountryCode(int(p.code))
	if region == "ZZ" || region == "001" { // nobody's code, or one of no country such as 882
		region, digits = "", "+"+strconv.Itoa(int(p.code))+digits
	}
	n, err := phonenumbers.Parse(digits, region)
	if err != nil {
		return nil
	}
	return n
}

func mobile(n *phonenumbers.PhoneNumber) bool {
	kind := phonenumbers.GetNumberType(n)
	return kind == phonenumbers.MOBILE || kind == phonenumbers.FIXED_LINE_OR_MOBILE
}

// inArea reads a number under one of the codes with 4 digits, also when the code or a part of it is
// repeated.
func (p plan) inArea(digits string) (Phone, error) {
	rest := strings.TrimPrefix(digits, strconv.Itoa(int(p.code)))
	for _, d := range []string{digits, rest} {
		local := strings.TrimPrefix(d, p.area)
		if n := (plan{code: p.code}).read(p.area + local); n != nil &&
			phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE {
			digits = local
			break
		}
	}
	return plan{code: p.code}.canonical(p.area + digits)
}
