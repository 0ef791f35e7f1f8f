//go:build !unix

package safefile

import "io/fs"

// ids knows of no owners here: everything is root's.
func ids(fs.FileInfo) (uid, gid int) { return 0, 0 }
