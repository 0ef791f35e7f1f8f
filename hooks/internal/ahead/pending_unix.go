//go:build unix

package ahead

import (
	"net"
	"syscall"
)

// pending says whether the system holds something for conn, its end included, that nobody has read
// yet: it arrived while the watch was ending.
func pending(conn net.Conn) bool {
	for {
		inner, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = inner.NetConn()
	}
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	nothing := false
	err = raw.Control(func(fd uintptr) {
		for {
			_, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK)
			if err == syscall.EINTR {
				continue
			}
			nothing = err == syscall.EAGAIN
			return
		}
	})
	return err != nil || !nothing
}
