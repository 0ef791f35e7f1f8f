package config

import (
	"path/filepath"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/provider/totp"
)

// Names of the providers that a configuration can have.
const (
	ProviderAuthy = "authy"
	ProviderTOTP  = totp.Name
)

// TOTP is the provider that judges codes by itself. It is there where SecretsFile is.
type TOTP struct {
	SecretsFile string        `yaml:"secrets_file"` // of one account a line; readable by its owner alone
	KeyFile     string        `yaml:"key_file"`     // seals the secrets, and is needed for recovery codes
	Issuer      string        `yaml:"issuer"`       // what authenticator apps show beside the account
	Digits      int           `yaml:"digits"`       // these four where a line of the file does not say it
	Period      time.Duration `yaml:"period"`
	Skew        int           `yaml:"skew"` // so many steps before and after the present one count too
	Algorithm   string        `yaml:"algorithm"`

	// RecoveryAtExtauth takes recovery codes where the code is the only factor, too.
	RecoveryAtExtauth bool `yaml:"recovery_at_extauth"`
}

// Enabled reports whether there is such a provider.
func (t TOTP) Enabled() bool { return t.SecretsFile != "" }

// Params returns how codes are made where a line of the secrets file does not say it.
func (t TOTP) Params() totp.Params {
	return totp.Params{Algorithm: t.Algorithm, Digits: t.Digits, Period: t.Period, Skew: t.Skew}
}

func defaultTOTP() TOTP {
	p := totp.Defaults()
	return TOTP{Issuer: "SFTPGo", Digits: p.Digits, Period: p.Period, Skew: p.Skew, Algorithm: p.Algorithm}
}

// Authy reports whether the configuration has the provider Authy.
func (c Config) Authy() bool { return c.APIKey != "" }

// AsksAuthy is [Config.Authy] for a configuration whose secrets may be missing: see [Restore].
func (c Config) AsksAuthy() bool {
	return c.Authy() || c.APIKeyFile != "" || c.Provider != ProviderTOTP || !c.TOTP.Enabled()
}

// complete fills in what follows from which providers there are: what a bare reference means, and
// questions that name Authy only where it is asked.
func (c *Config) complete() {
	alone := c.TOTP.Enabled() && !c.Authy()
	if c.Provider == "" {
		c.Provider = ProviderAuthy
		if alone {
			c.Provider = ProviderTOTP
		}
	}
	if !alone {
		return
	}
	for _, question := range []*string{&c.Keyint.CodeQuestion, &c.Keyint.SentQuestion, &c.Keyint.RetryQuestion} {
		if d := Defaults().Keyint; *question == d.CodeQuestion || *question == d.SentQuestion ||
			*question == d.RetryQuestion {
			*question = strings.ReplaceAll(*question, "Authy code", "Code")
		}
	}
}

// checkTOTP judges the settings of local TOTP, and what a bare reference means.
func (c *Config) checkTOTP(p *problems) {
	oneOf(p, "provider", c.Provider, ProviderAuthy, ProviderTOTP)
	t := c.TOTP
	if err := t.Params().Check(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			p.add("totp.%s", line)
		}
	}
	if t.Issuer == "" || len(t.Issuer) > 64 || hasControl(t.Issuer) || strings.Contains(t.Issuer, ":") {
		p.add("totp.issuer: want 1 to 64 bytes without colon and control characters")
	}
	for name, path := range map[string]string{"secrets_file": t.SecretsFile, "key_file": t.KeyFile} {
		if path != "" && !filepath.IsAbs(path) {
			p.add("totp.%s: %q is relative; want an absolute path, hooks run in any folder", name, path)
		}
	}
	switch {
	case t.Enabled():
	case t.KeyFile != "":
		p.add("totp.key_file: stands there without totp.secrets_file; want both or none")
	case c.Provider == ProviderTOTP:
		p.add("provider: totp has no secrets; set totp.secrets_file")
	}
	if c.Provider == ProviderAuthy && !c.Authy() && t.Enabled() {
		p.add("provider: authy has no key; set api_key_file, or provider: totp")
	}
	if t.RecoveryAtExtauth && t.KeyFile == "" {
		p.add("totp.recovery_at_extauth: there are no recovery codes without totp.key_file")
	}
}
