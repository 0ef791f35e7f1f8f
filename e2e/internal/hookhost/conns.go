package hookhost

import (
	"net"
	"sync"
)

// openConns knows the connections of one server, so that closing it closes them.
type openConns struct {
	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]struct{}
}

// add takes a connection in, or closes it when the server has ended.
func (o *openConns) add(conn net.Conn) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		conn.Close()
		return false
	}
	if o.conns == nil {
		o.conns = make(map[net.Conn]struct{})
	}
	o.conns[conn] = struct{}{}
	return true
}

func (o *openConns) remove(conn net.Conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	conn.Close()
	delete(o.conns, conn)
}

func (o *openConns) closeAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for conn := range o.conns {
		conn.Close()
	}
}
