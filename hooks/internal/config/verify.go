package config

import (
	"strings"

	"sftpgo-authy/hooks/internal/plainhttp"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/tunnel"
)

// Verify is the provider Twilio Verify v2. It is there where ServiceSID is.
type Verify struct {
	AccountSID string `yaml:"account_sid"` // AC…
	KeySID     string `yaml:"api_key_sid"` // SK…; without it the secret is the account's auth token
	Secret     string `yaml:"secret"`
	SecretFile string `yaml:"secret_file"`
	ServiceSID string `yaml:"service_sid"` // VA…
	URL        string `yaml:"url"`

	Proxy     *tunnel.Proxy `yaml:"-"` // nil: none; as for [WayOut]
	ProxyFrom string        `yaml:"-"`
}

// Enabled reports whether there is such a provider.
func (v Verify) Enabled() bool { return v.ServiceSID != "" }

// Options returns what its client needs, but for certificates.
func (v Verify) Options() verify.Options {
	return verify.Options{
		URL: v.URL, AccountSID: v.AccountSID, KeySID: v.KeySID, Secret: v.Secret, ServiceSID: v.ServiceSID,
		Proxy: v.Proxy,
	}
}

// checkVerify judges the settings of Twilio Verify.
func (c *Config) checkVerify(p *problems) {
	v := c.Verify
	if !v.Enabled() {
		if v.AccountSID+v.KeySID+v.Secret+v.SecretFile != "" {
			p.add("verify.service_sid: is missing; want the VA… of your Verify service")
		}
		return
	}
	if err := v.Options().Check(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			p.add("verify.%s", line)
		}
	}
	u, err := exchange.ParseURL(v.URL)
	if err == nil {
		err = plainhttp.Check(u, c.AllowHTTP, "the secret and the codes")
	}
	if err != nil {
		p.add("verify.url: %w", err)
	}
}
