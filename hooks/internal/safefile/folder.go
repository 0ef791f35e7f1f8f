package safefile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ours says whether a user may own what we rely on: root may, and so may we.
func ours(uid int) bool { return uid == 0 || uid == os.Geteuid() }

// CheckOwner refuses what belongs to somebody other than root and our own user: an owner may always
// write.
func CheckOwner(info fs.FileInfo) error {
	if uid, _ := ids(info); !ours(uid) {
		return &Error{fmt.Sprintf("owner uid %d", uid), fmt.Sprintf("uid %d or root", os.Geteuid())}
	}
	return nil
}

// CheckFolder refuses the folders and links on the way to a file in which somebody else can put
// another in its place: those of other users than root and our own, and folders that others may
// write and that lack the sticky bit. The folder of the file itself must not be writable by a group
// either. The error names the place.
func CheckFolder(path string) error {
	way, err := Way("", filepath.Dir(path))
	if err != nil {
		return bare(err)
	}
	return refuse(way, ours)
}

// CheckFolderOf is [CheckFolder] for a file that another user made and may have made. In a folder
// where everybody may put files, sticky or not, that user may be anybody: such folders are refused.
func CheckFolderOf(path string, file fs.FileInfo) error {
	way, err := Way("", filepath.Dir(path))
	if err != nil {
		return bare(err)
	}
	for _, p := range way {
		if p.Info.IsDir() && p.Info.Mode().Perm()&0o002 != 0 {
			return openFolder(p)
		}
	}
	maker, _ := ids(file)
	return refuse(way, func(uid int) bool { return uid == maker || ours(uid) })
}

// refuse returns the first opening of the way to a folder as an error. A group may write what is
// above that folder.
func refuse(way []Place, trusted func(uid int) bool) error {
	for _, o := range Openings(way, trusted) {
		switch {
		case o.By == Owner:
			return fmt.Errorf("%s: %w", o.Path, &Error{fmt.Sprintf("owner uid %d", o.UID),
				fmt.Sprintf("uid %d or root", os.Geteuid())})
		case o.By == Everybody, o.Path == way[len(way)-1].Path:
			return openFolder(o.Place)
		}
	}
	return nil
}

func openFolder(p Place) error {
	return &Error{fmt.Sprintf("folder %s has mode %04o", p.Path, p.Info.Mode().Perm()), "one that others may not write"}
}
