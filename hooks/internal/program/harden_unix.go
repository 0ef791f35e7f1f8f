//go:build unix && !linux

package program

import "golang.org/x/sys/unix"

// harden keeps the password, which is in the environment, out of core files.
func harden() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
