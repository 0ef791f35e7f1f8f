package main

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// relay puts a distance between those who connect to it and a server: each byte is so long under
// way, in either direction, and a connection costs a round trip before anything else. It is as
// broad as the machine allows.
type relay struct {
	listener net.Listener
	server   string
	oneWay   time.Duration
	ctx      context.Context
	stop     context.CancelFunc
	group    sync.WaitGroup
}

// startRelay listens on a port of its own.
func startRelay(server string, oneWay time.Duration) (*relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{listener: listener, server: server, oneWay: oneWay}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			r.group.Go(func() { r.join(conn) })
		}
	})
	return r, nil
}

// addr is where it listens.
func (r *relay) addr() string { return r.listener.Addr().String() }

// close ends all connections and waits for them.
func (r *relay) close() error {
	r.stop()
	err := r.listener.Close()
	r.group.Wait()
	return err
}

// join leads a connection to the server, after the round trip that TCP takes to make it.
func (r *relay) join(near net.Conn) {
	defer near.Close()
	if !r.wait(time.Now().Add(2 * r.oneWay)) {
		return
	}
	far, err := net.Dial("tcp", r.server)
	if err != nil {
		return
	}
	defer far.Close()
	end := context.AfterFunc(r.ctx, func() { _ = near.Close(); _ = far.Close() })
	defer end()
	var ways sync.WaitGroup
	ways.Go(func() { r.carry(far, near) })
	ways.Go(func() { r.carry(near, far) })
	ways.Wait()
}

// chunk is what was read at once, nil for the end, and when it arrives.
type chunk struct {
	data []byte
	due  time.Time
}

// carry takes what from says to to, later.
func (r *relay) carry(to, from net.Conn) {
	underWay := make(chan chunk, 1024)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(underWay)
		for {
			data := make([]byte, 32<<10)
			n, err := from.Read(data)
			if n > 0 {
				underWay <- chunk{data[:n], time.Now().Add(r.oneWay)}
			}
			if err != nil {
				underWay <- chunk{nil, time.Now().Add(r.oneWay)}
				return
			}
		}
	})
	for c := range underWay {
		if !r.wait(c.due) {
			break
		}
		if c.data == nil {
			_ = to.(*net.TCPConn).CloseWrite()
		} else if _, err := to.Write(c.data); err != nil {
			_ = from.Close()
			break
		}
	}
	for range underWay { // the reader ends when its connection does
	}
	reader.Wait()
}

// wait waits until a moment, and says whether the relay still runs.
func (r *relay) wait(until time.Time) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.ctx.Done():
		return false
	}
}

// pipe joins two connections without delay, until both ways have ended.
func pipe(a, b net.Conn) error {
	var ways sync.WaitGroup
	var errs [2]error
	copyTo := func(err *error, to, from net.Conn) {
		_, *err = io.Copy(to, from)
		if half, ok := to.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}
	ways.Go(func() { copyTo(&errs[0], a, b) })
	ways.Go(func() { copyTo(&errs[1], b, a) })
	ways.Wait()
	return errors.Join(errs[:]...)
}
