//go:build linux || darwin || freebsd

package audit

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Probe says why nothing could be written to a destination as [Open] knows them, nil where it found nothing against it.
// It writes nothing. Only files are looked at: whether the file can be opened, and whether its disk is full.
func Probe(to string) error {
	if to == "" || to == Stderr || to == Syslog {
		return nil
	}
	info, err := os.Stat(to)
	switch {
	case errors.Is(err, os.ErrNotExist): // moved away: what is open still takes lines
		return nil
	case err != nil:
		return bare(err)
	case !info.Mode().IsRegular():
		return nil // a device; opening one might wait
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

// bare takes the path out of an error of package os.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("it cannot be written: %w", path.Err)
	}
	return err
}
