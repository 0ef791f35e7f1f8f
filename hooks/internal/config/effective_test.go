package config

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/tunnel"
)

// filled returns a configuration in which every setting has a value, and every text the word secret
// in it.
func filled(t *testing.T) Config {
	t.Helper()
	var c Config
	c.walk(func(key string, field reflect.Value) {
		switch into := field.Addr().Interface().(type) {
		case *string:
			*into = "secret-" + key
			if strings.HasSuffix(key, "_url") {
				*into = "https://user:secret@host/path?secret"
			}
		case *bool:
			*into = true
		case *int:
			*into = len(key)
		case *time.Duration:
			*into = time.Duration(len(key)) * time.Second
		case *[]string:
			*into = []string{key, "more"}
		case **tunnel.Proxy:
			var err error
			if *into, err = tunnel.Parse("https://user:secret@host"); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s: say in Effective and Restore what is to become of a %s", key, field.Type())
		}
	})
	return c
}

func TestWhatIsInForceHoldsNoSecret(t *testing.T) {
	t.Parallel()
	c := filled(t)
	shown := c.Effective()
	for _, key := range []string{"api_key", "hookd.secret", "sftpgoapikey", "verify.secret"} {
		if _, there := shown[key]; there {
			t.Errorf("%s is shown", key)
		}
	}
	for key, want := range map[string]string{"hookd.redis_url": "https://host/path", "proxy_url": "https://host/path",
		"proxy": "https://host:443", "verify.proxy": "https://host:443"} {
		if got := shown[key]; got != want {
			t.Errorf("%s is shown as %v", key, got)
		}
	}
	for _, key := range visible {
		if _, there := shown[key]; !there {
			t.Errorf("%s is no setting, or not shown", key)
		}
	}
}

func TestWhatIsInForceCanBeReadBack(t *testing.T) {
	t.Parallel()
	c := filled(t)
	text, err := json.Marshal(c.Effective())
	if err != nil {
		t.Fatal(err)
	}
	var told map[string]any
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	lost := Differences(c, Restore(told))
	want := []string{"api_key", "api_url", "sftpgo_url", "sftpgoapikey", "hookd.secret", "hookd.previoussecret",
		"hookd.redis_url", "proxy_url",
		"proxy", "verify.secret", "verify.proxy"}
	for _, key := range lost {
		if !slices.Contains(want, key) {
			t.Errorf("%s is lost on the way; if it holds no secret, name it in visible", key)
		}
	}
	if got := Differences(c, c); len(got) > 0 {
		t.Errorf("it differs from itself in %v", got)
	}
	empty := Defaults()
	empty.Keyint.SendCodes = []string{}
	if got := Differences(Defaults(), empty); len(got) > 0 {
		t.Errorf("no list and an empty one differ in %v", got)
	}
}

func TestTheStrengthOfASecret(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]int{
		"5f0c9b7d2e8146a3c17be04d9a6f2835":                                 128, // openssl rand -hex 16
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": 256, // openssl rand -hex 32
		"N3p7Zq+5vT0xYk2LwB8cRg==":                                         144, // openssl rand -base64 16
		"JBSWY3DPEHPK3PXPKRUGKIDROVUWG2ZA":                                 161, // base32
		"0123456789abcdef0123456789abcdef":                                 20,  // a row, twice
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":                                 5,
		"abcabcabcabcabcabcabcabcabcabcab":                                 7,
		"12345678":                                                         10,
		"change-me":                                                        42,
		"between-sftpgo-and-hookd":                                         116,
		"correct-horse-battery-staple-4-you":                               102,
		"This-is-the-secret-of-our-Server-1":                               113,
	} {
		if got := StrengthOf(secret); got.Bits != want || got.Length != len(secret) {
			t.Errorf("%q: got %+v, want %d bits", secret, got, want)
		}
	}
}
