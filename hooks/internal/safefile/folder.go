package safefile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// CheckFolder refuses the folders on the way to a file, up to the root, in which somebody else can put another in its
// place: folders of other users than root and our own, and folders that others may write and that lack the sticky bit.
// The folder of the file itself must not be writable by a group either. The error names the folder.
func CheckFolder(path string) error {
	return walkUp(path, func(folder fs.FileInfo) (sticky bool, err error) { return true, CheckOwner(folder) })
}

// CheckFolderOf is [CheckFolder] for a file that another user made and may have made. In a folder where everybody may
// put files, sticky or not, that user may be anybody: such folders are refused.
func CheckFolderOf(path string, file fs.FileInfo) error {
	return walkUp(path, func(folder fs.FileInfo) (sticky bool, err error) {
		if sameOwner(folder, file) {
			return false, nil
		}
		return false, CheckOwner(folder)
	})
}

// walkUp judges the folders on the way to a file. judge says whether the sticky bit makes up for a mode that lets
// others write, and refuses owners.
func walkUp(path string, judge func(fs.FileInfo) (sticky bool, err error)) error {
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return bare(err)
	}
	forbidden := fs.FileMode(0o022)
	for {
		info, err := os.Stat(folder)
		if err != nil {
			return bare(err)
		}
		sticky, err := judge(info)
		if err != nil {
			return fmt.Errorf("folder %s: %w", folder, err)
		}
		if mode := info.Mode(); mode.Perm()&forbidden != 0 && !(sticky && mode&fs.ModeSticky != 0) {
			return &Error{fmt.Sprintf("folder %s has mode %04o", folder, mode.Perm()), "one that others may not write"}
		}
		if folder == filepath.Dir(folder) {
			return nil
		}
		folder, forbidden = filepath.Dir(folder), 0o002
	}
}

// CheckOwner refuses what belongs to somebody other than root and our own user.
func CheckOwner(info fs.FileInfo) error { return checkOwner(info) }
