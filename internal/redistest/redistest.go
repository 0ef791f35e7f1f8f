// Package redistest starts a real Redis or Valkey server for tests.
package redistest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/untried"
)

// Server is a real server, redis-server or valkey-server, on loopback.
type Server struct {
	URL  string
	port string
	path string
	dir  string
	cmd  *exec.Cmd
}

// Start starts a server that ends with the test. Where neither program is installed the test
// is skipped.
func Start(t testing.TB) *Server {
	t.Helper()
	r := &Server{dir: t.TempDir()}
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			r.path = path
		}
	}
	if r.path == "" {
		untried.Skip(t, "neither redis-server nor valkey-server is installed (Debian: apt-get install redis-server)")
	}
	addr := ports.Addrs(t, 1)[0]
	_, r.port, _ = net.SplitHostPort(addr)
	r.URL = "redis://" + addr + "/0"
	r.Restart(t)
	t.Cleanup(func() { r.Kill(t) })
	return r
}

// Restart starts the server again after [Server.Kill], on the same port, empty.
func (r *Server) Restart(t testing.TB) {
	t.Helper()
	r.cmd = exec.Command(r.path, "--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.dir,
		"--logfile", filepath.Join(r.dir, "log"))
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	options, err := redis.ParseURL(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer client.Close()
	end := time.Now().Add(10 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); ; <-tick.C {
		if client.Ping(context.Background()).Err() == nil {
			return
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(r.dir, "log"))
			t.Fatalf("%s does not answer:\n%s", r.path, log)
		}
	}
}

// Kill ends the server at once.
func (r *Server) Kill(t testing.TB) {
	t.Helper()
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}
