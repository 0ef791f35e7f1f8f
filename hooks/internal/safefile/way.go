package safefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Place is a folder, a link or a file that the system passes on its way to a file.
type Place struct {
	Path   string
	Info   fs.FileInfo // of a link, that of the link itself
	shared bool        // lies in a folder that others may write, and that has the sticky bit
}

// isLink says whether the place is a symbolic link.
func (p Place) isLink() bool { return p.Info.Mode()&fs.ModeSymlink != 0 }

// maxLinks is how many links Linux follows.
const maxLinks = 40

// Way returns the places on the way to a file, in the order in which the system passes them: from
// the root down through each folder, and through every link to what it leads to. The file is the
// last. root is the folder that is / to whoever takes the way, "" for our own; the paths of the
// places begin there.
func Way(root, path string) ([]Place, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	top, err := os.Lstat(root + "/")
	if err != nil {
		return nil, err
	}
	places := []Place{{Path: "/", Info: top}}
	folders := []fs.FileInfo{top} // from the root to where we are
	at, left, links := "/", names(path), 0
	for len(left) > 0 {
		name := left[0]
		left = left[1:]
		if name == ".." {
			at, folders = filepath.Dir(at), folders[:max(1, len(folders)-1)]
			continue
		}
		next := filepath.Join(at, name)
		info, err := os.Lstat(root + next)
		if err != nil {
			return nil, err
		}
		place := Place{Path: next, Info: info, shared: isShared(folders[len(folders)-1])}
		places = append(places, place)
		if !place.isLink() {
			at, folders = next, append(folders, info)
			continue
		}
		if links++; links > maxLinks {
			return nil, &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
		}
		target, err := os.Readlink(root + next)
		if err != nil {
			return nil, err
		}
		if filepath.IsAbs(target) {
			at, folders = "/", folders[:1]
		}
		left = append(names(target), left...)
	}
	return places, nil
}

// names returns what a path is made of.
func names(path string) []string {
	return slices.DeleteFunc(strings.Split(path, "/"), func(name string) bool { return name == "" || name == "." })
}

// isShared says whether others may put files into a folder, but not take away those of somebody
// else.
func isShared(folder fs.FileInfo) bool {
	return folder.Mode()&fs.ModeSticky != 0 && folder.Mode().Perm()&0o022 != 0
}

// By says who may use an [Opening].
type By int

// Who may use an opening.
const (
	Owner     By = iota // the owner of the place, who is not trusted
	Group               // every member of its group
	Everybody           // every user of the machine
)

// Opening is a place where somebody who is not trusted may change a file, or put another one in its
// place.
type Opening struct {
	Place
	By       By
	UID, GID int // of the place
}

// Openings returns the openings on a way. trusted says which users may own and write every place of
// it: an owner may always write, whatever the mode. The sticky bit of a folder, as /tmp has it,
// keeps others from taking away what is not theirs. Access lists of Linux need no look of their
// own, because what they allow at most is the mode of the group.
func Openings(way []Place, trusted func(uid int) bool) []Opening {
	var all []Opening
	for _, p := range way {
		uid, gid := ids(p.Info)
		open := func(by By) { all = append(all, Opening{Place: p, By: by, UID: uid, GID: gid}) }
		if !trusted(uid) && (p.shared || !p.isLink()) { // nobody can change a link, but take it away and make another
			open(Owner)
		}
		mode := p.Info.Mode()
		switch {
		case p.isLink(), mode.IsDir() && mode&fs.ModeSticky != 0:
		case mode.Perm()&0o002 != 0:
			open(Everybody)
		case mode.Perm()&0o020 != 0:
			open(Group)
		}
	}
	return all
}
