//go:build unix

package bolt

import "syscall"

const noFollow = syscall.O_NOFOLLOW | syscall.O_CLOEXEC
