package config

import (
	"strings"

	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/provider/verify"
)

// Names of the providers that a configuration can have.
const (
	ProviderAuthy  = authy.Name
	ProviderTOTP   = totp.Name
	ProviderVerify = verify.Name
)

// Providers returns their names.
func Providers() []string { return []string{ProviderAuthy, ProviderTOTP, ProviderVerify} }

// Authy reports whether the configuration has the provider Authy.
func (c Config) Authy() bool { return c.APIKey != "" }

// HasOther reports whether the configuration has a provider besides Authy.
func (c Config) HasOther() bool { return c.TOTP.Enabled() || c.Verify.Enabled() }

// Lasts reports whether what is remembered outlives the process.
func (c Config) Lasts() bool { return c.MemoryFile != "" || c.Hookd.RedisURL != "" }

// AsksAuthy is [Config.Authy] for a configuration whose secrets may be missing: see [Restore].
func (c Config) AsksAuthy() bool {
	other := c.Provider == ProviderTOTP || c.Provider == ProviderVerify
	return c.Authy() || c.APIKeyFile != "" || !other || !c.HasOther()
}

// complete fills in what follows from which providers there are: what a bare reference means, and
// questions that name Authy only where it is asked.
func (c *Config) complete() {
	alone := c.HasOther() && !c.Authy()
	switch {
	case c.Provider != "":
	case !alone:
		c.Provider = ProviderAuthy
	case c.TOTP.Enabled():
		c.Provider = ProviderTOTP
	default:
		c.Provider = ProviderVerify
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

// checkProvider judges what a bare reference means.
func (c *Config) checkProvider(p *problems) {
	oneOf(p, "provider", c.Provider, Providers()...)
	switch {
	case c.Provider == ProviderTOTP && !c.TOTP.Enabled() && c.TOTP.KeyFile == "":
		p.add("provider: totp has no secrets; set totp.secrets_file")
	case c.Provider == ProviderVerify && !c.Verify.Enabled():
		p.add("provider: verify has no service; set verify.service_sid")
	case c.Provider == ProviderAuthy && !c.Authy() && c.TOTP.Enabled():
		p.add("provider: authy has no key; set api_key_file, or provider: totp")
	case c.Provider == ProviderAuthy && !c.Authy() && c.Verify.Enabled():
		p.add("provider: authy has no key; set api_key_file, or provider: verify")
	}
}
