//go:build unix

package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/safefile"
)

// locks are the locks of a memory file. They lie on single bytes of a file beside it: the first one
// says who owns the memory file, any other that somebody is about to change a record. The system
// takes them from a process that ends, however it ends.
type locks struct{ file *os.File }

// whole is the lock of the memory file itself.
const whole = 0

// lockOf returns the lock of a record. That two records share one is harmless: somebody waits.
func lockOf(key store.Key) int64 {
	return int64(binary.BigEndian.Uint64(key.Digest[:])>>2) + 1
}

// openLocks opens the locks of the memory file at path. Nobody else may open them: whoever can may
// keep everybody out.
func openLocks(path string) (*locks, error) {
	path += ".lock"
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil {
		err = safefile.Check(info, safefile.Secret)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &locks{file}, nil
}

// set locks or unlocks a byte, without waiting.
func (l *locks) set(at int64, kind int16) error {
	return unix.FcntlFlock(l.file.Fd(), setLock, &unix.Flock_t{Type: kind, Whence: io.SeekStart, Start: at, Len: 1})
}

// try takes a lock if it is free.
func (l *locks) try(at int64) (bool, error) {
	err := l.set(at, unix.F_WRLCK)
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return false, nil
	}
	return err == nil, err
}

// free gives a lock back.
func (l *locks) free(at int64) { _ = l.set(at, unix.F_UNLCK) } // of a file that is open it cannot fail

// take takes a lock, and waits for it until ctx ends.
func (l *locks) take(ctx context.Context, at int64) (bool, error) {
	for pause := time.Millisecond; ; pause = min(2*pause, 10*time.Millisecond) {
		if ok, err := l.try(at); ok || err != nil {
			return ok, err
		}
		select {
		case <-ctx.Done():
			return false, nil
		case <-time.After(pause):
		}
	}
}

// sign writes who owns the memory file for good, for others to read; "" for nobody.
func (l *locks) sign(owner string) error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(owner), 0)
	return err
}

// owner returns what the owner wrote with sign. One that was killed could not take it away: it
// counts only while somebody has the lock, and whoever takes the lock then takes it away.
func (l *locks) owner() string {
	var text [64]byte
	n, _ := l.file.ReadAt(text[:], 0)
	return strings.TrimSpace(string(text[:n]))
}

func (l *locks) close() { _ = l.file.Close() }
