// Package redistest starts a real Redis or Valkey server for tests.
package redistest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"sftpgo-authy/e2e/ports"
	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/hooks/internal/memory/store"
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
	s, err := redis.Open(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	end := time.Now().Add(10 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); ; <-tick.C {
		if s.Ping(context.Background()) == nil {
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

// Pass moves all marks and counters d nearer to their end: Redis has no clock to turn.
func (r *Server) Pass(t testing.TB, d time.Duration) {
	t.Helper()
	o, err := goredis.ParseURL(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := goredis.NewClient(o)
	defer client.Close()
	ctx := context.Background()
	keys, err := client.Keys(ctx, redis.Prefix+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		left, err := client.PTTL(ctx, key).Result()
		if left == -1 && strings.HasPrefix(key, redis.Prefix+store.LastStep.String()+":") {
			continue // a step may be without an end
		}
		if err != nil || left <= 0 {
			t.Fatalf("%s lives for %s, %v, want an end", key, left, err)
		}
		if left <= d {
			err = client.Del(ctx, key).Err()
		} else {
			err = client.PExpire(ctx, key, left-d).Err()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
