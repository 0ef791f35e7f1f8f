package authy

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// formCodes are the country codes that Twilio's sign-up form offered (authy-form-helpers).
var formCodes = strings.Fields(`
	1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82
	84 86 90 91 92 93 94 95 98 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236
	237 238 239 241 243 244 245 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268
	269 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 385
	386 387 389 420 421 423 500 501 502 503 504 505 506 507 509 590 591 592 593 594 595 596 597 598 599 670 671
	673 674 675 676 677 678 679 682 685 687 689 850 852 853 855 856 880 882 886 960 961 962 963 964 965 966 967
	968 970 971 972 973 974 975 976 977 992 993 994 995 996 998 1242 1246 1264 1268 1284 1345 1441 1473 1649 1664
	1758 1767 1784 1787 1809 1829 1849 1868 1869 1876 2420
`)

// exampleFor returns the local part of a number that the country of a form's code has.
func exampleFor(t *testing.T, code string) string {
	t.Helper()
	switch n, _ := strconv.Atoi(code); {
	case code == "2420":
		return "66121234"
	case n > 1000:
		return "5551234"
	case code == "671": // Guam, which the form names by a code that is nobody's: it belongs to 1
		return "5551234"
	case code == "882":
		return "1234567890"
	default:
		example := phonenumbers.GetExampleNumberForType(phonenumbers.GetRegionCodeForCountryCode(n),
			phonenumbers.MOBILE)
		if example == nil {
			t.Fatalf("no example for %s", code)
		}
		return phonenumbers.GetNationalSignificantNumber(example)
	}
}

func TestEveryCodeOfTheSignUpForm(t *testing.T) {
	t.Parallel()
	for _, code := range formCodes {
		w := newWorld(t)
		if _, err := w.Register(Registration{Email: "a@x.test", Cellphone: exampleFor(t, code),
			CountryCode: code}); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, code := range []string{"1415", "1999", "2421", "9999", "0", "", "12345", "1 242"} {
		w := newWorld(t)
		if _, err := w.Register(Registration{Email: "a@x.test", Cellphone: "5551234", CountryCode: code}); wireCode(
			err) != "60027" {
			t.Errorf("%q: %v, want 60027", code, err)
		}
	}
}

// A telephone is one user, however its number is written.
func TestWaysToWriteANumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, number string
		same         []string // code and number
	}{
		{"49", "15123456789", []string{"49 0151 23456789", "+49 (0151) 2345-6789", "49 4915123456789",
			"49 00 49 15123456789", "49 490151 23456789"}},
		{"1", "7875551234", []string{"1787 5551234", "1787 787-555-1234", "1787 1 787 555 1234", "1 17875551234"}},
		{"242", "066121234", []string{"2420 66121234", "2420 066121234", "242 242066121234"}},
		{"1", "2025550123", []string{"1 12025550123", "1 1 (202) 555-0123"}},
		{"39", "3123456789", []string{"39 393123456789", "39 00393123456789"}},
		{"7", "9123456789", []string{"7 89123456789", "7 79123456789"}},
		{"36", "201234567", []string{"36 06201234567", "36 36201234567"}},
		{"54", "3173389302", []string{"54 317-338-9302", "54 0317 338-9302"}},
		// The library takes 00 and these codes for a prefix of an operator there, and the rest for
		// a number of the world.
		{"55", "11961234567", []string{"55 0055 11 96123-4567"}},
		{"65", "81234567", []string{"65 0065 8123 4567"}},
		{"66", "812345678", []string{"66 0066 81 234 5678"}},
	} {
		w := newWorld(t)
		id := w.register("a@x.test", c.number, c.code)
		for _, same := range c.same {
			code, number, _ := strings.Cut(same, " ")
			if got := w.register("b@x.test", number, code); got != id {
				t.Errorf("%s: user %d, want %d, who is %s %s", same, got, id, c.code, c.number)
			}
		}
		if u, _ := w.User(id); u.Cellphone != c.number || strconv.Itoa(u.CountryCode) != c.code {
			t.Errorf("%s %s is shown as %d %s", c.code, c.number, u.CountryCode, u.Cellphone)
		}
	}
}

// Two spellings of one number of any country and kind are one user, or one is refused.
func TestNumbersOfAllCountries(t *testing.T) {
	t.Parallel()
	kinds := []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE, phonenumbers.VOIP,
		phonenumbers.PERSONAL_NUMBER}
	for _, check := range []string{"possible", "valid"} {
		w := newWorld(t)
		w.set(func(s *Settings) { s.PhoneCheck = check })
		seen := 0
		for region := range phonenumbers.GetSupportedRegions() {
			for _, kind := range kinds {
				example := phonenumbers.GetExampleNumberForType(region, kind)
				if example == nil {
					continue
				}
				seen++
				code := strconv.Itoa(int(example.GetCountryCode()))
				national := phonenumbers.GetNationalSignificantNumber(example)
				trunk := phonenumbers.GetNddPrefixForRegion(region, true)
				first, err := w.Register(Registration{Email: "a@x.test", Cellphone: national, CountryCode: code})
				if err != nil {
					t.Errorf("%s, %s %s: %v", region, code, national, err)
					continue
				}
				id := first.User
				spellings := []string{trunk + national, code + national, code + trunk + national,
					"00" + code + national}
				local := phonenumbers.Format(example, phonenumbers.NATIONAL)
				if n, err := phonenumbers.Parse(local, region); err == nil &&
					phonenumbers.GetNationalSignificantNumber(n) == national {
					spellings = append(spellings, strings.ReplaceAll(local, "/", " "))
				}
				for _, number := range spellings {
					r, err := w.Register(Registration{Email: "b@x.test", Cellphone: number, CountryCode: code})
					if err == nil && r.User != id || err != nil && wireCode(err) != "60027" {
						t.Errorf("%s, %s %s: %d %v, want user %d", region, code, number, r.User, err, id)
					}
				}
			}
		}
		if seen < 400 {
			t.Errorf("%d numbers were tried, want those of all countries", seen)
		}
	}
}

// What is kept in a file must be read back as the same telephone, whatever somebody once typed.
func TestNumbersStayThemselves(t *testing.T) {
	t.Parallel()
	for _, code := range formCodes {
		for _, typed := range []string{"12345", "00000", "0012345678", "0123456789", "8888888888", "10101010101010",
			"98765432109876", code + code + code + "12345"} {
			p, err := ParsePhone(code, typed)
			if err != nil {
				continue
			}
			again, err := ParsePhone(strconv.Itoa(p.CountryCode()), p.National())
			if err != nil || again != p {
				t.Errorf("%s %s is %s, and read again %s, %v", code, typed, p.E164(), again.E164(), err)
			}
		}
	}
}

func TestNumbersThatNeedTheirTown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.StartVerification(Start{Via: "call", CountryCode: "54", Phone: "555-9302"}); wireCode(
		err) != "60033" {
		t.Errorf("start: %v, want 60033", err)
	}
	if _, err := w.Register(Registration{Email: "a@x.test", CountryCode: "54", Cellphone: "555-9302"}); wireCode(
		err) != "60027" {
		t.Errorf("register: %v, want 60027", err)
	}
}

// A verification belongs to the telephone too: it is checked by any spelling.
func TestVerificationByAnotherSpelling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, err := w.StartVerification(Start{Via: "sms", CountryCode: "49", Phone: "0151 23456789"})
	if err != nil || s.Phone.Grouped() != "+49 1-512-345-6789" {
		t.Fatalf("%+v %v", s, err)
	}
	code := w.messages[len(w.messages)-1].Code
	if err := w.CheckVerification("49", "4915123456789", code); err != nil {
		t.Error(err)
	}
}

func FuzzParsePhone(f *testing.F) {
	for _, code := range formCodes {
		f.Add(code, "0"+code+"15123456789")
	}
	f.Fuzz(func(t *testing.T, code, number string) {
		p, err := ParsePhone(code, number)
		if err != nil {
			return
		}
		again, err := ParsePhone(fmt.Sprint(p.CountryCode()), p.National())
		if err != nil && len(p.National()) >= minDigits || err == nil && again != p {
			t.Errorf("%q %q is %+v, read again %+v, %v", code, number, p, again, err)
		}
	})
}
