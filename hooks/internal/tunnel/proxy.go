// Package tunnel makes connections through an HTTP proxy with the CONNECT method. The proxy learns
// the name and port, and nothing of what is sent: TLS goes through it end to end.
package tunnel

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"net/url"
	"strconv"
)

// Proxy is an HTTP proxy. It prints without the user and password that it may have.
type Proxy struct {
	scheme, host, addr string
	authorization      string // of Proxy-Authorization; "" for none
}

// Parse reads the address of a proxy: http:// or https:// (TLS as far as the proxy), perhaps
// user:password@, a host and perhaps a port, which is 80 or 443 without. Errors do not repeat the
// address, which may hold a password.
func Parse(s string) (*Proxy, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, errWanted
	}
	ports := map[string]string{"http": "80", "https": "443"}
	port, known := ports[u.Scheme]
	switch {
	case !known, u.Hostname() == "", u.Opaque != "":
		return nil, errWanted
	case !SoundPort(u):
		return nil, errors.New("has a port that cannot be; want one from 1 to 65535")
	case u.RawQuery != "" || u.ForceQuery, u.Fragment != "", u.Path != "" && u.Path != "/":
		return nil, errors.New("has a path, query or fragment; want http://host:port, perhaps with user:password@")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	p := &Proxy{scheme: u.Scheme, host: u.Hostname(), addr: net.JoinHostPort(u.Hostname(), port)}
	if u.User != nil {
		password, _ := u.User.Password()
		p.authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
	}
	return p, nil
}

// SoundPort says whether a URL has no port or a possible one. Package net finds out only when it
// dials, and then an error in a configuration looks like a host that does not answer.
func SoundPort(u *url.URL) bool {
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" || err == nil && port > 0
}

var errWanted = errors.New("want http:// or https://, a host and perhaps a port, with user:password@ before it " +
	"where the proxy asks for them")

// Host returns the name or address of the proxy, without its port.
func (p *Proxy) Host() string { return p.host }

// String returns scheme, host and port, and never a user or password.
func (p *Proxy) String() string { return p.scheme + "://" + p.addr }

// GoString is [Proxy.String], so that no verb of package fmt shows a password.
func (p *Proxy) GoString() string { return p.String() }

// Dial connects to addr, a host and port, through the proxy. config is for TLS as far as an https
// proxy; its ServerName does not matter.
//
// If the proxy answers anything but success, the error is a [*Refusal]. Any other error means that
// it did not answer.
func (p *Proxy) Dial(ctx context.Context, addr string, config *tls.Config) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.addr)
	if err != nil {
		return nil, err
	}
	if p.scheme == "https" {
		config = config.Clone()
		config.ServerName = p.host
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, p.Judge("TLS with the proxy failed", err)
		}
		conn = secure
	}
	if err := p.connect(ctx, conn, addr); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}
