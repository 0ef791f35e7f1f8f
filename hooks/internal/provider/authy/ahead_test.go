package authy

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/tunnel"
)

// farClock goes on by 10 ms each time somebody looks at it: a dial seems to take that long.
func farClock() func() time.Time {
	var looks atomic.Int64
	return func() time.Time {
		return time.Unix(1_700_000_000, 0).Add(time.Duration(looks.Add(1)) * 10 * time.Millisecond)
	}
}

// readyOne makes an Ahead that has one connection ready.
func readyOne(t *testing.T, o Options) *Ahead {
	t.Helper()
	o.Key, o.Timeout = "key", 20*time.Second
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	a := NewAhead(c, ahead.Options{Max: 1, Now: farClock()})
	t.Cleanup(func() { _ = a.Close() })
	for range 2 {
		if got := a.Verify(t.Context(), id, code); got != (provider.Answer{Result: provider.Right, Status: 200}) {
			t.Fatalf("got %+v, want a yes", got)
		}
	}
	isReady(t, a, 1)
	return a
}

// until waits for what other goroutines do.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for end := time.Now().Add(30 * time.Second); !done(); <-poll.C {
		if time.Now().After(end) {
			t.Fatalf("never came: %s", what)
		}
	}
}

func isReady(t *testing.T, a *Ahead, n int) {
	t.Helper()
	until(t, "so many connections that wait", func() bool { return a.Waiting() == n })
}

// numbered is a provider that counts the requests it has read, and whose n-th one says decides
// about.
func numbered(t *testing.T, says func(c net.Conn, n int)) (url string, requests func() int) {
	t.Helper()
	var mu sync.Mutex
	read := 0
	server := authytest.Conn(t, func(c net.Conn) {
		mu.Lock()
		read++
		n := read
		mu.Unlock()
		says(c, n)
	})
	return server.URL, func() int {
		mu.Lock()
		defer mu.Unlock()
		return read
	}
}

// TestAConnectionThatDiesAsItIsUsed denies: it never counts as *no answer*, and nothing is asked
// twice.
func TestAConnectionThatDiesAsItIsUsed(t *testing.T) {
	t.Parallel()
	for name, dies := range map[string]func(net.Conn){
		"closed":               func(net.Conn) {},
		"reset":                func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) },
		"no whole status line": func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 2") },
		"closed for writing alone": func(c net.Conn) {
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, requests := numbered(t, func(c net.Conn, n int) {
				if n == 3 {
					dies(c)
					return
				}
				_, _ = io.WriteString(c, authytest.Whole(200, authytest.Valid))
			})
			a := readyOne(t, Options{URL: url})
			if got := a.Verify(t.Context(), id, code); got != (provider.Answer{Result: provider.Limited}) {
				t.Errorf("got %+v, want a limit of our own", got)
			}
			if got := requests(); got != 3 {
				t.Errorf("%d requests for 3 questions", got)
			}
		})
	}
}

// TestASilentProviderIsNoAnswerWithoutASpare: with nothing dialled ahead everything is as it was.
func TestASilentProviderIsNoAnswerWithoutASpare(t *testing.T) {
	t.Parallel()
	url, _ := numbered(t, func(c net.Conn, n int) {
		if n < 4 {
			_, _ = io.WriteString(c, authytest.Whole(200, authytest.Valid))
		}
	})
	a := readyOne(t, Options{URL: url})
	if got := a.Verify(t.Context(), id, code); got != (provider.Answer{Result: provider.Right, Status: 200}) {
		t.Errorf("got %+v, want a yes", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := a.Verify(t.Context(), id, code); got != (provider.Answer{Result: provider.NoAnswer}) {
		t.Errorf("got %+v, want no answer", got)
	}
}

// TestAnAnswerThatNobodyAskedForIsNobodys: a yes that lies on a waiting connection is not the
// answer to the next question.
func TestAnAnswerThatNobodyAskedForIsNobodys(t *testing.T) {
	t.Parallel()
	var rude, wrong atomic.Bool
	var unasked atomic.Int64
	server := authytest.Talk(t, func(c net.Conn) {
		if rude.Load() {
			_, _ = io.WriteString(c, authytest.Whole(200, authytest.Valid))
			unasked.Add(1)
			_, _ = io.Copy(io.Discard, c)
			return
		}
		if _, err := c.Read(make([]byte, 64<<10)); err != nil {
			return
		}
		if wrong.Load() {
			_, _ = io.WriteString(c, authytest.Whole(401, authytest.Invalid))
			return
		}
		_, _ = io.WriteString(c, authytest.Whole(200, authytest.Valid))
	})
	a := readyOne(t, Options{URL: server.URL})
	rude.Store(true)
	if got := a.Verify(t.Context(), id, code); got != (provider.Answer{Result: provider.Right, Status: 200}) {
		// dials another one ahead
		t.Fatalf("got %+v, want a yes", got)
	}
	until(t, "the one that is dialled ahead", func() bool { return unasked.Load() > 0 })
	isReady(t, a, 0)
	rude.Store(false)
	wrong.Store(true)
	if got := a.Verify(t.Context(), id, code); got != (provider.Answer{Result: provider.Wrong, Status: 401}) {
		t.Errorf("got %+v, want the answer to this question", got)
	}
}

// TestAheadThroughAProxy: the way through the proxy and TLS with the API are done before anybody
// asks.
func TestAheadThroughAProxy(t *testing.T) {
	t.Parallel()
	url, roots := secureProvider(t)
	addr, heads := proxyOf(t, leads("HTTP/1.1 200 OK\r\n\r\n"))
	proxy, err := tunnel.Parse("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	a := readyOne(t, Options{URL: url, Roots: roots, Proxy: proxy})
	if got := len(heads()); got != 3 {
		t.Errorf("the proxy was asked %d times for two questions and one connection ahead", got)
	}
	if got := a.Verify(t.Context(), id, code); got != (provider.Answer{Result: provider.Right, Status: 200}) {
		t.Errorf("got %+v, want a yes", got)
	}
}

// TestOnlyQuestionsAboutCodesUseThem: every other call has a connection that was dialled for it.
func TestOnlyQuestionsAboutCodesUseThem(t *testing.T) {
	t.Parallel()
	server := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		body := authytest.Valid
		if strings.HasSuffix(r.URL.Path, "/details") {
			body = `{"app":{"app_id":1},"success":true,"message":"x"}`
		}
		_, _ = io.WriteString(w, body)
	})
	a := readyOne(t, Options{URL: server.URL})
	if _, err := a.App(t.Context()); err != nil || a.Waiting() != 1 {
		t.Errorf("%v, and %d connections wait, want the one", err, a.Waiting())
	}
}
