package audit

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Processes that append to one file share a lock while they write; a process that removes half a
// line holds it exclusively. Nobody waits for the lock: whoever may read the file can take a share,
// and must not be able to keep people from logging in. Without the lock half a line is overwritten
// instead of cut off.

// share takes a share of the lock, and returns the function that releases it.
func share(f *os.File) (release func()) {
	lock(f, unix.F_RDLCK)
	return func() { lock(f, unix.F_UNLCK) }
}

// alone takes the exclusive lock, unless somebody else has a share.
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
