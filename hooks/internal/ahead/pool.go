// Package ahead dials connections before they are wanted. A server at a distance costs a round trip
// for TCP and one for TLS before it can be asked anything. A spare is a connection that has done
// both, so only the request itself remains.
//
// A spare is used for one exchange, like any other connection, so that nothing is ever sent twice
// and no reply can belong to somebody else. It is closed when the server closes it, when anything
// arrives on it before a request, and after 30 seconds.
package ahead

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"
)

// Bounds of a spare.
const (
	life       = 30 * time.Second
	every      = time.Second          // between two looks at who is too old
	worthwhile = 5 * time.Millisecond // a dial that takes less is not worth a spare
	rest       = 5 * time.Second      // without new ones, after a dial failed or the server closed one that was younger
)

// Options of a [Pool].
type Options struct {
	// Dial makes a connection, with its TLS handshake done.
	Dial func(ctx context.Context) (net.Conn, error)
	// Timeout bounds the dial of a spare.
	Timeout time.Duration
	// Max bounds the number of spares, including those that are being dialled.
	Max int
	// Now returns the time.
	Now func() time.Time
	// Tick makes the pool look for spares that are too old; nil means once a second.
	Tick <-chan time.Time
	// Seen is called with what became of each connection; it may be nil.
	Seen func(Fate)
}

// Fate is what became of a connection.
type Fate string

// All fates.
const (
	Used   Fate = "used"   // a spare was there when one was wanted
	Direct Fate = "direct" // there was none, so one was dialled
	Unused Fate = "unused" // a spare was given up: too old, closed by the server, or no longer likely to be wanted
)

// Pool keeps as many spares as are likely to be wanted, judging by the last minute. Make one with
// [New] and close it. It is safe for concurrent use.
type Pool struct {
	o     Options
	ctx   context.Context // ends with Close
	stop  context.CancelFunc
	group sync.WaitGroup

	mu      sync.Mutex
	demand  demand
	spares  []*spare // the oldest first
	dialing int
	pause   time.Time // no spare is dialled before
	closed  bool
}

// New returns a pool, which dials nothing until it has been asked for connections.
func New(o Options) *Pool {
	p := &Pool{o: o}
	p.ctx, p.stop = context.WithCancel(context.Background())
	p.group.Go(p.watchAges)
	return p
}

// Get returns a spare, or dials at once if there is none. early says that it is a spare, which may
// have died unnoticed: if the exchange on it fails, its age may be the cause.
func (p *Pool) Get(ctx context.Context) (conn net.Conn, early bool, err error) {
	if conn := p.take(); conn != nil {
		p.seen(Used)
		p.refill()
		return conn, true, nil
	}
	p.seen(Direct)
	conn, err = p.dial(ctx)
	// Only now: somebody who waits must not share the line and the processor with spares.
	p.refill()
	return conn, false, err
}

// Waiting returns how many spares there are.
func (p *Pool) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.spares)
}

// Close closes all spares and waits until the pool does nothing more. [Pool.Get] still dials.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	p.drop(len(p.spares))
	p.mu.Unlock()
	p.stop()
	p.group.Wait()
	return nil
}

// take returns the newest spare on which nothing has happened, or nil, and notes that one was
// wanted.
func (p *Pool) take() net.Conn {
	p.mu.Lock()
	p.demand.note(p.o.Now(), p.o.Max)
	p.mu.Unlock()
	for {
		p.mu.Lock()
		p.dropOld()
		last := len(p.spares) - 1
		if last < 0 {
			p.mu.Unlock()
			return nil
		}
		s := p.spares[last]
		p.spares = p.spares[:last]
		p.mu.Unlock()
		if s.claim() {
			return s.conn
		}
		p.seen(Unused)
	}
}

// dial makes a connection and notes how long that took.
func (p *Pool) dial(ctx context.Context) (net.Conn, error) {
	began := p.o.Now()
	conn, err := p.o.Dial(ctx)
	now := p.o.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.pause = now.Add(rest)
	} else {
		p.demand.dialled(now.Sub(began))
	}
	return conn, err
}

// refill dials as many spares as are missing, each in a goroutine of its own.
func (p *Pool) refill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	if p.closed || now.Before(p.pause) {
		return
	}
	for range min(p.demand.likely(now), p.o.Max) - len(p.spares) - p.dialing {
		p.dialing++
		p.group.Go(p.add)
	}
}

// add dials one spare and watches it until it is used or closed.
func (p *Pool) add() {
	ctx, cancel := context.WithTimeout(p.ctx, p.o.Timeout)
	defer cancel()
	began := p.o.Now()
	conn, err := p.dial(ctx)
	p.mu.Lock()
	p.dialing--
	if err != nil || p.closed {
		p.mu.Unlock()
		if err == nil {
			_ = conn.Close()
		}
		return
	}
	s := &spare{conn: conn, began: began, ended: make(chan struct{})}
	p.spares = append(p.spares, s)
	p.mu.Unlock()
	if s.watch(); s.quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.spares, s); i >= 0 { // nobody took it, and nobody gave it up
		p.spares = slices.Delete(p.spares, i, i+1)
		_ = conn.Close()
		if now := p.o.Now(); now.Sub(began) < rest {
			p.pause = now.Add(rest)
		}
		p.seen(Unused)
	}
}

// watchAges closes spares that are too old or too many, and dials new ones while they are likely to
// be wanted.
func (p *Pool) watchAges() {
	tick := p.o.Tick
	if tick == nil {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-tick:
		}
		p.mu.Lock()
		p.dropOld()
		p.drop(len(p.spares) - p.demand.likely(p.o.Now()))
		p.mu.Unlock()
		p.refill()
	}
}

// dropOld closes the spares that would be too old before the next look. The caller holds the lock.
func (p *Pool) dropOld() {
	limit := p.o.Now().Add(every - life)
	n := 0
	for n < len(p.spares) && !p.spares[n].began.After(limit) {
		n++
	}
	p.drop(n)
}

// drop closes the n oldest spares. The caller holds the lock.
func (p *Pool) drop(n int) {
	for range n {
		_ = p.spares[0].conn.Close()
		p.spares = p.spares[1:]
		p.seen(Unused)
	}
}

func (p *Pool) seen(f Fate) {
	if p.o.Seen != nil {
		p.o.Seen(f)
	}
}
