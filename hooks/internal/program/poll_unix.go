//go:build unix

package program

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// poll waits up to timeout for something to read. ready means that a read will not block, closed
// that it will find the end of the input and nothing before it.
func poll(f *os.File, timeout time.Duration) (ready, closed bool) {
	// Rounded up, so that the last millisecond is spent waiting and not in a busy loop.
	fds := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, int((timeout+time.Millisecond-1)/time.Millisecond))
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return false, false
		}
		return true, fds[0].Revents&unix.POLLIN == 0
	}
}
