package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// slowClients are the sentences about clients of hookd that take their time.
func (w *scenario) slowClients(sc sentences) {
	sc.Given(`^(\d+) connections to hookd on which nothing is sent$`, func(ctx context.Context, n int) error {
		return w.connect(ctx, n, "")
	})
	sc.Given(`^(\d+) connections to hookd on which a request comes byte by byte$`,
		func(ctx context.Context, n int) error {
			return w.connect(ctx, n,
				"POST /extauth HTTP/1.1\r\nHost: hookd\r\nContent-Type: application/json\r\nContent-Length: "+
					"2\r\n\r\n{}")
		})
	sc.Then(`^all these connections are still open$`, w.slowOnesAreOpen)
	sc.Then(`^hookd hangs up on each of them within (\d+) seconds$`, w.slowOnesAreCut)
}

// connect opens connections, on which the text comes at a pace that takes minutes.
func (w *scenario) connect(ctx context.Context, n int, text string) error {
	site, err := w.own()
	if err != nil {
		return err
	}
	for range n {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", site.HookdAddr())
		if err != nil {
			return err
		}
		w.slow = append(w.slow, conn)
		if text != "" {
			go drip(conn, text)
		}
	}
	return nil
}

// drip sends a byte each second until the connection is closed, by whichever side.
func drip(conn net.Conn, text string) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := range len(text) {
		if _, err := conn.Write([]byte{text[i]}); err != nil {
			return
		}
		<-tick.C
	}
}

// slowOnesAreOpen wants silence on every connection: who logged in meanwhile did so beside them.
func (w *scenario) slowOnesAreOpen() error {
	for _, conn := range w.slow {
		if err := conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			return err
		}
		if n, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("hookd sent %d bytes or hung up already: %w", n, err)
		}
	}
	return nil
}

func (w *scenario) slowOnesAreCut(seconds int) error {
	deadline := time.Now().Add(time.Duration(seconds) * time.Second)
	for i, conn := range w.slow {
		if err := conn.SetReadDeadline(deadline); err != nil {
			return err
		}
		// What hookd says before it hangs up is its own affair.
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("connection %d of %d is open after %d seconds", i+1, len(w.slow), seconds)
		}
	}
	return nil
}
