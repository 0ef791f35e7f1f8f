// Package exchange asks an HTTP API one question, on a connection of its own, and says what became
// of it. It is what all providers that ask somebody else have in common.
//
// Nothing is repeated, followed or kept: a client that keeps connections repeats a request whose
// connection died, and a repeated question turns a right code into "used before".
package exchange

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

	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/tunnel"
)

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
	URL     string         // scheme and host
	Header  http.Header    // of every request: who asks
	Roots   *x509.CertPool // who may vouch for the server, and for an https proxy; nil means the system's
	Proxy   *tunnel.Proxy  // the way out; nil for none
	Timeout time.Duration  // of one exchange from dial to last byte; default [Timeout]
}

// Asker makes exchanges.
type Asker interface {
	// Do makes one call. Everything that goes wrong is in the reply.
	Do(ctx context.Context, what Call) Reply
}

// Client is an [Asker] that dials for each call. It is safe for concurrent use.
type Client struct {
	base    url.URL
	header  http.Header
	tls     *tls.Config
	proxy   *tunnel.Proxy
	timeout time.Duration
}

// New makes a client. Errors name what is wrong with the URL, never the URL, which might hold a
// secret.
func New(o Options) (*Client, error) {
	base, err := ParseURL(o.URL)
	if err != nil {
		return nil, err
	}
	c := &Client{
		base:    *base,
		header:  o.Header,
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

// ParseURL reads the base URL of an API: http or https, a host, perhaps a port, and nothing else.
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

// Call is one request. Whatever a person typed is checked before it stands in a path.
type Call struct {
	Method, Path string
	Query, Form  url.Values // Form makes a body; nil for none
}

// Reply is what came back of one exchange.
type Reply struct {
	Status int    // 0: no status line arrived
	Body   []byte // nothing more than 64 KiB
	Whole  bool   // the body is complete, readable and within bounds
	Cause  Cause  // why there is no status
	Err    error  // the same in words, where there are some
}

// Cause says why a call has no status. Its zero value is the only one that makes it *no answer*.
type Cause int

// Causes.
const (
	Silence Cause = iota // nobody said anything
	OwnWant              // something was used up on this machine
	Refused              // a proxy answered, and not with a way through; or there was nothing to send
	Aged                 // a connection that was dialled ahead had died
)

// connect reaches the API. early says that the connection was dialled ahead.
type connect func(context.Context) (conn net.Conn, early bool, err error)

// Do implements [Asker].
func (c *Client) Do(ctx context.Context, what Call) Reply {
	return c.doOver(ctx, func(ctx context.Context) (net.Conn, bool, error) {
		conn, err := c.dial(ctx)
		return conn, false, err
	}, what)
}

// doOver is Do over the connection that reach brings.
func (c *Client) doOver(ctx context.Context, reach connect, what Call) Reply {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	target := c.base
	target.Path, target.RawQuery = what.Path, what.Query.Encode()
	var body io.Reader
	if what.Form != nil {
		body = strings.NewReader(what.Form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, what.Method, target.String(), body)
	if err != nil {
		return Reply{Cause: Refused, Err: errors.New("the request cannot be built")}
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "sftpgo-authy")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return roundTrip(ctx, reach, req)
}

// Spares is an [Asker] that makes calls over connections dialled ahead, where there are some. Close
// it when nobody asks any more.
type Spares struct {
	client *Client
	pool   *ahead.Pool
}

// Ahead makes Spares of a client. Dial and Timeout of the options are the client's own.
func (c *Client) Ahead(o ahead.Options) *Spares {
	o.Dial, o.Timeout = c.dial, c.timeout
	return &Spares{c, ahead.New(o)}
}

// Do implements [Asker]. Nothing is sent a second time where a connection had died: nobody knows
// whether the question arrived.
func (s *Spares) Do(ctx context.Context, what Call) Reply {
	return s.client.doOver(ctx, s.pool.Get, what)
}

// Waiting returns how many connections are ready for a question.
func (s *Spares) Waiting() int { return s.pool.Waiting() }

// Close closes the connections that wait. Do goes on to work, without them.
func (s *Spares) Close() error { return s.pool.Close() }
