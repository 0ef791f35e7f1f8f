// Package authytest is an Authy API for tests that says whatever a test wants it to say,
// well-formed or not. What a real Authy would say is mockauthy's business.
package authytest

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"sftpgo-authy/internal/ports"
)

// Bodies that Authy is known to send.
const (
	Valid   = `{"message":"Token is valid.","token":"is valid","success":"true","device":{"city":null,"id":83372911}}`
	Invalid = `{"message":"Token is invalid","token":"is invalid","success":false,"errors":{"message":"Token is ` +
		`invalid"},"error_code":"60020"}`
)

// Error returns the body of an Authy error with the given code.
func Error(code string) string {
	return `{"error_code":"` + code + `","message":"m","errors":{"message":"m"},"success":false}`
}

// Server is a running provider.
type Server struct {
	URL  string
	mu   sync.Mutex
	seen []string
}

// Seen returns the paths, with queries, that were asked for over HTTP, in order.
func (s *Server) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.seen...)
}

// New starts a provider that answers with handler.
func New(t testing.TB, handler http.HandlerFunc) *Server {
	t.Helper()
	s := &Server{}
	web := httptest.NewServer(s.record(handler))
	t.Cleanup(web.Close)
	s.URL = web.URL
	return s
}

// Says starts a provider that answers every request with one status and body.
func Says(t testing.TB, status int, body string) *Server {
	t.Helper()
	return New(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

// record notes what is asked. Whose the API key is, which a server asks by itself, is answered here
// and not noted.
func (s *Server) record(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/protected/json/app/details" {
			_, _ = w.Write([]byte(`{"app":{"app_id":1,"name":"x"},"message":"m","success":true}`))
			return
		}
		s.mu.Lock()
		s.seen = append(s.seen, r.RequestURI)
		s.mu.Unlock()
		next(w, r)
	})
}

// Raw starts a provider that reads the head of a request, writes text as it is and closes the
// connection.
func Raw(t testing.TB, text string) *Server {
	t.Helper()
	return Conn(t, func(c net.Conn) { _, _ = c.Write([]byte(text)) })
}

// Whole returns the text of a response with its length, for [Raw].
func Whole(status int, body string) string {
	return "HTTP/1.1 " + strconv.Itoa(status) + " x\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

// Conn starts a provider that hands each connection to serve once the head of a request was read,
// and closes it after.
func Conn(t testing.TB, serve func(net.Conn)) *Server {
	t.Helper()
	return Talk(t, func(c net.Conn) {
		if _, err := c.Read(make([]byte, 64<<10)); err == nil {
			serve(c)
		}
	})
}

// Talk starts a server that hands each connection to serve at once, and closes it after.
func Talk(t testing.TB, serve func(net.Conn)) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Add(1)
	go func() {
		defer open.Done()
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			open.Add(1)
			go func() {
				defer open.Done()
				defer c.Close()
				serve(c)
			}()
		}
	}()
	t.Cleanup(func() { listener.Close(); open.Wait() })
	return &Server{URL: "http://" + listener.Addr().String()}
}

// Nobody returns the URL of a port at which nobody listens until the test ends.
func Nobody(t testing.TB) string {
	t.Helper()
	return "http://" + ports.Addrs(t, 1)[0]
}
