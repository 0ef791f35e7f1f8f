package tunnel

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Bounds of what a proxy may answer.
const (
	maxHead    = 64 << 10
	maxInterim = 5 // replies of the 1xx kind before the real one
)

// connect asks the proxy at the other end of conn for a tunnel to addr. Afterwards conn leads
// there.
func (p *Proxy) connect(ctx context.Context, conn net.Conn, addr string) error {
	// A deadline in the past wakes whatever waits for the connection.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	request := &http.Request{
		Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr,
		Header: http.Header{"User-Agent": {"sftpgo-authy"}},
	}
	if p.authorization != "" {
		request.Header.Set("Proxy-Authorization", p.authorization)
	}
	// A proxy may refuse and hang up before it has read everything: what it said counts.
	writeErr := request.Write(conn)
	heard := &counter{from: conn}
	from := bufio.NewReader(io.LimitReader(heard, maxHead))
	status, err := readStatus(from, request)
	switch {
	case heard.n == 0 && silent(err): // also where the request could not be written: then there was nothing to read
		return cmp.Or(writeErr, err)
	case heard.n == 0: // of TLS: some proxies ask for a certificate, and miss it only after the handshake
		return p.Judge("ended TLS when it was asked", err)
	case err != nil:
		return &Refusal{Proxy: p.String(), What: "answered CONNECT with something that is no HTTP reply"}
	case status != http.StatusOK:
		return &Refusal{Proxy: p.String(), Status: status, What: fmt.Sprintf("answered %d to CONNECT %s", status, addr)}
	case from.Buffered() > 0:
		// At the other end nobody speaks before we do, so these bytes are the proxy's own.
		return &Refusal{Proxy: p.String(), Status: status, What: "sent more than its reply to CONNECT"}
	case !stop():
		return context.Cause(ctx)
	}
	return nil
}

// readStatus reads the head of the first reply that is not an interim one. What a reply to CONNECT
// says about its body does not count: a tunnel has none (RFC 9110, 9.3.6), and the body of a
// refusal is ignored.
func readStatus(from *bufio.Reader, request *http.Request) (int, error) {
	for range maxInterim + 1 {
		reply, err := http.ReadResponse(from, request)
		if err != nil {
			return 0, err
		}
		if reply.StatusCode >= 200 || reply.StatusCode == http.StatusSwitchingProtocols {
			return reply.StatusCode, nil
		}
	}
	return 0, fmt.Errorf("more than %d interim replies", maxInterim)
}

// counter counts what is read.
type counter struct {
	from io.Reader
	n    int64
}

// Read implements [io.Reader].
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}
