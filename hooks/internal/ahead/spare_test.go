package ahead

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"testing"
	"time"
)

// TestASpareOnWhichSomethingHappened is never used, also if it happened a moment ago.
func TestASpareOnWhichSomethingHappened(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(net.Conn){
		"closed":                      func(c net.Conn) { _ = c.Close() },
		"reset":                       func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() },
		"closed for writing":          func(c net.Conn) { _ = c.(*net.TCPConn).CloseWrite() },
		"an answer that nobody asked": func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 80*time.Millisecond, 8)
			w.busy()
			happens(w.last())
			w.waits(0)
			if w.login() {
				t.Error("was used")
			}
			if got := w.fate(Unused); got != 1 {
				t.Errorf("%d given up, want 1", got)
			}
			w.waits(0) // for a while no more of them, or a server that closes all would be dialled for ever
			w.pass(10 * time.Second)
			w.login()
			w.waits(1)
		})
	}
}

// TestWhatArrivesAtTheLastMomentIsSeen: the system has it and the watch has not read it yet.
func TestWhatArrivesAtTheLastMomentIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0, 8)
	conn, err := w.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if pending(conn) {
		t.Error("something pends on a fresh connection")
	}
	secret := tls.Client(conn, &tls.Config{}) // its handshake does not matter here
	if _, err := w.last().Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	w.until("the byte", func() bool { return pending(conn) && pending(secret) })
	other, err := w.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	_ = w.last().Close()
	w.until("the end", func() bool { return pending(other) })
}

// TestSessionTicketsAreNoAnswer: TLS 1.3 sends them after the handshake, on a connection that is
// sound.
func TestSessionTicketsAreNoAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	w := newWorld(t, 0, 8)
	tickets := make(chan struct{}, 100)
	config := &tls.Config{InsecureSkipVerify: true, ClientSessionCache: cache(tickets)}
	w.pool.o.Dial = func(ctx context.Context) (net.Conn, error) {
		w.pass(80 * time.Millisecond)
		return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}
	w.login()
	w.login()
	w.waits(1)
	<-tickets // the watch has read one
	conn, early, err := w.pool.Get(t.Context())
	if err != nil || !early {
		t.Fatalf("got early %v, %v, want a spare", early, err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(conn); err != nil || len(text) == 0 {
		t.Errorf("got %q, %v, want an answer", text, err)
	}
}

// cache tells of each session that comes in.
type cache chan struct{}

func (cache) Get(string) (*tls.ClientSessionState, bool) { return nil, false }
func (c cache) Put(_ string, s *tls.ClientSessionState) {
	if s != nil {
		c <- struct{}{}
	}
}

// TestAServerThatHangsUpAfterAWhile is an ordinary one, and is dialled again.
func TestAServerThatHangsUpAfterAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 80*time.Millisecond, 8)
	w.busy()
	w.pass(10 * time.Second)
	_ = w.last().Close()
	w.waits(0)
	w.look()
	w.waits(1)
}

func TestACrowdGetsAsManyAsItTakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 80*time.Millisecond, 5)
	wanted := func(n int) { // at once
		w.pool.mu.Lock()
		defer w.pool.mu.Unlock()
		for range n {
			w.pool.demand.note(w.time(), 5)
		}
	}
	w.pool.demand.dialled(80 * time.Millisecond)
	for range 3 {
		wanted(3)
		w.pass(time.Second)
	}
	w.pool.refill()
	w.waits(3)
	wanted(20)
	w.pool.refill()
	w.waits(5) // and no more
}

func TestAServerThatIsGoneIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 80*time.Millisecond, 8)
	w.busy()
	w.mu.Lock()
	w.fails = true
	w.mu.Unlock()
	w.login() // the spare; the one after it cannot be dialled
	w.settles()
	dialed := w.dialed
	for range 3 {
		w.look()
		if _, early, err := w.pool.Get(t.Context()); err == nil || early {
			t.Errorf("got early %v, %v, want the error of the dial", early, err)
		}
	}
	if got := w.dialed - dialed; got != 3 {
		t.Errorf("%d dials for 3 logins", got)
	}
}

func TestCloseGivesUpAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 80*time.Millisecond, 8)
	w.busy()
	end := w.last()
	if err := w.pool.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := end.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the server reads %v, want the end", err)
	}
	if w.login() || w.pool.Waiting() != 0 {
		t.Error("a spare after the end")
	}
}
