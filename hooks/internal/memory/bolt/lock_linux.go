package bolt

import "golang.org/x/sys/unix"

// setLock asks for a lock that belongs to the opened file: two that a process opened keep each
// other out too.
const setLock = unix.F_OFD_SETLK
