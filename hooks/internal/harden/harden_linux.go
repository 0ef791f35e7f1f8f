// Package harden keeps what a process knows to itself: secrets in its memory, passwords in its
// environment.
package harden

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Process keeps the password, which is in the environment, out of core files and away from other
// processes of the same user: a process that is not dumpable has a /proc/PID/environ for root
// alone.
func Process() error {
	return errors.Join(
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}),
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0),
	)
}
