package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/verify"
)

const (
	accountSID = "AC00000000000000000000000000000001"
	keySID     = "SK00000000000000000000000000000001"
	serviceSID = "VA00000000000000000000000000000001"
)

// loadVerify reads a configuration of the settings of verify, and of lines of their own.
func loadVerify(t *testing.T, settings, more string, env map[string]string) (Config, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"token": "the-token\n", "users": "ann: 1\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := "users_file: " + filepath.Join(dir, "users") + "\n" + more + "\nverify:\n"
	for line := range strings.Lines(strings.ReplaceAll(settings, "DIR", dir)) {
		text += "  " + line
	}
	file := filepath.Join(dir, "hooks.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(
		file,
		func(name string) (string, bool) { v, ok := env[name]; return strings.ReplaceAll(v, "DIR", dir), ok },
	)
}

// TestVerify: what a configuration of Twilio Verify needs, and what follows from it.
func TestVerify(t *testing.T) {
	t.Parallel()
	sids := "account_sid: " + accountSID + "\nservice_sid: " + serviceSID + "\n"
	c, err := loadVerify(t, sids+"secret_file: DIR/token", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Verify.Secret != "the-token" || c.Verify.URL != verify.DefaultURL || c.Provider != ProviderVerify ||
		c.AsksAuthy() || c.Keyint.CodeQuestion != "Code: " {
		t.Errorf("%+v", c)
	}
	if c, err = loadVerify(t, sids+"secret_file: DIR/token", "api_key: k", nil); err != nil ||
		c.Provider != ProviderAuthy || !c.AsksAuthy() || c.Keyint.CodeQuestion != "Authy code: " {
		t.Errorf("beside Authy: %+v, %v", c, err)
	}
	c, err = loadVerify(t, "{}", "", map[string]string{
		"AUTHY_VERIFY_ACCOUNT_SID": accountSID, "AUTHY_VERIFY_API_KEY_SID": keySID,
		"AUTHY_VERIFY_SERVICE_SID": serviceSID,
		"AUTHY_VERIFY_SECRET_FILE": "DIR/token", "AUTHY_VERIFY_URL": "http://127.0.0.1:1",
		"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "api.authy.com",
	})
	if err != nil || c.Verify.KeySID != keySID || c.Verify.Secret != "the-token" || c.Verify.Proxy != nil {
		t.Errorf("by variables: %+v, %v", c, err)
	}
	c, err = loadVerify(t, sids+"secret: x", "", map[string]string{
		"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "api.authy.com"})
	if err != nil || c.Proxy != nil || c.Verify.Proxy == nil || c.Verify.ProxyFrom != "HTTPS_PROXY" {
		t.Errorf("each API has its own way out: %+v, %v", c, err)
	}
}

// TestVerifyProblems: each mistake is named once by its key, and no value is repeated.
func TestVerifyProblems(t *testing.T) {
	t.Parallel()
	sids := "account_sid: " + accountSID + "\nservice_sid: " + serviceSID + "\n"
	for name, row := range map[string]struct{ settings, more, want string }{
		"no secret": {sids, "", "verify.secret: is missing"},
		"two secrets": {sids + "secret: hush\nsecret_file: DIR/token", "",
			"verify.secret: is set both as a value and as a file"},
		"a relative file": {sids + "secret_file: token", "", "verify.secret_file: \"token\" is relative"},
		"no service": {"account_sid: " + accountSID + "\nsecret: hush", "api_key: k",
			"verify.service_sid: is missing"},
		"a strange service": {"account_sid: " + accountSID + "\nservice_sid: hush\nsecret: x", "",
			"verify.service_sid: want VA"},
		"no account":    {"service_sid: " + serviceSID + "\nsecret: hush", "", "verify.account_sid: want AC"},
		"a strange key": {sids + "api_key_sid: hush\nsecret: x", "", "verify.api_key_sid: want SK"},
		"plain http":    {sids + "secret: hush\nurl: http://192.0.2.1", "", "verify.url: "},
		"an address with a path": {sids + "secret: hush\nurl: https://x/v2", "",
			"verify.url: has a user, path, query or fragment"},
		"provider without a service": {"{}", "provider: verify\napi_key: k", "provider: verify has no service"},
		"provider without a key": {sids + "secret: hush", "provider: authy",
			"set api_key_file, or provider: verify"},
		"a broken proxy": {sids + "secret: hush", "proxy_url: ftp://x", "proxy_url: "},
	} {
		_, err := loadVerify(t, row.settings, row.more, nil)
		if err == nil || strings.Count(err.Error(), row.want) != 1 || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v, want once %q", name, err, row.want)
		}
	}
	if _, err := loadVerify(t, sids+"secret: x\nurl: http://192.0.2.1", "allow_http: true", nil); err != nil {
		t.Errorf("plain http that is allowed: %v", err)
	}
}
