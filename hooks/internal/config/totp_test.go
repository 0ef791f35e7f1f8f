package config

import (
	"strings"
	"testing"
	"time"
)

// TestTOTP: what the settings of local TOTP may say, and what follows from which providers there
// are.
func TestTOTP(t *testing.T) {
	t.Parallel()
	const secrets = "totp:\n  secrets_file: /secrets\n"
	for name, c := range map[string]struct {
		text, key string
		want      string // of the error; "" for none
		provider  string
		question  string
	}{
		"Authy alone":          {"", "k", "", ProviderAuthy, "Authy code: "},
		"totp alone":           {secrets, "", "", ProviderTOTP, "Code: "},
		"both":                 {secrets, "k", "", ProviderAuthy, "Authy code: "},
		"both, the other bare": {"provider: totp\n" + secrets, "k", "", ProviderTOTP, "Authy code: "},
		"a question of one's own": {"keyint:\n  code_question: 'Number? '\n" + secrets, "", "", ProviderTOTP,
			"Number? "},
		"neither":             {"", "", "api_key: is missing", "", ""},
		"an unknown provider": {"provider: duo\n" + secrets, "k", `provider: "duo"`, "", ""},
		"no secrets":          {"provider: totp\n", "k", "set totp.secrets_file", "", ""},
		"no key of Authy":     {"provider: authy\n" + secrets, "", "provider: authy has no key", "", ""},
		"relative": {"totp:\n  secrets_file: secrets\n", "",
			"totp.secrets_file: \"secrets\" is relative", "", ""},
		"a relative key":       {secrets + "  key_file: key\n", "", "totp.key_file: \"key\" is relative", "", ""},
		"a key alone":          {"totp:\n  key_file: /key\n", "k", "without totp.secrets_file", "", ""},
		"recovery without key": {secrets + "  recovery_at_extauth: true\n", "", "totp.recovery_at_extauth", "", ""},
		"digits":               {secrets + "  digits: 9\n", "", "totp.digits: 9; want 6 to 8", "", ""},
		"period":               {secrets + "  period: 10s\n", "", "totp.period: 10s; want", "", ""},
		"skew":                 {secrets + "  skew: 3\n", "", "totp.skew: 3; want 0 to 2", "", ""},
		"algorithm":            {secrets + "  algorithm: md5\n", "", "totp.algorithm: want sha1", "", ""},
		"issuer":               {secrets + "  issuer: 'a:b'\n", "", "totp.issuer", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.env["AUTHY_API_KEY"] = c.key
			p.env["AUTHY_HOOKS_CONFIG"] = p.file("c", c.text, 0o644)
			got, err := p.load()
			switch {
			case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Fatalf("error %v; want %q", err, c.want)
			case c.want != "":
			case got.Provider != c.provider || got.Keyint.CodeQuestion != c.question:
				t.Errorf("provider %q, question %q", got.Provider, got.Keyint.CodeQuestion)
			}
		})
	}
	if p := Defaults().TOTP.Params(); p.Digits != 6 || p.Period != 30*time.Second || p.Skew != 1 ||
		p.Algorithm != "sha1" {
		t.Errorf("defaults: %+v", p)
	}
}
