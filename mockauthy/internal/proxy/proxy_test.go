package proxy_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/certs"
	"sftpgo-authy/mockauthy/internal/proxy"
)

// start runs a proxy before a server that says which path was asked; it returns the proxy's URL and
// the roots to trust.
func start(t *testing.T) (*url.URL, *x509.CertPool) {
	t.Helper()
	authority, err := certs.New(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	config, err := authority.TLSConfig(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewUnstartedServer(nil)
	mock := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "the mock: ", r.Host, r.URL.Path)
	})
	p := proxy.New(front.Listener.Addr(), mock)
	front.Config.Handler = p
	front.Start()
	api := &http.Server{ReadHeaderTimeout: time.Minute, Handler: mock}
	done := make(chan error, 2)
	go func() { done <- api.Serve(tls.NewListener(p.TLS(), config)) }()
	go func() { done <- api.Serve(p.Plain()) }()
	t.Cleanup(func() {
		_ = api.Close()
		<-done
		<-done
		front.Close()
	})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.PEM())
	address, err := url.Parse(front.URL)
	if err != nil {
		t.Fatal(err)
	}
	return address, roots
}

func TestAClientWithACompiledInHostIsAnsweredByTheMock(t *testing.T) {
	t.Parallel()
	address, roots := start(t)
	client := &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyURL(address), TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true,
	}}
	// names have no case
	for _, base := range []string{"https://api.authy.com", "https://API.Authy.com", "https://sandbox-api.authy.com",
		"https://verify.twilio.com", "http://verify.twilio.com",
		"http://api.authy.com", "http://sandbox-api.authy.com",
		"http://api.authy.com.", "https://sandbox-api.authy.com."} { // a dot at the end is the root of all names
		_, host, _ := strings.Cut(base, "://")
		reply, err := client.Get(base + "/protected/json/app/details")
		if err != nil {
			t.Fatal(err)
		}
		defer reply.Body.Close()
		body, err := io.ReadAll(reply.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(body), "the mock: "+host+"/protected/json/app/details"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEverythingElseIsRefused(t *testing.T) {
	t.Parallel()
	address, _ := start(t)
	for _, request := range []string{
		"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n",
		"CONNECT sandbox-api.authy.com.evil.test:80 HTTP/1.1\r\nHost: api.authy.com:80\r\n\r\n",
		"CONNECT api.authy.com:22 HTTP/1.1\r\nHost: api.authy.com:22\r\n\r\n",
		"CONNECT api.authy.com.evil.test:443 HTTP/1.1\r\nHost: api.authy.com:443\r\n\r\n",
		"CONNECT api.authy.com HTTP/1.1\r\nHost: api.authy.com\r\n\r\n", // 443, or 80?
		"CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: api.authy.com:443\r\n\r\n",
		"GET http://authy.com/ HTTP/1.1\r\nHost: api.authy.com\r\n\r\n",
		"GET http://127.0.0.1/_mock/users HTTP/1.1\r\nHost: api.authy.com\r\n\r\n",
		"GET http://api.authy.com:8080/ HTTP/1.1\r\nHost: api.authy.com\r\n\r\n",
		"GET https://api.authy.com/ HTTP/1.1\r\nHost: api.authy.com\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
	} {
		t.Run(strings.SplitN(request, " HTTP", 2)[0], func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", address.Host)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(err)
			}
			reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer reply.Body.Close()
			if reply.StatusCode != http.StatusForbidden {
				t.Errorf("got %s, want 403", reply.Status)
			}
		})
	}
}

// curl --proxytunnel and some libraries tunnel plain http as well.
func TestPlainHTTPThroughATunnel(t *testing.T) {
	t.Parallel()
	address, _ := start(t)
	conn, err := net.Dial("tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for _, step := range []struct{ send, want string }{
		{"CONNECT sandbox-api.authy.com:80 HTTP/1.1\r\nHost: sandbox-api.authy.com:80\r\n\r\n", ""},
		{"GET /protected/json/app/details HTTP/1.1\r\nHost: sandbox-api.authy.com\r\nConnection: close\r\n\r\n",
			"the mock: sandbox-api.authy.com/protected/json/app/details"},
	} {
		if _, err := io.WriteString(conn, step.send); err != nil {
			t.Fatal(err)
		}
		reply, err := http.ReadResponse(reader, &http.Request{Method: strings.Fields(step.send)[0]})
		if err != nil {
			t.Fatal(err)
		}
		body := []byte(nil)
		if step.want != "" {
			body, _ = io.ReadAll(reply.Body)
		}
		if reply.StatusCode != 200 || string(body) != step.want {
			t.Fatalf("%s: %s %q, want %q", step.send, reply.Status, body, step.want)
		}
	}
}
