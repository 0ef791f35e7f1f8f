//go:build !unix

package bolt

import (
	"context"
	"errors"

	"sftpgo-authy/hooks/internal/memory/store"
)

// locks are the locks of a memory file. This system has none that end with a process.
type locks struct{}

const whole = 0

func lockOf(store.Key) int64 { return 1 }

func openLocks(string) (*locks, error) {
	return nil, errors.New("this system has no locks for it; leave memory_file empty, or use Redis")
}

func (*locks) try(int64) (bool, error)                   { return false, nil }
func (*locks) take(context.Context, int64) (bool, error) { return false, nil }
func (*locks) free(int64)                                {}
func (*locks) sign(string) error                         { return nil }
func (*locks) owner() string                             { return "" }
func (*locks) close()                                    {}
