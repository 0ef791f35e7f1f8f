package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeWhole writes a file so that a reader sees the old one or the new one, never half of it, also
// after a crash.
func writeWhole(file string, data []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

// writable checks at the start that a file can be written later, and returns the name to write: for
// a link, the file that it points to, so that the link stays. An empty name stays empty.
func writable(flag, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	wrong := func(err error) (string, error) { return "", fmt.Errorf("%s: %w", flag, err) }
	target, err := filepath.EvalSymlinks(file)
	if errors.Is(err, fs.ErrNotExist) {
		if link, lerr := os.Readlink(file); lerr == nil {
			return wrong(fmt.Errorf("%s is a link to %s, which is not there; make that file or remove the link",
				file, link))
		}
		target, err = file, nil
	}
	if err != nil {
		return wrong(err)
	}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return wrong(err)
	case info.IsDir():
		return wrong(fmt.Errorf("%s is a folder, want a file", file))
	case !info.Mode().IsRegular():
		return wrong(fmt.Errorf("%s is a device, a pipe or the like, want a file that can be replaced", file))
	case info.Mode().Perm()&0o200 == 0:
		return wrong(
			fmt.Errorf("%s has mode %04o, which its owner may not write; make it writable or choose another file", file,
				info.Mode().Perm()))
	}
	probe, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if errors.Is(err, fs.ErrNotExist) {
		return wrong(fmt.Errorf("the folder of %s does not exist; make it first", file))
	}
	if err != nil {
		return wrong(fmt.Errorf("%s cannot be written: %w", file, err))
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return wrong(err)
	}
	return target, nil
}

// claim checks at the start the files that will be written, and follows links to them.
func (c *Config) claim() error {
	if err := c.apart(); err != nil {
		return err
	}
	var badState, badPort error
	c.State, badState = writable("--state", c.State)
	c.PortFile, badPort = writable("--port-file", c.PortFile)
	return errors.Join(badState, badPort)
}

// apart finds a file that is to be written and that another flag names too, which would be
// overwritten.
func (c *Config) apart() error {
	named := map[string]string{}
	var errs []error
	for _, f := range []struct {
		flag, file string
		written    bool
	}{
		{"--config", c.File, false}, {"--seed", c.Seed, false}, {"--tls-cert", c.TLSCert, false},
		{"--tls-key", c.TLSKey, false},
		{"--tls-ca", c.TLSCA, true}, {"--state", c.State, true}, {"--port-file", c.PortFile, true},
	} {
		if f.file == "" {
			continue
		}
		where, err := filepath.EvalSymlinks(f.file)
		if err != nil { // not there yet, or a mistake that whoever opens it tells
			where = f.file
		}
		if where, err = filepath.Abs(where); err != nil {
			return fmt.Errorf("%s: %w", f.flag, err)
		}
		if other := named[where]; other != "" && f.written {
			errs = append(errs, fmt.Errorf("%s: %s is the file of %s, want a file of its own", f.flag, f.file, other))
		}
		named[where] = f.flag
	}
	return errors.Join(errs...)
}

// readBounded reads a file that is not longer than maxConfig. The length is counted, not asked: a
// device has none.
func readBounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(data) > maxConfig {
		err = fmt.Errorf("%s is too long, want at most %d bytes", file, maxConfig)
	}
	return data, err
}
