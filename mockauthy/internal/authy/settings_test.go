package authy

import (
	"strings"
	"testing"
)

func TestSettingsReportAllThatIsWrong(t *testing.T) {
	t.Parallel()
	err := Settings{}.Validate()
	for _, field := range []string{"app_name", "verify_success_type", "unknown_path", "id_scope", "phone_check",
		"suspend_status",
		"totp.app.digits", "totp.generic.period", "sms_code.lifetime", "phone_verification.digits", "suspend_for"} {
		if err == nil || !strings.Contains(err.Error(), "setting "+field+":") {
			t.Errorf("%s is not reported: %v", field, err)
		}
	}
	if err := DefaultSettings().Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
}

// A callback that can never arrive is a mistake to tell at once: nobody waits for a line in the
// log.
func TestTheURLOfCallbacks(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"": true, "http://127.0.0.1:9000/authy": true, "https://app.test/cb?own=1&z=a%20b": true,
		"HTTP://[::1]:80":   true,
		"localhost:9000/cb": false, "/cb": false, "ftp://app.test/": false, "http://": false, "http:///cb": false,
		"http://[::1": false, "http://app.test/?bad=%zz": false,
	} {
		s := DefaultSettings()
		s.OneTouch.CallbackURL = url
		err := s.Validate()
		if (err == nil) != want || err != nil && !strings.Contains(err.Error(), "setting onetouch.callback_url: ") {
			t.Errorf("%q: %v, want it to be fine: %t", url, err, want)
		}
	}
}

func TestErrorTable(t *testing.T) {
	t.Parallel()
	codes, names, last := map[string]bool{}, map[string]bool{}, ""
	for _, e := range Errors() {
		if len(e.Code) != 5 || e.Name == "" || e.Message == "" || e.Status < 400 || e.Status > 599 || codes[e.Code] ||
			names[e.Name] || e.Code <= last {
			t.Errorf("row %+v", e)
		}
		codes[e.Code], names[e.Name], last = true, true, e.Code
	}
	if _, ok := Lookup("nonsense"); ok {
		t.Error("nonsense was found")
	}
}

// Captures and documentation: unlike the e-mail-like looseness elsewhere, masks are fixed.
func TestPhoneForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, number, status, send, grouped, e164 string }{
		{"1", "201-555-0123", "XXX-XXX-0123", "+1-XXX-XXX-XX23", "+1 201-555-0123", "+12015550123"},
		{"84", "086 674 2932", "XXX-XXX-2932", "+84-XXX-XXX-XX32", "+84 86-674-2932", "+84866742932"},
		{"49", "1794491095", "XXX-XXX-1095", "+49-XXX-XXX-XX95", "+49 179-449-1095", "+491794491095"},
		{"34", "123456789", "XXX-XXX-6789", "+34-XXX-XXX-XX89", "+34 12-345-6789", "+34123456789"},
		{"1", "28223", "XXX-XXX-8223", "+1-XXX-XXX-XX23", "+1 2-8223", "+128223"},
	} {
		p, err := ParsePhone(c.code, c.number)
		if err != nil || p.StatusMask() != c.status || p.SendMask() != c.send || p.Grouped() != c.grouped ||
			p.E164() != c.e164 {
			t.Errorf("%s %s: %v %s %s %s %s", c.code, c.number, err, p.StatusMask(), p.SendMask(), p.Grouped(),
				p.E164())
		}
	}
}
