//go:build linux || darwin || freebsd

package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"sftpgo-authy/hooks/internal/safefile"
)

// Probe returns why nothing could be written to a destination of [Open], or nil if it found no
// reason. It writes nothing, and looks only at files: whether the file may be written, or could be
// created in its folder, and whether its disk is full.
func Probe(to string) error {
	switch to {
	case "", Stderr, Syslog, devStderr, devStdout:
		return nil
	}
	info, err := os.Stat(to)
	switch {
	case errors.Is(err, os.ErrNotExist): // the next line makes it anew
		if err := unix.Access(filepath.Dir(to), unix.W_OK|unix.X_OK); err != nil {
			return fmt.Errorf("it is gone and cannot be made anew: %w", err)
		}
		return nil
	case err != nil:
		return bare(err)
	}
	if info.Mode()&os.ModeCharDevice != 0 {
		return nil
	}
	if err := safefile.Check(info, safefile.Public); err != nil {
		return fmt.Errorf("it is refused: %w", err)
	}
	f, err := os.OpenFile(to, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return bare(err)
	}
	defer f.Close()
	var disk unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &disk); err == nil && disk.Blocks > 0 && disk.Bavail == 0 {
		return errors.New("the disk is full")
	}
	return nil
}

// bare removes the path from an error of package os.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("it cannot be written: %w", path.Err)
	}
	return err
}
