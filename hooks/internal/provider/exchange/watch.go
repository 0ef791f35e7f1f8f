package exchange

import (
	"io"
	"strconv"
	"strings"
)

// watch reads for somebody else and looks at the first line that a server sends. net/http reports a
// server that said nothing and one that broke off after its status line by the same kind of error,
// and only the first is "no answer": the second has decided something, and we do not know what.
type watch struct {
	from io.Reader
	line []byte
	done bool
}

// maxStatusLine bounds what is kept of a first line; "HTTP/1.1 200" is 12 bytes.
const maxStatusLine = 64

// Read implements [io.Reader].
func (w *watch) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	for _, b := range p[:n] {
		if w.done {
			break
		}
		if b == '\n' || len(w.line) == maxStatusLine {
			w.done = true
			break
		}
		w.line = append(w.line, b)
	}
	return n, err
}

// status returns the status code of the first line, 0 if no whole status line has arrived.
func (w *watch) status() int {
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
