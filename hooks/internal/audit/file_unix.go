//go:build unix

package audit

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// deviceFlags open a device without waiting for it, and without its becoming our terminal.
const deviceFlags = syscall.O_NONBLOCK | syscall.O_NOCTTY

// writeOnce writes with one call. Package os would continue after a partial write, and another
// process's line could end up between the two parts.
func writeOnce(f *os.File, text []byte) (n int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	outer := raw.Write(func(fd uintptr) bool {
		for {
			if n, err = unix.Write(int(fd), text); err != unix.EINTR {
				return true
			}
		}
	})
	if outer != nil {
		err = outer
	}
	return max(n, 0), err
}

// overwrite replaces what is at an offset of a file that is open for appending. It clears the
// append flag of this open file for that time, which no other process shares.
func overwrite(f *os.File, at int64, text []byte) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	outer := raw.Control(func(fd uintptr) {
		var flags int
		if flags, err = unix.FcntlInt(fd, unix.F_GETFL, 0); err != nil {
			return
		}
		if _, err = unix.FcntlInt(fd, unix.F_SETFL, flags&^unix.O_APPEND); err != nil {
			return
		}
		var n int
		if n, err = unix.Pwrite(int(fd), text, at); err == nil && n != len(text) {
			err = errShort
		}
		if _, back := unix.FcntlInt(fd, unix.F_SETFL, flags); back != nil {
			err = back
		}
	})
	if outer != nil {
		return outer
	}
	return err
}

// linked says whether a file still has a name.
func linked(f *os.File) bool {
	info, err := f.Stat()
	if err != nil {
		return true
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || stat.Nlink > 0
}
