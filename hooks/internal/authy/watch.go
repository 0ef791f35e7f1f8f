package authy

import (
	"net"
	"strconv"
	"strings"
	"sync"
)

// watch looks at the first line that a server sends. net/http reports a server that said nothing and one that broke
// off after its status line by the same kind of error, and only the first is "no answer": the second has decided
// something, and we do not know what.
type watch struct {
	mu   sync.Mutex
	line []byte
	done bool
}

// maxStatusLine bounds what is kept of a first line; "HTTP/1.1 200" is 12 bytes.
const maxStatusLine = 64

// over wraps conn, so that w sees what is read from it. A nil conn stays nil.
func (w *watch) over(conn net.Conn) net.Conn {
	if conn == nil {
		return nil
	}
	return watched{Conn: conn, w: w}
}

type watched struct {
	net.Conn
	w *watch
}

// Read reads from the connection and shows the bytes to the watch.
func (c watched) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.w.observe(p[:n])
	return n, err
}

func (w *watch) observe(p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range p {
		if w.done {
			return
		}
		if b == '\n' || len(w.line) == maxStatusLine {
			w.done = true
			return
		}
		w.line = append(w.line, b)
	}
}

// status gives the status code of the first line, 0 if no whole status line has arrived.
func (w *watch) status() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	version, rest, _ := strings.Cut(string(w.line), " ")
	if !w.done || !strings.HasPrefix(version, "HTTP/") || len(rest) < 3 {
		return 0
	}
	code, err := strconv.Atoi(rest[:3])
	if err != nil || code < 100 {
		return 0
	}
	return code
}
