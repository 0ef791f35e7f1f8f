//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package admin

import "errors"

// lock refuses: without owners and modes the socket would have no lock.
func lock(string) (unlock func(), err error) {
	return nil, errors.New("this system has no socket that its file mode guards; leave hookd.admin_socket empty")
}

func refused(error) bool { return false }
