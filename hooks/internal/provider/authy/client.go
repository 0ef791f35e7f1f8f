package authy

import (
	"crypto/x509"
	"net/http"
	"time"

	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/tunnel"
)

// DefaultURL is where Authy lives.
const DefaultURL = "https://api.authy.com"

// Options of a [Client].
type Options struct {
	URL     string         // scheme and host; default [DefaultURL]
	Key     string         // the app's API key, sent in X-Authy-API-Key
	Roots   *x509.CertPool // who may vouch for the server, and for an https proxy; nil means the system's
	Proxy   *tunnel.Proxy  // the way out; nil for none
	Timeout time.Duration  // of one exchange from dial to last byte; default [exchange.Timeout]
}

// Client talks to the Authy API. It is safe for concurrent use.
type Client struct {
	api   *exchange.Client
	codes exchange.Asker // is asked about codes
}

// New makes a client. Errors name what is wrong with the URL, never the URL, which might hold a
// secret.
func New(o Options) (*Client, error) {
	if o.URL == "" {
		o.URL = DefaultURL
	}
	api, err := exchange.New(exchange.Options{
		URL: o.URL, Header: http.Header{"X-Authy-Api-Key": {o.Key}}, Roots: o.Roots, Proxy: o.Proxy,
		Timeout: o.Timeout,
	})
	if err != nil {
		return nil, err
	}
	return &Client{api: api, codes: api}, nil
}
