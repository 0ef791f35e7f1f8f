package target

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
)

// cable is a TCP address in front of a server that can be taken off the network and put back, while
// the server behind it lives on and can still be asked what it saw.
type cable struct {
	addr     string // of its near end, the same for its whole life
	upstream string

	mu       sync.Mutex
	listener net.Listener // nil while pulled
	conns    map[net.Conn]struct{}
	running  sync.WaitGroup
}

// newCable leads from addr to the upstream, both host:port. The address should be a reserved
// one: somebody else could take it while the cable is pulled.
func newCable(addr, upstream string) (*cable, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &cable{addr: addr, upstream: upstream, conns: map[net.Conn]struct{}{}}
	c.serve(listener)
	return c, nil
}

// serve accepts on listener until it is closed. Call it with mu held or before the cable is shared.
func (c *cable) serve(listener net.Listener) {
	c.listener = listener
	c.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // pulled
			}
			c.running.Go(func() { c.relay(conn) })
		}
	})
}

func (c *cable) relay(in net.Conn) {
	defer func() { _ = in.Close() }()
	out, err := net.Dial("tcp", c.upstream)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	if !c.keep(in, out) {
		return
	}
	defer c.forget(in, out)
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

func (c *cable) keep(conns ...net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listener == nil {
		return false
	}
	for _, conn := range conns {
		c.conns[conn] = struct{}{}
	}
	return true
}

func (c *cable) forget(conns ...net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		delete(c.conns, conn)
	}
}

// pull refuses new connections and cuts the open ones.
func (c *cable) pull() {
	c.mu.Lock()
	if c.listener != nil {
		// A program that is just being started has a copy of the listener until it runs; then the
		// address could not be taken again.
		syscall.ForkLock.RLock()
		_ = c.listener.Close()
		syscall.ForkLock.RUnlock()
		c.listener = nil
	}
	for conn := range c.conns {
		_ = conn.Close()
	}
	c.mu.Unlock()
	c.running.Wait()
}

// plug accepts again, on the same address.
func (c *cable) plug() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listener != nil {
		return errors.New("the cable is plugged in already")
	}
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return fmt.Errorf("plug the cable in again: %w", err)
	}
	c.serve(listener)
	return nil
}
