package audit

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Processes that append to one file share a lock while they write, and whoever takes a half line
// back holds it alone. Nobody waits for it: who may only read the file can take a share, and must
// not be able to keep anybody from logging in. Without the lock a half line is overwritten instead
// of cut off, and that is all.

// share takes a share of the lock, and returns what gives it back.
func share(f *os.File) (release func()) {
	lock(f, unix.F_RDLCK)
	return func() { lock(f, unix.F_UNLCK) }
}

// alone takes the whole lock, if nobody else has a share.
func alone(f *os.File) (release func(), ok bool) {
	if !lock(f, unix.F_WRLCK) {
		return nil, false
	}
	return func() { lock(f, unix.F_UNLCK) }, true
}

func lock(f *os.File, kind int16) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	outer := raw.Control(func(fd uintptr) {
		err = unix.FcntlFlock(fd, unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Whence: io.SeekStart})
	})
	return outer == nil && err == nil
}
