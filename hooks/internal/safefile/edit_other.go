//go:build !unix

package safefile

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: there are no owners on this system.
func keepOwner(*os.File, fs.FileInfo) error { return nil }

// syncDir does nothing: a folder cannot be synced on this system.
func syncDir(string) error { return nil }
