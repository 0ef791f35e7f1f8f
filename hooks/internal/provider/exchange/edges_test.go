package exchange

import (
	"context"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestPortsOfSchemes: a URL without a port means the scheme's own.
func TestPortsOfSchemes(t *testing.T) {
	t.Parallel()
	for url, port := range map[string]string{"https://192.0.2.1": "443", "http://192.0.2.1": "80",
		"https://192.0.2.1:8443": "8443"} {
		c, err := New(Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // nobody is dialled; the error names who would have been
		if _, err := c.dial(ctx); err == nil || !strings.Contains(err.Error(), "192.0.2.1:"+port+":") {
			t.Errorf("%s: %v, want port %s", url, err, port)
		}
	}
}

// TestTimeouts: none means the usual one.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	for given, want := range map[time.Duration]time.Duration{0: Timeout, -1: Timeout, 1: 1, time.Minute: time.Minute} {
		c, err := New(Options{URL: "https://192.0.2.1", Timeout: given})
		if err != nil || c.timeout != want {
			t.Errorf("%v: %v, %v; want %v", given, c.timeout, err, want)
		}
	}
}

// TestTLS: https is TLS with a certificate that the roots speak for.
func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello")
	}))
	defer server.Close()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	known := x509.NewCertPool()
	known.AddCert(server.Certificate())
	for _, roots := range []*x509.CertPool{known, x509.NewCertPool()} {
		c, err := New(Options{URL: server.URL, Roots: roots})
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		if roots == known {
			want = http.StatusOK
		}
		got := c.Do(t.Context(), Call{Method: http.MethodGet, Path: "/"})
		if got.Status != want || got.Whole != (want != 0) {
			t.Errorf("status %d, whole %v; want %d", got.Status, got.Whole, want)
		}
	}
}

// TestStatusLinesThatAreNone: a server that speaks something else has decided nothing.
func TestStatusLinesThatAreNone(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"HTTP/1.1 200 OK\r\n": 200, "HTTP/1.0 503\n": 503, "HTTP/1.1 099 x\n": 0, "HTTP/1.1 x00 x\n": 0,
		"HTTP/1.1 20\n": 0, "HTTP/1.1 100 x\n": 100,
		"HTTP/1.1 200 OK": 0, "SSH-2.0-x 200 \n": 0, "\n": 0, "HTTP/1.1 200 " + strings.Repeat("x", 100): 200,
	} {
		w := &watch{from: strings.NewReader(line)}
		if _, err := io.ReadAll(w); err != nil {
			t.Fatal(err)
		}
		if got := w.status(); got != want {
			t.Errorf("%q: got %d, want %d", line, got, want)
		}
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	for in, good := range map[string]bool{
		"https://api.authy.com": true, "https://api.authy.com/": true, "http://127.0.0.1:8880": true,
		"http://[::1]:1": true,
		"":               false, "api.authy.com": false, "ftp://x": false, "https://": false, "https://u:p@x": false,
		"https://x/path": false,
		"https://x?q":    false, "https://x?": false, "https://x#f": false, "https:x": false, "://": false,
	} {
		if _, err := ParseURL(in); (err == nil) != good {
			t.Errorf("ParseURL(%q): error %v, want none: %v", in, err, good)
		}
	}
}
