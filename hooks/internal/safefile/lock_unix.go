//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package safefile

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Lock takes the lock whose file is path, and returns what releases it. While another process has
// it, Lock waits or returns an error. The lock of a killed process is free. Anybody who can open a
// file or a folder can lock it, so the lock is a file that nobody else may open, and releasing it
// removes the file.
func Lock(path string, wait bool) (unlock func(), err error) {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err == nil {
			err = Check(info, Secret)
		}
		if err == nil {
			err = syscall.Flock(int(f.Fd()), how)
		}
		if err != nil {
			_ = f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				err = errors.New("is locked by somebody else; try again")
			}
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if now, err := os.Lstat(path); err == nil && os.SameFile(now, info) {
			return func() { _, _ = os.Remove(path), f.Close() }, nil
		}
		_ = f.Close() // whoever had the lock has taken the file away
	}
}
