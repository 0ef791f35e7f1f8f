package ahead

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// world is a server at a distance, and a clock that a test turns.
type world struct {
	t    *testing.T
	pool *Pool
	tick chan time.Time
	addr string

	mu     sync.Mutex
	now    time.Time
	dialed int
	served []net.Conn // the server's ends, in the order in which they came
	fates  map[Fate]int
	fails  bool
}

// newWorld starts a server whose dial takes so long by the clock, and a pool before it.
func newWorld(t *testing.T, distance time.Duration, most int) *world {
	t.Helper()
	w := &world{t: t, tick: make(chan time.Time), now: time.Unix(1_700_000_000, 0), fates: map[Fate]int{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.addr = listener.Addr().String()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			w.mu.Lock()
			w.served = append(w.served, c)
			w.mu.Unlock()
		}
	}()
	w.pool = New(Options{
		Timeout: time.Minute, Max: most, Now: w.time, Tick: w.tick,
		Dial: func(ctx context.Context) (net.Conn, error) {
			w.pass(distance)
			return w.dial(ctx)
		},
		Seen: func(f Fate) { w.mu.Lock(); w.fates[f]++; w.mu.Unlock() },
	})
	t.Cleanup(func() {
		_ = w.pool.Close()
		_ = listener.Close()
		<-ended
		for _, c := range w.served {
			_ = c.Close()
		}
	})
	return w
}

func (w *world) dial(ctx context.Context) (net.Conn, error) {
	w.mu.Lock()
	w.dialed++
	fails := w.fails
	w.mu.Unlock()
	if fails {
		return nil, errors.New("nobody there")
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", w.addr)
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// look has the pool look at the ages of its spares, once.
func (w *world) look() {
	w.tick <- time.Time{}
	w.tick <- time.Time{} // the first one is done when the second is taken
	w.settles()
}

// settles waits until no spare is being dialled.
func (w *world) settles() {
	w.t.Helper()
	w.until("the end of a dial", func() bool {
		w.pool.mu.Lock()
		defer w.pool.mu.Unlock()
		return w.pool.dialing == 0
	})
}

// login wants a connection, and says whether it was a spare.
func (w *world) login() bool {
	w.t.Helper()
	conn, early, err := w.pool.Get(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	_ = conn.Close()
	return early
}

// until waits for something that other goroutines do.
func (w *world) until(what string, done func() bool) {
	w.t.Helper()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for end := time.Now().Add(30 * time.Second); !done(); <-poll.C {
		if time.Now().After(end) {
			w.t.Fatalf("never came: %s", what)
		}
	}
}

// waits waits until there are so many spares, and none is being dialled.
func (w *world) waits(n int) {
	w.t.Helper()
	w.until("so many spares", func() bool {
		w.pool.mu.Lock()
		defer w.pool.mu.Unlock()
		return w.pool.dialing == 0 && len(w.pool.spares) == n
	})
}

// busy has people log in until there is one spare.
func (w *world) busy() {
	w.t.Helper()
	w.login()
	w.pass(500 * time.Millisecond)
	w.login()
	w.waits(1)
}

func (w *world) fate(f Fate) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fates[f]
}

// last returns the server's end of the newest connection.
func (w *world) last() net.Conn {
	w.t.Helper()
	var conn net.Conn
	w.until("the server's end", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.served) == w.dialed {
			conn = w.served[len(w.served)-1]
		}
		return conn != nil
	})
	return conn
}

func TestASpareIsReadyWhereTwoASecondLogIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 80*time.Millisecond, 8)
	w.busy()
	for range 10 {
		w.pass(500 * time.Millisecond)
		if !w.login() {
			t.Error("dialled when it was wanted, with a spare waiting")
		}
		w.waits(1)
	}
	if used, direct := w.fate(Used), w.fate(Direct); used != 10 || direct != 2 {
		t.Errorf("counted %d used and %d direct, want 10 and 2", used, direct)
	}
}

func TestNobodyLogsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 80*time.Millisecond, 8)
	w.look()
	w.login() // one in a minute makes another one unlikely
	w.look()
	w.waits(0)
	w.pass(2 * time.Minute)
	w.busy()
	for range 70 {
		w.pass(time.Second)
		w.look()
	}
	w.waits(0) // nobody has logged in for a minute
	dialed := w.dialed
	for range 70 {
		w.pass(time.Second)
		w.look()
	}
	if w.dialed != dialed {
		t.Errorf("%d connections dialled while nobody logged in", w.dialed-dialed)
	}
}

func TestANearServerNeedsNoSpare(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2*time.Millisecond, 8)
	for range 50 {
		if w.login() {
			t.Error("a spare for a server that is near")
		}
	}
	w.look()
	w.waits(0)
}

func TestNoSpareLivesLongerThanHalfAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 80*time.Millisecond, 8)
	w.busy()
	end := w.last()
	w.pass(28 * time.Second)
	w.look()
	w.waits(1)
	if w.fate(Unused) != 0 {
		t.Error("given up early")
	}
	w.pass(time.Second)
	w.look()
	w.until("given up", func() bool { return w.fate(Unused) == 1 })
	if _, err := end.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the server reads %v, want the end", err)
	}
	w.waits(1) // another one, as people log in
	w.pass(29 * time.Second)
	if w.login() {
		t.Error("one that is too old was used before anybody looked")
	}
}

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
