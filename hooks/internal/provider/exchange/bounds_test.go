package exchange

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// asked makes a call to a server that answers each connection with these bytes.
func asked(t *testing.T, reply string) Reply {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, reply)
		}
	}()
	c, err := New(Options{URL: "http://" + l.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	return c.Do(t.Context(), Call{Method: http.MethodGet, Path: "/"})
}

// TestABodyHasABound: 64 KiB are whole, and one byte more is not.
func TestABodyHasABound(t *testing.T) {
	t.Parallel()
	for n, whole := range map[int]bool{0: true, maxBody: true, maxBody + 1: false} {
		got := asked(t, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", n, strings.Repeat("x", n)))
		if got.Status != http.StatusOK || got.Whole != whole || whole && len(got.Body) != n {
			t.Errorf("%d bytes: status %d, whole %v with %d; want whole: %v", n, got.Status, got.Whole, len(got.Body),
				whole)
		}
	}
	if got := asked(t, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"); got.Whole {
		t.Errorf("a body that ends early is whole: %+v", got)
	}
}

// TestInterimReplies: the real one comes after a few of them, a change of protocol is one, and a
// server that never gets to it has said nothing more than its last status.
func TestInterimReplies(t *testing.T) {
	t.Parallel()
	const early, real = "HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
	for name, row := range map[string]struct {
		text   string
		status int
		whole  bool
	}{
		"five":                 {strings.Repeat(early, maxInterim) + real, 200, true},
		"six":                  {strings.Repeat(early, maxInterim+1) + real, 103, false},
		"another protocol":     {"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, true},
		"a status and no more": {"HTTP/1.1 200 OK\r\n", 200, false},
		"nothing":              {"", 0, false},
	} {
		if got := asked(t, row.text); got.Status != row.status || got.Whole != row.whole {
			t.Errorf("%s: status %d, whole %v; want %d, %v", name, got.Status, got.Whole, row.status, row.whole)
		}
	}
}

// TestAFormIsABody: a call with one sends it, and a call without sends no body and names no type.
func TestAFormIsABody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %d %s %q", r.Method, r.ContentLength, body, r.Header.Values("Content-Type"))
	}))
	defer server.Close()
	c, err := New(Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	for want, call := range map[string]Call{
		`POST 3 a=1 ["application/x-www-form-urlencoded"]`: {Method: http.MethodPost, Path: "/",
			Form: url.Values{"a": {"1"}}},
		`GET 0  []`: {Method: http.MethodGet, Path: "/"},
	} {
		if got := c.Do(t.Context(), call); string(got.Body) != want {
			t.Errorf("got %q, want %q", got.Body, want)
		}
	}
}
