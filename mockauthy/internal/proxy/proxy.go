// Package proxy is an HTTP proxy for clients that have Twilio's address compiled in but honour
// HTTPS_PROXY or HTTP_PROXY. It answers requests for the names of certs.Hosts itself and never
// opens a connection.
package proxy

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"sftpgo-authy/mockauthy/internal/certs"
)

// Proxy is an http.Handler for the proxy's own listener, and two net.Listeners that return the
// connections it granted, so that the same http.Server answers them as those of its own listener:
// wrap [Proxy.TLS] with tls.NewListener, and serve [Proxy.Plain] as it is.
type Proxy struct {
	plainHTTP  http.Handler
	tls, plain *granted
}

// New makes a proxy for a listener on addr. plainHTTP answers requests for http://, which clients
// send to a proxy without CONNECT.
func New(addr net.Addr, plainHTTP http.Handler) *Proxy {
	closed, once := make(chan struct{}), &sync.Once{}
	listener := func() *granted { return &granted{addr: addr, conns: make(chan net.Conn), closed: closed, once: once} }
	return &Proxy{plainHTTP: plainHTTP, tls: listener(), plain: listener()}
}

// TLS hands out connections to port 443, where clients speak TLS; closing it closes Plain too.
func (p *Proxy) TLS() net.Listener { return p.tls }

// Plain hands out connections to port 80; closing it closes TLS too.
func (p *Proxy) Plain() net.Listener { return p.plain }

// ServeHTTP grants CONNECT to the names of certs.Hosts, answers whole requests for them, and
// refuses everything else with 403 and a line that says why.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
		if r.Method != http.MethodConnect {
			port = "80"
		}
	}
	// the dot is the root of all names
	known := slices.Contains(certs.Hosts(), strings.TrimSuffix(strings.ToLower(host), "."))
	switch {
	case r.Method != http.MethodConnect && !r.URL.IsAbs():
		refuse(w, "this is a proxy, and the request names no host; the mock itself is at its base URL")
	case !known:
		refuse(w, fmt.Sprintf("%q is not answered here, only %s; name other hosts in NO_PROXY", host,
			strings.Join(certs.Hosts(), ", ")))
	case r.Method != http.MethodConnect && (r.URL.Scheme != "http" || port != "80"):
		refuse(w, fmt.Sprintf("%s on port %s is not answered here; ask for http on port 80, or CONNECT to port 443",
			r.URL.Scheme, port))
	case r.Method != http.MethodConnect:
		p.plainHTTP.ServeHTTP(w, r)
	case port == "443":
		p.grant(w, p.tls)
	case port == "80":
		p.grant(w, p.plain)
	case port == "":
		refuse(w, "CONNECT without a port is not answered here; name 443 or 80")
	default:
		refuse(w, fmt.Sprintf("CONNECT to port %s is not answered here, only to 443 and 80", port))
	}
}

func refuse(w http.ResponseWriter, why string) {
	http.Error(w, "mockauthy's proxy: refused: "+why, http.StatusForbidden)
}

// grant takes over the client's connection and hands it to a listener.
func (p *Proxy) grant(w http.ResponseWriter, to *granted) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "mockauthy's proxy: this connection cannot be taken over", http.StatusInternalServerError)
		return
	}
	if buffered.Reader.Buffered() > 0 { // a client that speaks before it is granted is not one of HTTP's
		_ = conn.Close()
		return
	}
	_ = conn.SetDeadline(time.Time{})
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	select {
	case to.conns <- conn:
	case <-to.closed:
		_ = conn.Close()
	}
}

// granted is a net.Listener of connections that the proxy granted.
type granted struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   *sync.Once
}

// Accept returns the next granted connection, or net.ErrClosed.
func (g *granted) Accept() (net.Conn, error) {
	select {
	case conn := <-g.conns:
		return conn, nil
	case <-g.closed:
		return nil, &net.OpError{Op: "accept", Net: "proxy", Addr: g.addr, Err: net.ErrClosed}
	}
}

// Close ends Accept of both listeners. Connections that were returned stay open; they belong to the
// server.
func (g *granted) Close() error {
	err := errors.New("close of a closed proxy")
	g.once.Do(func() { close(g.closed); err = nil })
	return err
}

// Addr is the address of the proxy's own listener.
func (g *granted) Addr() net.Addr { return g.addr }
