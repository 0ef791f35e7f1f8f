//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package admin

import (
	"errors"
	"syscall"

	"sftpgo-authy/hooks/internal/safefile"
)

// lock keeps two hookd that start at once from replacing each other's socket.
func lock(socket string) (unlock func(), err error) { return safefile.Lock(socket+".lock", true) }

// refused says whether an error of a dial means that the file is there and nobody listens.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
