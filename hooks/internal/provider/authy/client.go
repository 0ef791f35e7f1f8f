package authy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/tunnel"
)

// DefaultURL is where Authy lives.
const DefaultURL = "https://api.authy.com"

// Limits of one exchange. SFTPGo gives a hook 20 s (HTTP) or 30 s (program), and extauth's echo
// overwrites what an administrator changed meanwhile: hence 5 s.
const (
	Timeout = 5 * time.Second
	// sessions of TLS are remembered: every call is a new connection, and hookd makes many to one
	// host.
	sessions = 4
	maxBody  = 64 << 10
)

// Options of a [Client].
type Options struct {
	URL     string         // scheme and host; default [DefaultURL]
	Key     string         // the app's API key, sent in X-Authy-API-Key
	Roots   *x509.CertPool // who may vouch for the server, and for an https proxy; nil means the system's
	Proxy   *tunnel.Proxy  // the way out; nil for none
	Timeout time.Duration  // of one exchange from dial to last byte; default [Timeout]
}

// Client talks to the Authy API. It is safe for concurrent use.
//
// Each call is one request on a connection of its own: a client that keeps connections repeats a
// GET whose connection died, and a repeated verify turns a right code into "used before".
type Client struct {
	base    url.URL
	key     string
	tls     *tls.Config
	proxy   *tunnel.Proxy
	timeout time.Duration
}

// New makes a client. Errors name what is wrong with the URL, never the URL, which might hold a
// secret.
func New(o Options) (*Client, error) {
	if o.URL == "" {
		o.URL = DefaultURL
	}
	base, err := ParseURL(o.URL)
	if err != nil {
		return nil, err
	}
	c := &Client{
		base:    *base,
		key:     o.Key,
		proxy:   o.Proxy,
		timeout: o.Timeout,
		tls: &tls.Config{
			RootCAs: o.Roots, ServerName: base.Hostname(), MinVersion: tls.VersionTLS12,
			ClientSessionCache: tls.NewLRUClientSessionCache(sessions),
		},
	}
	if c.timeout <= 0 {
		c.timeout = Timeout
	}
	return c, nil
}

// ParseURL reads the base URL of an Authy API: http or https, a host, perhaps a port, and nothing
// else.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.Opaque != "":
		return nil, errors.New("want http:// or https://, a host and perhaps a port")
	case !tunnel.SoundPort(u):
		return nil, errors.New("has a port that cannot be; want one from 1 to 65535")
	case u.User != nil, u.RawQuery != "" || u.ForceQuery, u.Fragment != "", u.Path != "" && u.Path != "/":
		return nil, errors.New("has a user, path, query or fragment; want only scheme, host and perhaps a port")
	}
	u.Path = ""
	return u, nil
}

// reply is what came back of one exchange.
type reply struct {
	status int    // 0: no status line arrived
	body   []byte // nothing more than 64 KiB
	whole  bool   // the body is complete, readable and within bounds
	cause  cause  // why there is no status
	err    error  // the same in words, where there are some
}

// cause says why a call has no status. Its zero value is the only one that makes it *no answer*.
type cause int

const (
	silence cause = iota // nobody said anything
	ownWant              // something was used up on this machine
	refusal              // a proxy answered, and not with a way through
	aged                 // a connection that was dialled ahead had died
)

// call is one request.
type call struct {
	method, path string
	query, form  url.Values // form makes a body; nil for none
}

// connect reaches the API. early says that the connection was dialled ahead.
type connect func(context.Context) (conn net.Conn, early bool, err error)

// do makes one call over a connection of its own. The error tells only of requests that could not
// be built; everything that goes wrong on the way is in the reply.
func (c *Client) do(ctx context.Context, what call) (reply, error) {
	return c.doOver(ctx, func(ctx context.Context) (net.Conn, bool, error) {
		conn, err := c.dial(ctx)
		return conn, false, err
	}, what)
}

// doOver is do over the connection that reach brings.
func (c *Client) doOver(ctx context.Context, reach connect, what call) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	target := c.base
	target.Path, target.RawQuery = what.path, what.query.Encode()
	var body io.Reader
	if what.form != nil {
		body = strings.NewReader(what.form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, what.method, target.String(), body)
	if err != nil {
		return reply{}, errors.New("authy: request cannot be built")
	}
	req.Header.Set("X-Authy-API-Key", c.key)
	req.Header.Set("User-Agent", "sftpgo-authy")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}

	return roundTrip(ctx, reach, req), nil
}
