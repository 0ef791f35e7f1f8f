package hookhost

import (
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// sftpFiles serves a folder that nothing leads out of, links included.
type sftpFiles struct {
	root *os.Root
}

// local turns an SFTP path (absolute, cleaned by the library) into one below the root.
func local(path string) string {
	if path = strings.TrimPrefix(path, "/"); path == "" {
		return "."
	}
	return path
}

// Fileread opens a file for reading.
func (f *sftpFiles) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	return f.root.Open(local(r.Filepath))
}

// Filewrite opens a file for writing with the flags that the client gave.
func (f *sftpFiles) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	asked := r.Pflags()
	flags := os.O_WRONLY
	if asked.Creat {
		flags |= os.O_CREATE
	}
	if asked.Trunc {
		flags |= os.O_TRUNC
	}
	if asked.Excl {
		flags |= os.O_EXCL
	}
	return f.root.OpenFile(local(r.Filepath), flags, 0o644)
}

// Filecmd does everything that is neither reading, writing nor listing.
func (f *sftpFiles) Filecmd(r *sftp.Request) error {
	path, target := local(r.Filepath), local(r.Target)
	switch r.Method {
	case "Rename", "PosixRename":
		return f.root.Rename(path, target)
	case "Rmdir", "Remove":
		return f.root.Remove(path)
	case "Mkdir":
		return f.root.Mkdir(path, 0o755)
	case "Setstat":
		return f.setstat(path, r)
	default:
		return sftp.ErrSSHFxOpUnsupported
	}
}

func (f *sftpFiles) setstat(path string, r *sftp.Request) error {
	has, attrs := r.AttrFlags(), r.Attributes()
	if has.Size {
		file, err := f.root.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := file.Truncate(int64(attrs.Size)); err != nil {
			return err
		}
	}
	if has.Permissions {
		if err := f.root.Chmod(path, attrs.FileMode().Perm()); err != nil {
			return err
		}
	}
	if has.Acmodtime {
		return f.root.Chtimes(path, attrs.AccessTime(), attrs.ModTime())
	}
	return nil
}

// Filelist lists a folder or describes one file.
func (f *sftpFiles) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	path := local(r.Filepath)
	if r.Method != "List" {
		info, err := f.root.Stat(path)
		return listing{info}, err
	}
	entries, err := fs.ReadDir(f.root.FS(), path)
	if err != nil {
		return nil, err
	}
	var infos listing
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			infos = append(infos, info)
		}
	}
	return infos, nil
}

// listing is a folder's content at one moment.
type listing []fs.FileInfo

// ListAt copies entries from offset on; io.EOF says that there are no more.
func (l listing) ListAt(to []fs.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(to, l[offset:])
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}

// holdsKey tells whether a key is among the account's.
func (u *user) holdsKey(key ssh.PublicKey) bool {
	for _, line := range u.PublicKeys {
		known, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err == nil && string(known.Marshal()) == string(key.Marshal()) {
			return true
		}
	}
	return false
}
