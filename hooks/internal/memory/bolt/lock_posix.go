//go:build unix && !linux

package bolt

import "golang.org/x/sys/unix"

// setLock asks for a lock that belongs to the process.
const setLock = unix.F_SETLK
