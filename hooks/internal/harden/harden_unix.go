//go:build unix && !linux

package harden

import "golang.org/x/sys/unix"

// Process keeps the password, which is in the environment, out of core files.
func Process() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
