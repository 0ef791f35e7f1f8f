//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package admin

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"sftpgo-authy/hooks/internal/safefile"
)

// lock keeps two hookd that start at once from replacing each other's socket. The lock is a file
// that nobody else may open: who can open a file, or a folder, can lock it, and hookd would wait
// for them for ever. It is gone with the lock.
func lock(socket string) (unlock func(), err error) {
	path := socket + ".lock"
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err == nil {
			err = safefile.Check(info, safefile.Secret)
		}
		if err == nil {
			err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		}
		if err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if now, err := os.Lstat(path); err == nil && os.SameFile(now, info) {
			return func() { _, _ = os.Remove(path), f.Close() }, nil
		}
		_ = f.Close() // whoever had the lock has taken the file away
	}
}

// refused says whether an error of a dial means that the file is there and nobody listens.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
