package hookhost

import (
	"slices"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// totpConfig is the built-in second factor of an account. The host reads only a secret in the clear
// (status "Plain").
type totpConfig struct {
	Enabled    bool       `json:"enabled,omitempty"`
	ConfigName string     `json:"config_name,omitempty"`
	Secret     totpSecret `json:"secret"`
	Protocols  []string   `json:"protocols,omitempty"`
}

type totpSecret struct {
	Status         string `json:"status,omitempty"`
	Payload        string `json:"payload,omitempty"` // base32
	Key            string `json:"key,omitempty"`
	AdditionalData string `json:"additional_data,omitempty"`
	Mode           int    `json:"mode,omitempty"`
}

func (c totpConfig) enabledFor(protocol string) bool {
	return c.Enabled && slices.Contains(c.Protocols, protocol)
}

// matches checks a code: six digits, 30 s, SHA-1, one step of tolerance to each side.
func (c totpConfig) matches(code string, now time.Time) bool {
	if c.Secret.Status != "Plain" {
		return false
	}
	ok, err := totp.ValidateCustom(code, c.Secret.Payload, now, totp.ValidateOpts{
		Period: 30, Skew: 1, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	return ok && err == nil
}
