package doctor

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// disk is the file system that an SFTPGo sees. It notes when the newest of the files that were read
// changed.
type disk struct {
	root   string // where it is seen from here, "" where it is ours
	newest changed
}

// changed is a file and when that was.
type changed struct {
	path string
	at   time.Time
}

// note keeps the newest file.
func (d *disk) note(path string, info fs.FileInfo) {
	if at := changedAt(info); at.After(d.newest.at) {
		d.newest = changed{path, at}
	}
}

// in runs do with the file system. Links that lead out of a foreign one are an error, for they mean
// something else there.
func (d *disk) in(path string, do func(root *os.Root, path string) error) error {
	if d.root == "" {
		return do(nil, path)
	}
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return err
	}
	defer root.Close()
	return do(root, strings.TrimPrefix(filepath.Clean(path), "/"))
}

// read returns the content of a file.
func (d *disk) read(path string) (text []byte, err error) {
	err = d.in(path, func(root *os.Root, inside string) error {
		var info fs.FileInfo
		if root == nil {
			info, err = os.Stat(inside)
		} else {
			info, err = root.Stat(inside)
		}
		if err != nil {
			return err
		}
		d.note(path, info)
		if root == nil {
			text, err = os.ReadFile(inside)
		} else {
			text, err = root.ReadFile(inside)
		}
		return err
	})
	return text, err
}

// isFile reports whether a file is there that is no folder. That it cannot be seen is an error.
func (d *disk) isFile(path string) (is bool, err error) {
	err = d.in(path, func(root *os.Root, inside string) error {
		var info fs.FileInfo
		if root == nil {
			info, err = os.Stat(inside)
		} else {
			info, err = root.Stat(inside)
		}
		is = err == nil && !info.IsDir()
		return err
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return false, nil
	}
	return is, err
}

// list returns what is in a folder, by name; nothing where there is no folder.
func (d *disk) list(path string) (entries []fs.DirEntry, err error) {
	err = d.in(path, func(root *os.Root, inside string) error {
		if root == nil {
			entries, err = os.ReadDir(inside)
			return err
		}
		folder, err := root.Open(inside)
		if err != nil {
			return err
		}
		defer folder.Close()
		entries, err = folder.ReadDir(-1)
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		return err
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	return entries, err
}
