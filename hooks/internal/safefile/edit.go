package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Edit rewrites a file of at most limit bytes with what change makes of its text: whoever reads it,
// or pulls the plug, finds the old text or the new one, never half of it. Mode and owner stay. A
// file that is missing counts as empty, and is made with mode. A file that [Read] would refuse is
// not changed. Two edits at the same moment exclude each other by a lock file. The lock of a killed
// edit is free, and the next edit deletes the new file that it left behind.
//
// Errors do not repeat the path, unless it is that of the lock file.
func Edit(path string, kind Kind, limit int64, mode fs.FileMode, change func(text string) (string, error)) error {
	// The file itself, not a link to it: a rename would replace the link.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	unlock, err := Lock(path+".lock", false)
	if err != nil {
		return err
	}
	defer unlock()
	sweep(path)

	text, err := Read(path, kind, limit)
	var old fs.FileInfo
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if old, err = os.Stat(path); err != nil {
			return err
		}
		mode = old.Mode().Perm()
	}
	changed, err := change(string(text))
	if err != nil {
		return err
	}
	return replace(path, []byte(changed), mode, old)
}

// newName begins the name of a new file for path that is not in its place yet. Digits follow.
func newName(path string) string { return "." + filepath.Base(path) + ".new-" }

// sweep deletes what edits of path that were killed have left.
func sweep(path string) {
	files, _ := os.ReadDir(filepath.Dir(path)) // an error: the edit will meet it, too
	for _, file := range files {
		digits, left := strings.CutPrefix(file.Name(), newName(path))
		if left && strings.Trim(digits, "0123456789") == "" {
			_ = os.Remove(filepath.Join(filepath.Dir(path), file.Name()))
		}
	}
}

// replace writes text to a new file beside path, syncs it to disk, and renames it to path. old is
// the file that was there, nil for none.
func replace(path string, text []byte, mode fs.FileMode, old fs.FileInfo) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, newName(path)+"*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already after the rename
	_, err = tmp.Write(text)
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if err == nil && old != nil {
		err = keepOwner(tmp, old)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}
