package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Append opens a file for reading and appending, and makes it with mode 0600 if there is none. It
// judges the file as [Read] judges a Public one: it must be a regular file that nobody but its
// owner, root or us, may write. A link is followed unless another user owns it. Opening never
// blocks, whatever stands at path. Errors do not repeat the path.
func Append(path string) (*os.File, error) {
	for range 10 { // made and deleted by others meanwhile
		f, err := appendTo(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if f, err = create(path); errors.Is(err, fs.ErrExist) {
				continue
			}
		}
		if err != nil {
			return nil, bare(err)
		}
		return f, nil
	}
	return nil, &Error{"a link to nothing, or a file that comes and goes", "a regular file"}
}

// appendTo opens a file that is there.
func appendTo(path string) (*os.File, error) {
	// Look before opening: some devices act as soon as they are opened.
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, &Error{"not a regular file", "a regular file"}
	}
	if err := checkLink(path); err != nil {
		return nil, err
	}
	// If a named pipe takes its place now, opening does not wait.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = Check(info, Public)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// create makes a file, never through a link that leads to nothing.
func create(path string) (*os.File, error) {
	if err := checkFolders(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
}

// checkLink judges the link at path, if there is one, and the folders above it and above what it
// leads to.
func checkLink(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if err := CheckOwner(info); err != nil {
			return err
		}
	}
	return checkFolders(path)
}
