package livefile

import (
	"io/fs"
	"syscall"
	"time"
)

// changed returns when the file or its owner, mode or links last changed, which nobody can set
// back.
func changed(info fs.FileInfo) time.Time {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(stat.Ctim.Unix())
	}
	return info.ModTime()
}
