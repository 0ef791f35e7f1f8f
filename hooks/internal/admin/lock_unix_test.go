//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package admin

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNobodyElseHoldsHookdUp: whoever may read the socket's folder can lock it, and must not keep
// hookd from starting.
func TestNobodyElseHoldsHookdUp(t *testing.T) {
	t.Parallel()
	dir := folder(t, 0o755)
	locked, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	if err := syscall.Flock(int(locked.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	listening := make(chan error, 1)
	go func() {
		socket, err := Listen(filepath.Join(dir, "s"))
		if err == nil {
			err = socket.Close()
		}
		listening <- err
	}()
	select {
	case err := <-listening:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(2 * time.Second):
		t.Fatal("it waits for somebody else's lock")
	}
	if err := os.WriteFile(filepath.Join(dir, "s.lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "s.lock"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(filepath.Join(dir, "s")); err == nil || !strings.Contains(err.Error(), "s.lock: mode 0666") {
		t.Errorf("with a lock that others may take: %v", err)
	}
}
