package hookhost

import (
	"io"
	"net"
	"sync"
)

// openConns knows what one server has open, connections and passive listeners, so that closing the
// server closes them.
type openConns struct {
	mu     sync.Mutex
	closed bool
	open   map[io.Closer]struct{}
	gone   sync.WaitGroup
}

// add takes something in, or closes it when the server has ended.
func (o *openConns) add(c io.Closer) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		c.Close()
		return false
	}
	if o.open == nil {
		o.open = make(map[io.Closer]struct{})
	}
	o.open[c] = struct{}{}
	o.gone.Add(1)
	return true
}

// remove closes something and forgets it; a second time does nothing more.
func (o *openConns) remove(c io.Closer) error {
	err := c.Close()
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.open[c]; ok {
		delete(o.open, c)
		o.gone.Done()
	}
	return err
}

// closeAll closes what is open and whatever comes later. Their owners still have to remove them.
func (o *openConns) closeAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for c := range o.open {
		c.Close()
	}
}

// trackedListener makes the connections that it accepts known. It serves a library that keeps them
// to itself.
type trackedListener struct {
	net.Listener
	conns *openConns
}

// Accept waits for a connection that counts as open until it is closed.
func (l trackedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if !l.conns.add(conn) {
		return nil, net.ErrClosed
	}
	return trackedConn{conn, l.conns}, nil
}

// Close closes the listener and, if it is known, forgets it.
func (l trackedListener) Close() error { return l.conns.remove(l.Listener) }

type trackedConn struct {
	net.Conn
	conns *openConns
}

// Close closes the connection and forgets it.
func (c trackedConn) Close() error { return c.conns.remove(c.Conn) }
