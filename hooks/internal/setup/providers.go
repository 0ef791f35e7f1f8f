package setup

import (
	"cmp"
	"fmt"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/tlsfile"
)

// Providers returns the providers of the configuration. lasting is a memory that outlives the
// process, nil for none. many says that the process judges more than one login. An error says which
// setting cannot be used.
func Providers(c config.Config, h Host, lasting *memory.Logins, many bool) (provider.Set, error) {
	var list []provider.Provider
	if c.Authy() || !c.HasOther() {
		client, err := Authy(c)
		if err != nil {
			return provider.Set{}, err
		}
		list = append(list, client)
	}
	if c.TOTP.Enabled() {
		o := totp.Options{
			SecretsFile: c.TOTP.SecretsFile, KeyFile: c.TOTP.KeyFile, Params: c.TOTP.Params(), Now: h.Now,
			Problem: h.Problem, Indexed: many,
		}
		if lasting != nil {
			o.Memory = lasting
		}
		local, err := totp.New(o)
		if err != nil {
			return provider.Set{}, err
		}
		list = append(list, local)
	}
	if c.Verify.Enabled() {
		client, err := Verify(c)
		if err != nil {
			return provider.Set{}, err
		}
		list = append(list, client)
	}
	return provider.NewSet(cmp.Or(c.Provider, config.ProviderAuthy), list...)
}

// References returns the providers of the configuration for whoever reads references and has no
// code judged.
func References(c config.Config) (provider.Set, error) {
	return Providers(c, Host{Now: time.Now}, &memory.Logins{}, false)
}

// Authy returns the client of the Authy API. An error says which setting cannot be used.
func Authy(c config.Config) (*authy.Client, error) {
	roots, err := tlsfile.Pool("ca_file", c.CAFile)
	if err != nil {
		return nil, err
	}
	client, err := authy.New(authy.Options{URL: c.APIURL, Key: c.APIKey, Roots: roots, Proxy: c.Proxy})
	if err != nil {
		return nil, fmt.Errorf("api_url: %w", err)
	}
	return client, nil
}

// Verify returns the client of the Verify API. An error says which setting cannot be used.
func Verify(c config.Config) (*verify.Client, error) {
	o := c.Verify.Options()
	var err error
	if o.Roots, err = tlsfile.Pool("ca_file", c.CAFile); err != nil {
		return nil, err
	}
	client, err := verify.New(o)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return client, nil
}
