package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"sftpgo-authy/internal/untried"
)

// nobody is a user who is neither root nor us.
const nobody = 65534

// asRoot is for tests that give files to somebody else.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		untried.Skip(t, "user %d cannot give files away; run as root", os.Geteuid())
	}
}

// tree makes folders and files: name to mode, and a name that ends with a slash is a folder.
func tree(t *testing.T, names map[string]fs.FileMode) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(names)) {
		path := filepath.Join(root, name)
		var err error
		if name[len(name)-1] == '/' {
			err = os.Mkdir(path, 0o700)
		} else {
			err = os.WriteFile(path, nil, 0o600)
		}
		if err := errors.Join(err, os.Chmod(path, names[name])); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestTheWayGoesThroughEveryLink(t *testing.T) {
	t.Parallel()
	root := tree(t, map[string]fs.FileMode{"a/": 0o755, "a/b/": 0o755, "a/b/f": 0o644, "c/": 0o755})
	for link, target := range map[string]string{
		"c/down": filepath.Join(root, "a"), "c/up": "../a/./b", "c/file": "up/f", "c/round": "round",
		"c/inside": "/a/b/f",
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string][]string{
		"a/b/f":      {"a", "a/b", "a/b/f"},
		"a/../a/b/f": {"a", "a/b", "a/b/f"},
		"c/down/b/f": {"c", "c/down", "a", "a/b", "a/b/f"},
		"c/file":     {"c", "c/file", "c/up", "a", "a/b", "a/b/f"},
		"c/inside":   {"c", "c/inside", "a", "a/b", "a/b/f"},
	} {
		way, err := Way(root, "/"+path)
		if path == "c/down/b/f" { // its link is absolute, and means something else there
			if err == nil {
				t.Errorf("%s: led out of its root: %v", path, way)
			}
			way, err = Way("", filepath.Join(root, path))
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var got []string
		for _, p := range way {
			name, below := p.Path, true
			if path == "c/down/b/f" {
				name, below = cut(p.Path, root)
			}
			if below && name != "/" && name != "" {
				got = append(got, name[1:])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: goes through %q, want %q", path, got, want)
		}
	}
	if _, err := Way(root, "/c/round"); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a link to itself: %v", err)
	}
}

// cut returns what is below root.
func cut(path, root string) (string, bool) {
	if len(path) <= len(root) || path[:len(root)] != root {
		return "", false
	}
	return path[len(root):], true
}

func TestWhoMayPutAnotherFileInItsPlace(t *testing.T) {
	t.Parallel()
	asRoot(t)
	const sticky = fs.ModeSticky
	for _, row := range []struct {
		name  string
		modes map[string]fs.FileMode
		given string // to nobody
		want  []string
	}{
		{"all of it root's", map[string]fs.FileMode{"d/": 0o755, "d/f": 0o755}, "", nil},
		{"the file of another", map[string]fs.FileMode{"d/": 0o755, "d/f": 0o755}, "d/f", []string{"f owner"}},
		{"the folder of another", map[string]fs.FileMode{"d/": 0o755, "d/f": 0o755}, "d", []string{"d owner"}},
		{"a folder that its owner may not write now", map[string]fs.FileMode{"d/": 0o555, "d/f": 0o755}, "d",
			[]string{"d owner"}},
		{"a folder for a group", map[string]fs.FileMode{"d/": 0o775, "d/f": 0o755}, "", []string{"d group"}},
		{"a folder for everybody", map[string]fs.FileMode{"d/": 0o777, "d/f": 0o755}, "", []string{"d everybody"}},
		{"a file for everybody", map[string]fs.FileMode{"d/": 0o755, "d/f": 0o757}, "", []string{"f everybody"}},
		{"our file in a shared folder", map[string]fs.FileMode{"d/": 0o777 | sticky, "d/f": 0o755}, "", nil},
		{"the shared folder of another", map[string]fs.FileMode{"d/": 0o777 | sticky, "d/f": 0o755}, "d",
			[]string{"d owner"}},
		{"the file of another in a shared folder", map[string]fs.FileMode{"d/": 0o777 | sticky, "d/f": 0o755}, "d/f",
			[]string{"f owner"}},
	} {
		root := tree(t, row.modes)
		if row.given != "" {
			if err := os.Lchown(filepath.Join(root, row.given), nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
		if got := openings(t, root, filepath.Join(root, "d", "f")); !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

func TestALinkOfAnotherCountsWhereItCanBeTakenAway(t *testing.T) {
	t.Parallel()
	asRoot(t)
	root := tree(t, map[string]fs.FileMode{"d/": 0o755, "f": 0o755})
	link := filepath.Join(root, "d", "l")
	if err := errors.Join(os.Symlink("../f", link), os.Lchown(link, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[fs.FileMode][]string{0o755: nil, 0o777 | fs.ModeSticky: {"l owner"},
		0o777: {"d everybody"}} {
		if err := os.Chmod(filepath.Join(root, "d"), mode); err != nil {
			t.Fatal(err)
		}
		if got := openings(t, root, link); !slices.Equal(got, want) {
			t.Errorf("in a folder of mode %v: %q, want %q", mode, got, want)
		}
	}
}

// TestAFolderOfAnotherIsRefused: its owner may put a file of ours, or a link to one, where another
// is meant.
func TestAFolderOfAnotherIsRefused(t *testing.T) {
	t.Parallel()
	asRoot(t)
	root := tree(t, map[string]fs.FileMode{"d/": 0o755, "f": 0o600})
	link := filepath.Join(root, "d", "l")
	if err := errors.Join(os.Symlink("../f", link), os.Chown(filepath.Join(root, "d"), nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(link, Public, 10); err == nil {
		t.Error("a link in somebody else's folder was followed")
	}
	if err := CheckFolder(filepath.Join(root, "d", "x")); err == nil {
		t.Error("somebody else's folder is taken")
	}
}

// openings returns what is open below root on the way to path.
func openings(t *testing.T, root, path string) (all []string) {
	t.Helper()
	way, err := Way("", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range Openings(way, func(uid int) bool { return uid == 0 }) {
		if _, below := cut(o.Path, root); below {
			all = append(all, fmt.Sprint(filepath.Base(o.Path), " ", []string{"owner", "group", "everybody"}[o.By]))
		}
	}
	return all
}
