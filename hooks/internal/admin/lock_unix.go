//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package admin

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps two hookd that start at once from replacing each other's socket.
func lock(folder string) (unlock func(), err error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// refused says whether an error of a dial means that the file is there and nobody listens.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
