// Package proxy is the door for clients that have https://api.authy.com compiled in but honour HTTPS_PROXY: it takes
// CONNECT for that one host and answers it itself. It never opens a connection to anywhere.
package proxy

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Host is the one destination that is answered.
const Host = "api.authy.com:443"

// Proxy is an http.Handler for the proxy's own listener, and a net.Listener that gives out the connections it granted,
// so that the very same http.Server answers here as on the direct door: wrap it with tls.NewListener.
type Proxy struct {
	addr    net.Addr
	granted chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

// New makes a proxy that listens, by other means, on addr.
func New(addr net.Addr) *Proxy {
	return &Proxy{addr: addr, granted: make(chan net.Conn), closed: make(chan struct{})}
}

// ServeHTTP grants CONNECT api.authy.com:443 and refuses everything else with 403 and a line that says why.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, fmt.Sprintf("mockauthy's proxy: %s is refused: only CONNECT %s is answered here", r.Method, Host), http.StatusForbidden)
		return
	}
	if !strings.EqualFold(r.Host, Host) {
		http.Error(w, fmt.Sprintf("mockauthy's proxy: %q is refused: only %s is answered here; name other hosts in NO_PROXY", r.Host, Host), http.StatusForbidden)
		return
	}
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
	case p.granted <- conn:
	case <-p.closed:
		_ = conn.Close()
	}
}

// Accept gives the next granted connection, or net.ErrClosed.
func (p *Proxy) Accept() (net.Conn, error) {
	select {
	case conn := <-p.granted:
		return conn, nil
	case <-p.closed:
		return nil, &net.OpError{Op: "accept", Net: "proxy", Addr: p.addr, Err: net.ErrClosed}
	}
}

// Close ends Accept. Connections that were given out stay open; they are their server's.
func (p *Proxy) Close() error {
	err := errors.New("close of a closed proxy")
	p.once.Do(func() { close(p.closed); err = nil })
	return err
}

// Addr is the address of the proxy's own listener.
func (p *Proxy) Addr() net.Addr { return p.addr }
