package phone_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"sftpgo-authy/mockauthy/mockauthytest"
)

// wire is a network between the page and a mock that can fall silent without breaking: a server
// that hangs, a cable that was pulled, a connection that died while the computer slept.
type wire struct {
	URL string

	mu     sync.Mutex
	silent func(*http.Request) bool
	speaks chan struct{} // closed when the wire is whole again
}

func newWire(t *testing.T, m *mockauthytest.Mock) *wire {
	t.Helper()
	target, err := url.Parse(m.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // the page's own origin stays the server's
	}}
	wire := &wire{}
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wire.wait(r)
		proxy.ServeHTTP(&slowly{w, r, wire}, r)
	}))
	wire.URL = between.URL
	t.Cleanup(func() {
		wire.speak()
		between.CloseClientConnections()
		between.Close()
	})
	return wire
}

// hush keeps back every byte, both ways, of the requests that of names.
func (w *wire) hush(of func(*http.Request) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent, w.speaks = of, make(chan struct{})
}

// speak lets through what was kept back.
func (w *wire) speak() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silent != nil {
		w.silent = nil
		close(w.speaks)
	}
}

func (w *wire) wait(r *http.Request) {
	w.mu.Lock()
	silent, speaks := w.silent, w.speaks
	w.mu.Unlock()
	if silent != nil && silent(r) {
		select {
		case <-speaks:
		case <-r.Context().Done():
		}
	}
}

// slowly is an answer that stands still while the wire is silent.
type slowly struct {
	http.ResponseWriter
	r    *http.Request
	wire *wire
}

func (s *slowly) Write(data []byte) (int, error) {
	s.wire.wait(s.r)
	return s.ResponseWriter.Write(data)
}

func (s *slowly) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func everything(*http.Request) bool { return true }

func eventStream(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/events") }
