package lasting

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/internal/redistest"
)

// TestAToolNeedsTheKeyOfHookd: with another one it would find nothing, and write what hookd does
// not find.
func TestAToolNeedsTheKeyOfHookd(t *testing.T) {
	t.Parallel()
	c := config.Defaults()
	c.Hookd.RedisURL, c.Hookd.Secret = redistest.Start(t).URL, "hookd's"
	host := setup.Host{Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64}
	hookd, _, err := Shared(c, host)
	if err == nil {
		err = hookd.Ping(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer hookd.Close()
	for secret, want := range map[string]string{"hookd's": "", "another": "another API key or secret"} {
		c.Hookd.Secret = secret
		_, closer, err := Memory(c, host)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("with %s: %v", secret, err)
		}
		if err == nil {
			_ = closer.Close()
		}
	}
	c.Hookd.RedisURL = ""
	if _, _, err := Memory(c, host); err == nil || !strings.Contains(err.Error(), "no memory lasts") {
		t.Errorf("got %v", err)
	}
}
