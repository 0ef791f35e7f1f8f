package plainhttp

import (
	"net/url"
	"strings"
	"testing"
)

// TestCheck: plain http is for this machine; a name that only begins like it is another one.
func TestCheck(t *testing.T) {
	t.Parallel()
	for address, sound := range map[string]bool{
		"https://api.example.com":        true,
		"http://localhost:8880":          true,
		"http://127.0.0.1":               true,
		"http://127.8.7.6:1":             true,
		"http://[::1]:8880":              true,
		"http://api.example.com":         false,
		"http://192.0.2.7":               false,
		"http://0.0.0.0":                 false,
		"http://[::]":                    false,
		"http://localhost.example.com":   false,
		"http://127.0.0.1.example.com":   false,
		"http://localhost.:8880":         false,
		"http://[::ffff:127.0.0.1]:8880": true,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		err = Check(u, false, "the key")
		if (err == nil) != sound {
			t.Errorf("%s: %v, want sound %v", address, err, sound)
		}
		if err != nil && !strings.Contains(err.Error(), "would show the key; use https") {
			t.Errorf("%s: %v", address, err)
		}
		if err := Check(u, true, "the key"); err != nil {
			t.Errorf("%s, allowed: %v", address, err)
		}
	}
}
