//go:build unix

package safefile

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// checkOwner refuses a file of somebody else: an owner may always write. Root may own it, and so may we.
func checkOwner(info fs.FileInfo) error {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || stat.Uid == 0 || int(stat.Uid) == os.Geteuid() {
		return nil
	}
	return &Error{fmt.Sprintf("owner uid %d", stat.Uid), fmt.Sprintf("uid %d or root", os.Geteuid())}
}
