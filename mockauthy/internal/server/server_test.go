package server_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/internal/certs"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/server"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run starts a server that is closed with the test.
func run(t *testing.T, change func(*server.Options)) *server.Server {
	t.Helper()
	o := server.Options{Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		World: world.Options{Now: time.Now, Keys: []string{"k"}, Remember: 100}}
	if change != nil {
		change(&o)
	}
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s, 500*time.Millisecond) })
	return s
}

// stop closes a server, which must not take longer than a person waits after Ctrl-C, whatever time
// requests are given.
func stop(t *testing.T, s *server.Server, given time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), given)
	defer cancel()
	begin := time.Now()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 5*time.Second { // a second, and what a busy machine adds
		t.Errorf("closing took %v", took)
	}
}

// client has no pool that outlives the test.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestStreamsAndWaitsEndWithTheServer(t *testing.T) {
	t.Parallel()
	s := run(t, nil)
	ended := make(chan string, 3)
	for _, path := range []string{"/_mock/events", "/_mock/journal/wait?timeout=5m",
		"/protected/json/app/details?api_key=k"} {
		started := make(chan struct{})
		if strings.Contains(path, "app/details") { // it hangs in a fault
			w, _ := s.Worlds().First()
			if _, err := w.Faults.Add(fault.Rule{Effect: fault.Effect{Delay: 4 * time.Minute}}); err != nil {
				t.Fatal(err)
			}
		}
		go func() {
			conn, err := net.Dial("tcp", s.Addr().String())
			if err != nil {
				ended <- err.Error()
				return
			}
			defer conn.Close()
			fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path)
			close(started)
			_, _ = io.Copy(io.Discard, bufio.NewReader(conn)) // ends when the server closes
			ended <- path
		}()
		<-started
	}
	w, _ := s.Worlds().First()
	if _, err := w.Journal.Wait(t.Context(), 1, journal.Filter{}); err != nil { // the hanging one has arrived
		t.Fatal(err)
	}
	stop(t, s, time.Minute) // they end at once and need not be cut
	for range 3 {
		<-ended
	}
}

func TestAClientThatSendsNothingHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := run(t, nil)
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /protected/json/app/details HTTP/1.1\r\nHost: x\r\n") // and no more
	stop(t, s, 500*time.Millisecond)
}

func TestHeadersHaveABound(t *testing.T) {
	t.Parallel()
	s := run(t, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/_mock/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Long", strings.Repeat("x", 1<<20))
	resp, err := client(t).Do(req)
	if err != nil {
		return // the server may hang up while the client still writes
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %d, want 431", resp.StatusCode)
	}
}

// TestTheListeningAddressIsAllowed asks by an address of this machine that is no loopback.
func TestTheListeningAddressIsAllowed(t *testing.T) {
	t.Parallel()
	s := run(t, func(o *server.Options) { o.Listen = "0.0.0.0:0" })
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		ip, ok := a.(*net.IPNet)
		if !ok || ip.IP.IsLoopback() || ip.IP.To4() == nil {
			continue
		}
		own := fmt.Sprintf("http://%s:%d/_mock/readyz", ip.IP, s.Addr().Port)
		for host, want := range map[string]int{"": 200, "evil.test": 403, "192.0.2.1": 403} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, own, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			resp, err := client(t).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%s as %q: got %d, want %d", own, host, resp.StatusCode, want)
			}
		}
		return
	}
	untried.Skip(t, "this machine has no address but loopback")
}

func TestAuthysPathsAnswerUnderAnyName(t *testing.T) {
	t.Parallel()
	s := run(t, nil)
	for path, want := range map[string]int{
		"/protected/json/app/details?api_key=k": 200,
		"/_mock/users":                          403,
		"/":                                     403,
		"/%5fmock/users":                        404, // no spelling of a name crosses over
		"/protected/../_mock/users":             401, // the key comes first
		"//_mock/users":                         404,
	} {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn,
			"GET %s HTTP/1.1\r\nHost: api.authy.com\r\nOrigin: https://evil.test\r\nConnection: close\r\n\r\n", path)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		conn.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, resp.StatusCode, want)
		}
	}
}

func TestAHandshakeCanFail(t *testing.T) {
	t.Parallel()
	authority, err := certs.New(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	config, err := authority.TLSConfig(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, func(o *server.Options) { o.TLSListen, o.TLS, o.CA = "127.0.0.1:0", config, authority.PEM() })
	w, _ := s.Worlds().First()
	if _, err := w.Faults.Add(fault.Rule{Effect: fault.Effect{Kind: mockapi.TLSFailure}, Times: 1}); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.PEM())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "api.authy.com"}}
	defer transport.CloseIdleConnections()
	ask := func() error {
		resp, err := (&http.Client{Transport: transport}).Get(s.TLSURL() + "/protected/json/app/details?api_key=k")
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := ask(); err == nil {
		t.Error("the handshake went well, want it to fail once")
	}
	if err := ask(); err != nil {
		t.Errorf("the second handshake: %v", err)
	}
}
