//go:build !unix

package audit

import (
	"errors"
	"os"
)

// deviceFlags are none here.
const deviceFlags = 0

// writeOnce writes, here by package os.
func writeOnce(f *os.File, text []byte) (int, error) { return f.Write(text) }

// overwrite cannot be done here: the next line begins on one of its own.
func overwrite(*os.File, int64, []byte) error { return errors.New("not on this system") }

// linked says whether a file still has a name; here one that is open keeps it.
func linked(*os.File) bool { return true }
