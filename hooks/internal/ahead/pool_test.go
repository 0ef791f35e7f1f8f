package ahead

import (
	"context"
	"errors"
	"io"
	"net"
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
