package admin

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"

	"sftpgo-authy/hooks/internal/safefile"
)

// Socket is the listener of the admin socket. Its Close removes the file.
type Socket struct {
	net.Listener
	path string
	own  fs.FileInfo
	once sync.Once
}

// Listen makes the socket at path with mode 0600. It is made in a folder of its own, which nobody
// else may enter, and moved into its place when it has that mode, so that there is no moment at
// which others can connect. A socket that is there already is replaced only if it is ours and
// nobody answers on it. The folder must be one where nobody else can put something in its place.
func Listen(path string) (*Socket, error) {
	folder := filepath.Dir(path)
	if err := safefile.CheckFolder(path); err != nil {
		return nil, fmt.Errorf("folder %s: %w", folder, err)
	}
	unlock, err := lock(path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := free(path); err != nil {
		return nil, err
	}
	private, err := os.MkdirTemp(folder, ".s")
	if err != nil {
		return nil, err
	}
	defer os.Remove(private)
	fresh := filepath.Join(private, "s")
	listener, err := net.Listen("unix", fresh)
	if err != nil {
		return nil, err
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	s := &Socket{Listener: listener, path: path}
	if err = os.Chmod(fresh, 0o600); err == nil {
		s.own, err = os.Lstat(fresh)
	}
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		_ = listener.Close()
		_ = os.Remove(fresh)
		return nil, err
	}
	return s, nil
}

// free says whether a socket may be put at path.
func free(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("%s: is there and is no socket; remove it, or name another path", path)
	}
	if err := safefile.CheckOwner(info); err != nil {
		return fmt.Errorf("%s: is the socket of somebody else: %w", path, err)
	}
	conn, err := net.Dial("unix", path)
	if err == nil {
		_ = conn.Close()
		return fmt.Errorf("%s: another hookd answers there", path)
	}
	if !refused(err) {
		return fmt.Errorf("%s: whether another hookd answers there is not known: %w", path, err)
	}
	return nil
}

// Close ends the listener and removes the file, unless another has taken its place.
func (s *Socket) Close() error {
	err := s.Listener.Close()
	s.once.Do(func() {
		if info, e := os.Lstat(s.path); e == nil && os.SameFile(info, s.own) {
			err = errors.Join(err, os.Remove(s.path))
		}
	})
	return err
}
