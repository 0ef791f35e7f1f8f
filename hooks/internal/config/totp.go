package config

import (
	"path/filepath"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/provider/totp"
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

// checkTOTP judges the settings of local TOTP.
func (c *Config) checkTOTP(p *problems) {
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
	if !t.Enabled() && t.KeyFile != "" {
		p.add("totp.key_file: stands there without totp.secrets_file; want both or none")
	}
	if t.RecoveryAtExtauth && t.KeyFile == "" {
		p.add("totp.recovery_at_extauth: there are no recovery codes without totp.key_file")
	}
}
