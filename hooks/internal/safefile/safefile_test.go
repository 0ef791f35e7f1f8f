package safefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestModes(t *testing.T) {
	t.Parallel()
	for mode, want := range map[os.FileMode]struct{ public, secret string }{
		0o600: {"", ""}, 0o400: {"", ""}, 0o640: {"", ""},
		0o644: {"", "mode 0644, want 0640 or stricter"},
		0o664: {"mode 0664, want 0644 or stricter", "mode 0664, want 0640 or stricter"},
		0o666: {"mode 0666, want 0644 or stricter", "mode 0666, want 0640 or stricter"},
		0o602: {"mode 0602, want 0644 or stricter", "mode 0602, want 0640 or stricter"},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		for kind, wanted := range map[Kind]string{Public: want.public, Secret: want.secret} {
			text, err := Read(path, kind, 10)
			if wanted == "" && (err != nil || string(text) != "text") ||
				wanted != "" && (err == nil || err.Error() != wanted) {
				t.Errorf("%04o as %d: got %q, %v, want %q", mode, kind, text, err, wanted)
			}
		}
	}
}

func TestNotAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{dir, "/dev/zero", filepath.Join(dir, "absent")} {
		if _, err := Read(path, Public, 10); err == nil || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: error %v, want one without the path", path, err)
		}
	}
}

func TestBound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, Public, 5); err != nil {
		t.Error(err)
	}
	if _, err := Read(path, Public, 4); err == nil {
		t.Error("a file over the bound was read")
	}
}

// TestFolders: in a folder that everybody may write, everybody may put a link to another sound file
// in the file's place, such as one that was uploaded to SFTPGo, whose owner the programs are.
func TestFolders(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	file := filepath.Join(root, "open", "sub", "f")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(root, "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	away := filepath.Join(root, "open", "away")
	if err := os.WriteFile(filepath.Join(root, "g"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "g"), away); err != nil {
		t.Fatal(err)
	}
	for mode, sound := range map[os.FileMode]bool{0o755: true, 0o775: true, 0o777 | os.ModeSticky: true, 0o777: false,
		0o703: false} {
		if err := os.Chmod(filepath.Join(root, "open"), mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(file, Public, 10); err != nil {
			t.Errorf("a file of ours below a folder of mode %v: %v", mode, err)
		}
		for what, path := range map[string]string{"a link into": link, "a link in": away} {
			if _, err := Read(path, Public, 10); (err == nil) != sound {
				t.Errorf("%s a folder of mode %v: %v", what, mode, err)
			}
		}
	}
}

func TestFoldersUpToTheRoot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	path := filepath.Join(root, "up", "down", "f")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		up, down os.FileMode
		sound    bool
	}{
		{0o755, 0o700, true},
		{0o755, 0o777 | os.ModeSticky, true},
		{0o775, 0o755, true},
		{0o755, 0o775, false},
		{0o755, 0o702, false},
		{0o777, 0o755, false},
		{0o777 | os.ModeSticky, 0o755, true},
	} {
		for dir, mode := range map[string]os.FileMode{filepath.Join(root, "up"): row.up, filepath.Dir(path): row.down} {
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
		}
		if err := CheckFolder(path); (err == nil) != row.sound {
			t.Errorf("%v above %v: %v", row.up, row.down, err)
		}
		info, err := os.Stat(root)
		if err != nil {
			t.Fatal(err)
		}
		sticky := (row.up|row.down)&os.ModeSticky != 0
		if err := CheckFolderOf(path, info); err == nil && (sticky || !row.sound) {
			t.Errorf("of somebody else, %v above %v: taken", row.up, row.down)
		}
	}
}

// TestReadSecret: a secret is what the file holds without the end of its line, blanks included; it
// is nobody else's to read, and there is one.
func TestReadSecret(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"s3cret": "s3cret", "s3cret\n": "s3cret", "s3cret\r\n": "s3cret", " two words \n\n": " two words ", "": "",
		"\n":                             "",
		strings.Repeat("x", maxSecret+1): "",
	} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadSecret(path); got != want || (err == nil) != (want != "") {
			t.Errorf("%.20q: %.20q, %v, want %q", text, got, err, want)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadSecret(path); got != "" || err == nil || !strings.Contains(err.Error(), "0640 or stricter") {
			t.Errorf("%.20q for everybody to read: %q, %v", text, got, err)
		}
	}
}

// TestAnEditThatWasKilledKeepsNobodyOut: neither its lock nor its new file is in the way of the
// next, and files of other names stay.
func TestAnEditThatWasKilledKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "users")
	for _, name := range []string{"users.lock", ".users.new-123", ".users.new-hires", "users.new-1"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit := func() error {
		return Edit(path, Public, 100, 0o600, func(text string) (string, error) { return text + "x", nil })
	}
	if err := edit(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(file))
	}
	if got := strings.Join(names, " "); err != nil || got != ".users.new-hires users users.new-1" {
		t.Errorf("there are %s, %v", got, err)
	}
	unlock, err := Lock(path+".lock", false)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if err := edit(); err == nil || !strings.Contains(err.Error(), "locked by somebody else") {
		t.Errorf("while somebody edits: %v", err)
	}
}
