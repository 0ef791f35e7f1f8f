package target

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
)

// gate is a TCP address in front of a server that can be taken off the network and put back, while
// the server behind it lives on and can still be asked what it saw.
type gate struct {
	addr     string // of the gate, the same for its whole life
	upstream string

	mu       sync.Mutex
	listener net.Listener // nil while shut
	conns    map[net.Conn]struct{}
	running  sync.WaitGroup
}

// newGate opens a gate at addr to the upstream, both host:port. The address should be a reserved
// one: somebody else could take it while the gate is shut.
func newGate(addr, upstream string) (*gate, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	g := &gate{addr: addr, upstream: upstream, conns: map[net.Conn]struct{}{}}
	g.serve(listener)
	return g, nil
}

// serve accepts on listener until it is closed. Call it with mu held or before the gate is shared.
func (g *gate) serve(listener net.Listener) {
	g.listener = listener
	g.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // shut
			}
			g.running.Go(func() { g.relay(conn) })
		}
	})
}

func (g *gate) relay(in net.Conn) {
	defer func() { _ = in.Close() }()
	out, err := net.Dial("tcp", g.upstream)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	if !g.keep(in, out) {
		return
	}
	defer g.forget(in, out)
	// Whichever side ends first ends both: a reset of one must not look like a slow answer to the
	// other.
	var both sync.WaitGroup
	pipe := func(to, from net.Conn) {
		_, err := io.Copy(to, from)
		if tcp, ok := to.(*net.TCPConn); ok && err != nil {
			_ = tcp.SetLinger(0) // pass a reset on as a reset
		}
		_ = to.Close()
		_ = from.Close()
	}
	both.Go(func() { pipe(out, in) })
	both.Go(func() { pipe(in, out) })
	both.Wait()
}

func (g *gate) keep(conns ...net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.listener == nil {
		return false
	}
	for _, conn := range conns {
		g.conns[conn] = struct{}{}
	}
	return true
}

func (g *gate) forget(conns ...net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, conn := range conns {
		delete(g.conns, conn)
	}
}

// shut refuses new connections and cuts the open ones.
func (g *gate) shut() {
	g.mu.Lock()
	if g.listener != nil {
		// A program that is just being started has a copy of the listener until it runs; then the
		// address could not be taken again.
		syscall.ForkLock.RLock()
		_ = g.listener.Close()
		syscall.ForkLock.RUnlock()
		g.listener = nil
	}
	for conn := range g.conns {
		_ = conn.Close()
	}
	g.mu.Unlock()
	g.running.Wait()
}

// open accepts again, on the same address.
func (g *gate) open() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.listener != nil {
		return errors.New("the gate is open already")
	}
	listener, err := net.Listen("tcp", g.addr)
	if err != nil {
		return fmt.Errorf("open the gate again: %w", err)
	}
	g.serve(listener)
	return nil
}
