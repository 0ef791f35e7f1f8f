//go:build unix

package safefile

import (
	"io/fs"
	"syscall"
)

// ids returns the owner and the group of a file; root's for one that has none, as in tests.
func ids(info fs.FileInfo) (uid, gid int) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0
	}
	return int(stat.Uid), int(stat.Gid)
}
