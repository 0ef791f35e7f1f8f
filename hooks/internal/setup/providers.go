package setup

import (
	"fmt"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/tlsfile"
)

// Providers returns the providers of the configuration. An error says which setting cannot be used.
func Providers(c config.Config) (provider.Set, error) {
	client, err := Authy(c)
	if err != nil {
		return provider.Set{}, err
	}
	return provider.NewSet(authy.Name, client)
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
