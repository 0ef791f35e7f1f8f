package exchange

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"sftpgo-authy/hooks/internal/tunnel"
)

// Bounds of what is read of one exchange.
const (
	maxHead    = 64 << 10
	maxFraming = 512 << 10 // body and what is round it, in chunks of one byte at worst
	maxInterim = 5         // replies of the 1xx kind before the real one
)

// roundTrip sends req over the connection that reach brings, once, reads the reply and hangs up.
// Nothing is followed, kept, repeated or unpacked. The client of net/http can be talked out of all
// that, but would start goroutines to keep connections: a good part of the time of a program that
// lives for one request.
func roundTrip(ctx context.Context, reach connect, req *http.Request) Reply {
	conn, early, err := reach(ctx)
	if err != nil {
		return Reply{Cause: causeOf(err), Err: err}
	}
	defer func() { _ = conn.Close() }()
	// A deadline in the past wakes up whatever waits for the connection.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()

	seen := &watch{from: conn}
	req.Close = true
	// A server may answer and hang up before it has read everything: what it said counts.
	_ = req.Write(conn)
	limit := &io.LimitedReader{R: seen, N: maxHead}
	res, err := readReply(bufio.NewReader(limit), req)
	if err != nil {
		got := Reply{Status: seen.status()}
		if early {
			got.Cause = Aged
		}
		return got
	}
	limit.N = maxFraming
	text, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	whole := err == nil && len(text) <= maxBody && len(res.Header.Values("Content-Encoding")) == 0
	return Reply{Status: res.StatusCode, Body: text, Whole: whole}
}

// dial connects to the API, through the proxy if there is one, and over TLS unless it is plain
// http.
func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	port := c.base.Port()
	switch {
	case port != "":
	case c.base.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	conn, err := c.connect(ctx, net.JoinHostPort(c.base.Hostname(), port))
	if err != nil || c.base.Scheme != "https" {
		return conn, err
	}
	secure := tls.Client(conn, c.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		if c.proxy != nil {
			err = c.proxy.Judge("let something else than the API's TLS through", err)
		}
		return nil, err
	}
	return secure, nil
}

// connect reaches addr, through the proxy if there is one.
func (c *Client) connect(ctx context.Context, addr string) (net.Conn, error) {
	if c.proxy != nil {
		return c.proxy.Dial(ctx, addr, c.tls)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", addr)
}

// causeOf says what the error of a dial means.
func causeOf(err error) Cause {
	var refused *tunnel.Refusal
	switch {
	case ownLimit(err):
		return OwnWant
	case errors.As(err, &refused):
		return Refused
	}
	return Silence
}

// ownLimit says whether a connection failed for want of something on this machine, of file
// descriptors say. Whoever opens very many logins at once can bring that about: it is not the API's
// silence.
func ownLimit(err error) bool {
	var lookup *net.DNSError
	for _, want := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.EADDRNOTAVAIL} {
		// A failed look-up of a name has the error as text alone.
		if errors.Is(err, want) || errors.As(err, &lookup) && strings.HasSuffix(lookup.Err, want.Error()) {
			return true
		}
	}
	return false
}

// readReply reads the first reply that is no interim one.
func readReply(from *bufio.Reader, req *http.Request) (*http.Response, error) {
	for range maxInterim + 1 {
		res, err := http.ReadResponse(from, req)
		if err != nil || res.StatusCode >= 200 || res.StatusCode == http.StatusSwitchingProtocols {
			return res, err
		}
	}
	return nil, errors.New("only interim replies")
}
