// Package safefile reads files that decide about logins, and refuses those that somebody else may
// change or, where they hold a secret, read.
package safefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Kind says who may do what with a file.
type Kind int

// Kinds of files.
const (
	Public  Kind = iota // nobody but the owner may write
	Secret              // and nobody but the owner and the group may read
	Private             // and nobody but the owner may read
	Lent                // as Private; root may handle that of any owner, whose programs read it
)

// Error is a refused file: what it has and what it needs, without its path.
type Error struct{ Have, Want string }

// Error returns the text.
func (e *Error) Error() string { return fmt.Sprintf("%s, want %s", e.Have, e.Want) }

// Read returns the content of a file of at most limit bytes that [Open] opens. Errors do not repeat
// the path.
func Read(path string, kind Kind, limit int64) ([]byte, error) {
	f, err := Open(path, kind)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, bare(err)
	}
	// Make room for the whole file at once: a program reads one at each login.
	text := bytes.NewBuffer(make([]byte, 0, min(info.Size(), limit)+bytes.MinRead))
	_, err = text.ReadFrom(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, bare(err)
	case int64(text.Len()) > limit:
		return nil, &Error{"larger than allowed", fmt.Sprintf("at most %d bytes", limit)}
	}
	return text.Bytes(), nil
}

// Open opens a file whose type, mode and owner are as they must be. It looks at the file that it
// opened, so that nobody can exchange it in between, and at the folders on the way, where somebody
// could put another file in its place. Links are followed: Kubernetes mounts secrets behind them.
// Errors do not repeat the path.
func Open(path string, kind Kind) (*os.File, error) {
	// Look before opening: opening a named pipe would wait for a writer.
	if info, err := os.Stat(path); err != nil {
		return nil, bare(err)
	} else if !info.Mode().IsRegular() {
		return nil, &Error{"not a regular file", "a regular file"}
	}
	if err := checkFolders(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, bare(err)
	}
	info, err := f.Stat()
	if err = bare(err); err == nil {
		err = Check(info, kind)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// maxSecret bounds a file with one secret.
const maxSecret = 64 << 10

// ReadSecret returns the one secret that a file holds, without the end of its line. An empty file
// is an error. Errors do not repeat the path.
func ReadSecret(path string) (string, error) {
	text, err := Read(path, Secret, maxSecret)
	if err != nil {
		return "", err
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", errors.New("is empty")
	}
	return secret, nil
}

// Check judges a file's type, mode and owner.
func Check(info fs.FileInfo, kind Kind) error {
	forbidden, want := fs.FileMode(0o022), "0644 or stricter"
	switch kind {
	case Secret:
		forbidden, want = 0o026, "0640 or stricter"
	case Private, Lent:
		forbidden, want = 0o066, "0600 or stricter"
	}
	mode := info.Mode()
	switch {
	case !mode.IsRegular():
		return &Error{"not a regular file", "a regular file"}
	case mode.Perm()&forbidden != 0:
		return &Error{fmt.Sprintf("mode %04o", mode.Perm()), want}
	case kind == Lent && os.Geteuid() == 0:
		return nil
	}
	return CheckOwner(info)
}

// checkFolders looks at the folders above a link and above what it leads to. Whoever owns or may
// write one of them could put a link there to a sound file that was meant for something else; the
// sticky bit, as on /tmp, prevents that. Where no link is followed, the owner of the file is proof
// enough, since nobody else can create a file that is ours.
func checkFolders(path string) error {
	way, err := Way("", path)
	if err != nil {
		return bare(err)
	}
	if !slices.ContainsFunc(way, Place.isLink) {
		return nil
	}
	for _, o := range Openings(way[:len(way)-1], ours) {
		const want = "folders that others may not write, or no link"
		switch o.By {
		case Owner:
			return &Error{fmt.Sprintf("a link in or into a folder of uid %d", o.UID), want}
		case Everybody:
			return &Error{fmt.Sprintf("a link in or into a folder of mode %04o", o.Info.Mode().Perm()), want}
		}
	}
	return nil
}

// bare takes the path out of an error of package os: the caller names it.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
