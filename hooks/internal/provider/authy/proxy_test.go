package authy

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/tunnel"
)

// secureProvider is an API with TLS that says yes, and who vouches for it.
func secureProvider(t *testing.T) (url string, roots *x509.CertPool) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, authytest.Valid)
	}))
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
}

// proxyOf starts a proxy that does with each connection what serve says, and returns its address
// and where to look up what it was asked.
func proxyOf(t *testing.T, serve func(c net.Conn, head string)) (addr string, heads func() []string) {
	t.Helper()
	var mu sync.Mutex
	var seen []string
	server := authytest.Talk(t, func(c net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		head := request.Method + " " + request.RequestURI + " " + request.Header.Get("Proxy-Authorization")
		mu.Lock()
		seen = append(seen, head)
		mu.Unlock()
		serve(c, request.RequestURI)
	})
	return strings.TrimPrefix(server.URL, "http://"), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), seen...)
	}
}

// leads says yes with reply and joins the two ends.
func leads(reply string) func(net.Conn, string) {
	return func(c net.Conn, addr string) {
		to, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		defer to.Close()
		_, _ = io.WriteString(c, reply)
		go func() { _, _ = io.Copy(to, c); _ = to.Close() }()
		_, _ = io.Copy(c, to)
	}
}

// speaks writes text and waits until the client has gone.
func speaks(text string) func(net.Conn, string) {
	return func(c net.Conn, _ string) {
		_, _ = io.WriteString(c, text)
		_, _ = io.Copy(io.Discard, c)
	}
}

// breaksOff writes text and hangs up.
func breaksOff(text string) func(net.Conn, string) {
	return func(c net.Conn, _ string) { _, _ = io.WriteString(c, text) }
}

func viaProxy(t *testing.T, address string, o Options) provider.Answer {
	t.Helper()
	proxy, err := tunnel.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	o.Proxy = proxy
	return verify(t, o)
}

// TestAProxyThatLeadsThere: TLS goes through it end to end, and its user and password go to it
// alone.
func TestAProxyThatLeadsThere(t *testing.T) {
	t.Parallel()
	url, roots := secureProvider(t)
	for name, reply := range map[string]string{
		"plain":                 "HTTP/1.1 200 Connection established\r\n\r\n",
		"old":                   "HTTP/1.0 200 OK\r\nVia: 1.0 x\r\n\r\n",
		"after an interim one":  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"with a length":         "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
		"with a body in chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, heads := proxyOf(t, leads(reply))
			got := viaProxy(t, "http://us%40er:p%3Aw@"+addr, Options{URL: url, Roots: roots})
			if got != (provider.Answer{Result: provider.Right, Status: 200}) {
				t.Errorf("got %+v, want a yes", got)
			}
			// us@er:p:w
			want := "CONNECT " + strings.TrimPrefix(url, "https://") + " Basic dXNAZXI6cDp3"
			if seen := heads(); len(seen) != 1 || seen[0] != want {
				t.Errorf("the proxy saw %q, want %q once", seen, want)
			}
		})
	}
}

// TestAProxyThatAnswersOtherwise: whatever it says but a way through is our own trouble, and never
// *no answer*, which may be configured to pass.
func TestAProxyThatAnswersOtherwise(t *testing.T) {
	t.Parallel()
	url, roots := secureProvider(t)
	for name, serve := range map[string]func(net.Conn, string){
		"403":           speaks("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
		"403, hangs up": breaksOff("HTTP/1.1 403 Forbidden\r\n\r\n"),
		"407": speaks(
			"HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 3\r\n\r\nxyz"),
		"429":                          speaks("HTTP/1.1 429 x\r\n\r\n"),
		"502":                          speaks("HTTP/1.1 502 x\r\n\r\n"),
		"503 with Authy's body":        speaks(authytest.Whole(503, authytest.Error("60017"))),
		"504":                          speaks("HTTP/1.1 504 x\r\n\r\n"),
		"201":                          speaks("HTTP/1.1 201 x\r\n\r\n"),
		"204":                          speaks("HTTP/1.1 204 x\r\n\r\n"),
		"a redirect":                   speaks("HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
		"the yes of an API":            speaks(authytest.Whole(200, authytest.Valid)),
		"switching protocols":          speaks("HTTP/1.1 101 x\r\nUpgrade: tls\r\nConnection: upgrade\r\n\r\n"),
		"interim replies for ever":     speaks(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 50)),
		"a head without end":           speaks("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 80<<10)),
		"headers without end":          speaks("HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 20<<10)),
		"stops in the status line":     speaks("HTTP/1.1 2"),
		"breaks off there":             breaksOff("HTTP/1.1 2"),
		"stops in the headers":         speaks("HTTP/1.1 200 OK\r\nA: b\r\n"),
		"breaks off in the headers":    breaksOff("HTTP/1.1 200 OK\r\nA: b\r\n"),
		"bytes after the head":         speaks("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + authytest.Valid),
		"one byte after the head":      speaks("HTTP/1.1 200 OK\r\n\r\n\x16"),
		"a body in chunks":             speaks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		"another protocol":             speaks("SSH-2.0-OpenSSH_10.0\r\n"),
		"another protocol, hangs up":   breaksOff("\x15\x03\x01\x00\x02\x02\x46"),
		"a length that is none":        speaks("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
		"a header that is none":        speaks("HTTP/1.1 200 OK\r\nnothing\r\n\r\n"),
		"an answer of its own, later":  later("HTTP/1.1 200 OK\r\n\r\n", authytest.Whole(200, authytest.Valid)),
		"a TLS alert through it":       later("HTTP/1.1 200 OK\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x28"),
		"a page in place of the API's": later("HTTP/1.1 200 OK\r\n\r\n", "<html>log in</html>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, _ := proxyOf(t, serve)
			got := viaProxy(t, "http://"+addr, Options{URL: url, Roots: roots, Timeout: 2 * time.Second})
			if got != (provider.Answer{Result: provider.Protocol}) {
				t.Errorf("got %+v, want a refusal of our own", got)
			}
		})
	}
	t.Run("TLS of somebody else through it", func(t *testing.T) {
		t.Parallel()
		addr, _ := proxyOf(t, leads("HTTP/1.1 200 OK\r\n\r\n"))
		if got := viaProxy(t, "http://"+addr, Options{URL: url}); got != (provider.Answer{Result: provider.Protocol}) {
			t.Errorf("got %+v, want a refusal of our own", got)
		}
	})
}

// later says yes, waits for the first bytes to go through and answers them itself.
func later(head, text string) func(net.Conn, string) {
	return func(c net.Conn, _ string) {
		_, _ = io.WriteString(c, head)
		_, _ = c.Read(make([]byte, 64<<10))
		_, _ = io.WriteString(c, text)
		_, _ = io.Copy(io.Discard, c)
	}
}

// TestAProxyThatIsGone: nobody has answered.
func TestAProxyThatIsGone(t *testing.T) {
	t.Parallel()
	url, roots := secureProvider(t)
	o := Options{URL: url, Roots: roots, Timeout: 2 * time.Second}
	for name, address := range map[string]func(t *testing.T) string{
		"nobody listens": func(t *testing.T) string { return authytest.Nobody(t) },
		"no such host":   func(*testing.T) string { return "http://nobody.invalid:3128" },
		"hangs": func(t *testing.T) string {
			addr, _ := proxyOf(t, speaks(""))
			return "http://" + addr
		},
		"hangs up": func(t *testing.T) string {
			addr, _ := proxyOf(t, breaksOff(""))
			return "http://" + addr
		},
		"hangs with TLS": func(t *testing.T) string {
			return strings.Replace(authytest.Talk(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }).URL, "http",
				"https", 1)
		},
		"hangs once the way is open": func(t *testing.T) string {
			addr, _ := proxyOf(t, speaks("HTTP/1.1 200 OK\r\n\r\n"))
			return "http://" + addr
		},
		"hangs up once the way is open": func(t *testing.T) string {
			addr, _ := proxyOf(t, breaksOff("HTTP/1.1 200 OK\r\n\r\n"))
			return "http://" + addr
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := viaProxy(t, address(t), o); got != (provider.Answer{Result: provider.NoAnswer}) {
				t.Errorf("got %+v, want no answer", got)
			}
		})
	}
}

// TestAProxyWithTLS: the way to the proxy is TLS as well, judged by the same authorities.
func TestAProxyWithTLS(t *testing.T) {
	t.Parallel()
	url, roots := secureProvider(t)
	proxy := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			defer c.Close()
			leads("HTTP/1.1 200 OK\r\n\r\n")(c, r.RequestURI)
		}
	}))
	t.Cleanup(proxy.Close)
	if got := viaProxy(t, proxy.URL,
		Options{URL: url, Roots: roots}); got != (provider.Answer{Result: provider.Right, Status: 200}) {
		t.Errorf("got %+v, want a yes", got)
	}
	strict := httptest.NewUnstartedServer(proxy.Config.Handler)
	strict.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	strict.Config.ErrorLog = log.New(io.Discard, "", 0)
	strict.StartTLS()
	t.Cleanup(strict.Close)
	for name, address := range map[string]string{
		"it wants a certificate, and says so after the handshake": strict.URL,

		"a certificate for another name": strings.Replace(proxy.URL, "127.0.0.1", "localhost", 1),
		"no TLS at all": strings.Replace(authytest.Raw(t, "HTTP/1.1 400 Bad Request\r\n\r\n").URL,
			"http", "https", 1),
	} {
		if got := viaProxy(t, address,
			Options{URL: url, Roots: roots}); got != (provider.Answer{Result: provider.Protocol}) {
			t.Errorf("%s: got %+v, want a refusal of our own", name, got)
		}
	}
}

// TestErrorsOfAProxyAreInWords: whoever asks at a terminal reads what the proxy did, and no
// password.
func TestErrorsOfAProxyAreInWords(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]string{
		"HTTP/1.1 407 x\r\n\r\n": "answered 407 to CONNECT nobody.invalid:443; it wants a user and password",
		"HTTP/1.1 403 x\r\n\r\n": "answered 403 to CONNECT nobody.invalid:443; allow that host and port",
		"HTTP/1.1 502 x\r\n\r\n": "answered 502 to CONNECT nobody.invalid:443; the proxy itself does not reach",
		"SSH-2.0-x\r\n":          "something that is no HTTP reply",
	} {
		addr, _ := proxyOf(t, speaks(reply))
		proxy, err := tunnel.Parse("http://user:the-password@" + addr)
		if err != nil {
			t.Fatal(err)
		}
		c, err := New(Options{URL: "https://nobody.invalid", Proxy: proxy})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.App(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "proxy http://"+addr+" ") ||
			strings.Contains(err.Error(), "the-password") {
			t.Errorf("got %v\nwant it to say %s", err, want)
		}
	}
}
