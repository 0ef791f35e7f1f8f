// Package redistest starts a real Redis or Valkey server for tests.
package redistest

import (
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"slices"
	"testing"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/process"
	"sftpgo-authy/internal/untried"
)

// Find returns the path of a redis-server or a valkey-server, or "" where neither is installed.
func Find() string {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Server is a real server on loopback that keeps nothing on disk.
type Server struct {
	URL string

	addr, dir string
	before    []string // arguments, before those of every server
	after     []string
	out       io.Writer
	process   *process.Process // nil: it does not run
}

// New returns a server that does not run yet. It will listen on addr, work in dir and print to out.
func New(addr, dir string, out io.Writer) *Server {
	return &Server{URL: "redis://" + addr + "/0", addr: addr, dir: dir, out: out}
}

// Launch starts the server, empty, and returns when it answers. The error says that it runs
// already, is not installed or did not start.
func (s *Server) Launch(ctx context.Context) error {
	if s.process != nil {
		return fmt.Errorf("start redis at %s: it runs already", s.addr)
	}
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	args := slices.Concat(s.before, []string{"--bind", host, "--port", port, "--save", "", "--appendonly", "no"},
		s.after)
	running, err := process.Start(s.out, s.dir, nil, Find(), args...)
	if err != nil {
		return err
	}
	if err := process.WaitListening(ctx, s.addr, running.Done); err != nil {
		running.Kill()
		return fmt.Errorf("redis: %w", err)
	}
	s.process = running
	return nil
}

// Do has the server do something.
func (s *Server) Do(ctx context.Context, args ...any) error {
	c := s.client()
	defer c.Close()
	return c.Do(ctx, args...).Err()
}

// Kill ends the server as kill -9 does. One that does not run stays so.
func (s *Server) Kill() {
	if s.process != nil {
		s.process.Kill()
		s.process = nil
	}
}

// Start starts a server that ends with the test. Where neither program is installed the test is
// skipped.
func Start(t testing.TB) *Server {
	t.Helper()
	if Find() == "" {
		untried.Skip(t, "neither redis-server nor valkey-server is installed (Debian: apt-get install redis-server)")
	}
	s := New(ports.Addrs(t, 1)[0], t.TempDir(), t.Output())
	s.Restart(t)
	t.Cleanup(s.Kill)
	return s
}

// Restart starts the server again after [Server.Kill], on the same port, empty.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.Launch(t.Context()); err != nil {
		t.Fatal(err)
	}
}
