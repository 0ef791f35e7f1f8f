package setup

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/memory/inprocess"
)

// TestProviders: there is a provider for each that the configuration has, Authy where it has none,
// and a bare reference means the one that it says.
func TestProviders(t *testing.T) {
	t.Parallel()
	secrets := write(t, "secrets", []byte("ann: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n"))
	for name, row := range map[string]struct {
		change func(*config.Config)
		knows  string // references that are understood, with blanks between
		not    string
	}{
		"neither": {func(*config.Config) {}, "1 authy/1", "totp"},
		"Authy":   {func(c *config.Config) { c.APIKey = "k" }, "1 authy/1", "totp"},
		"totp": {func(c *config.Config) {
			c.TOTP.SecretsFile, c.Provider = secrets, config.ProviderTOTP
		}, "totp ann", "authy/1"},
		"both": {func(c *config.Config) { c.APIKey, c.TOTP.SecretsFile = "k", secrets }, "1 authy/1 totp", "verify/x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config.Defaults()
			row.change(&c)
			h := Host{Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64}
			set, err := Providers(c, h, Memory(c, h, inprocess.New(time.Now), []byte("key")), false)
			if err != nil {
				t.Fatal(err)
			}
			for _, reference := range strings.Fields(row.knows) {
				if person, err := set.Parse("ann", reference); err != nil {
					t.Errorf("%s: %v, %v", reference, person, err)
				}
			}
			for _, reference := range strings.Fields(row.not) {
				if person, err := set.Parse("ann", reference); err == nil {
					t.Errorf("%s: understood as %v", reference, person)
				}
			}
		})
	}
}

// TestTOTPNeedsAMemoryThatLasts: without one a step would open a second door after a restart.
func TestTOTPNeedsAMemoryThatLasts(t *testing.T) {
	t.Parallel()
	c := config.Defaults()
	c.TOTP.SecretsFile = write(t, "secrets", []byte("ann: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n"))
	c.Provider = config.ProviderTOTP
	_, err := Providers(c, Host{Now: time.Now}, nil, false)
	if err == nil || !strings.Contains(err.Error(), "memory_file") {
		t.Errorf("%v, want what to set", err)
	}
}

// TestProgramsNeedAMemory: neither local TOTP nor, as far as anybody knows, Twilio remembers by
// itself which codes were used, and the memory of hookd is none of a program.
func TestProgramsNeedAMemory(t *testing.T) {
	t.Parallel()
	h := Host{Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64}
	for name, set := range map[string]func(*config.Config){
		"totp": func(c *config.Config) { c.Provider, c.TOTP.SecretsFile = config.ProviderTOTP, "/secrets" },
		"totp and Redis": func(c *config.Config) {
			c.Provider, c.TOTP.SecretsFile = config.ProviderTOTP, "/secrets"
			c.Hookd.RedisURL = "redis://127.0.0.1"
		},
		"verify": func(c *config.Config) {
			c.Provider, c.Verify.ServiceSID = config.ProviderVerify, "VA0123456789abcdef0123456789abcdef"
			c.Verify.AccountSID, c.Verify.Secret = "AC0123456789abcdef0123456789abcdef", "secret"
		},
	} {
		c := config.Defaults()
		set(&c)
		_, err := Program(c, h, nil, nil)
		if err == nil || !strings.Contains(err.Error(), "set memory_file") ||
			!strings.Contains(err.Error(), "have SFTPGo ask hookd over HTTP") {
			t.Errorf("%s without a memory: %v, want what to set", name, err)
		}
		if _, err := Program(c, h, nil, Memory(c, h, inprocess.New(time.Now), []byte("key"))); err != nil {
			t.Errorf("%s with a memory: %v", name, err)
		}
	}
}
