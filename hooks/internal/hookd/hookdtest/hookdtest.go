// Package hookdtest runs hookd inside a test: the same code as the program, configured by the same
// variables, without its start.
package hookdtest

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	mathrand "math/rand/v2"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/hookd"
)

// Run runs hookd on a host that has its arguments and its environment, until stop or the test ends
// it. It returns the URL at which hookd listens, and is fatal where it does not.
func Run(t testing.TB, h hookd.Host) (url string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	h.Stderr, h.Now, h.Rand, h.Draw = in, time.Now, rand.Reader, mathrand.Uint64
	var running sync.WaitGroup
	running.Go(func() {
		hookd.Main(ctx, h)
		_ = in.Close() // never fails
	})
	stop = func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	log := bufio.NewReader(out)
	url = Listening(t, log)
	running.Go(func() { _, _ = io.Copy(io.Discard, log) }) // ends with hookd
	return url, stop
}

// Listening reads the log of a hookd until it says where it listens, and returns the URL. It is
// fatal where the log ends before.
func Listening(t testing.TB, log *bufio.Reader) string {
	t.Helper()
	var said []byte
	for {
		line, err := log.ReadBytes('\n')
		said = append(said, line...)
		var entry struct {
			Msg, Addr string
			TLS       bool
		}
		switch {
		case err != nil:
			t.Fatalf("hookd does not listen: %s", said)
		case json.Unmarshal(line, &entry) != nil || entry.Msg != "listening":
		case entry.TLS:
			return "https://" + entry.Addr
		default:
			return "http://" + entry.Addr
		}
	}
}
