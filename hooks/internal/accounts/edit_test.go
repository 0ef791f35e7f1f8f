package accounts

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sftpgo-authy/hooks/internal/safefile"
	"sftpgo-authy/internal/untried"
)

func usersFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestALineIsAddedAndTakenOutAgain(t *testing.T) {
	t.Parallel()
	const before = "# staff\nann: 1 # since May\n\nc:d: 2"
	path := usersFile(t, before, 0o640)
	if err := AddToFile(path, people(), Line{"x:y", "33"}); err != nil {
		t.Fatal(err)
	}
	if got, want := content(t, path), before+"\nx:y: 33\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("mode %o, want that of before, 640", info.Mode().Perm())
	}
	if ids, err := RemoveFromFile(path, people(), "ann"); err != nil || len(ids) != 1 || ids[0] != id(t, "1") {
		t.Fatalf("removed %v, %v", ids, err)
	}
	if got, want := content(t, path), "# staff\n\nc:d: 2\nx:y: 33\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

func TestLinesAreTakenOutOfAFileThatIsBroken(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, before, after, ids string }{
		{"another line is broken", "ann: 1\nbob: 2x\ncarol 3\n", "bob: 2x\ncarol 3\n", "[1]"},
		{"the line itself is broken", "ann: 1x\nbob: 2\n", "bob: 2\n", "[]"},
		{"it stands twice", "ann: 1\nbob: 2\nann: 3\n", "bob: 2\n", "[1 3]"},
		{"it stands twice with one id", "ann: 1\nann: 1\nbob: 2", "bob: 2", "[1]"},
		{"a byte order mark", "\ufeffann: 1\r\nbob: 2\r\n", "bob: 2\r\n", "[1]"},
		{"the last one", "# staff\nann: 1", "# staff\n" + Nobody + "\n", "[1]"},
		{"the last that is sound", "ann: 1\nbob\n", "bob\n", "[1]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			path := usersFile(t, row.before, 0o600)
			ids, err := RemoveFromFile(path, people(), "ann")
			if got := content(t, path); err != nil || got != row.after || fmt.Sprint(ids) != row.ids {
				t.Errorf("got %q and %v, %v; want %q and %s", got, ids, err, row.after, row.ids)
			}
		})
	}
	for _, none := range []string{"", "# staff", "staff"} {
		const before = "# staff\n\nann: 1\n"
		path := usersFile(t, before, 0o600)
		if _, err := RemoveFromFile(path, people(), none); !errors.Is(err, ErrNoLine) || content(t, path) != before {
			t.Errorf("%q: %v, the file is %q", none, err, content(t, path))
		}
	}
}

func TestTheLineForNobodyMakesWay(t *testing.T) {
	t.Parallel()
	path := usersFile(t, "# staff\n"+Nobody+"\n", 0o600)
	if err := AddToFile(path, people(), Line{"ann", "1"}); err != nil || content(t, path) != "# staff\nann: 1\n" {
		t.Errorf("%v, the file is %q", err, content(t, path))
	}
}

func TestAFileIsMadeAndALinkIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users")
	if err := AddToFile(path, people(), Line{"ann", "1"}); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		untried.Skip(t, "%v", err)
	}
	if err := AddToFile(link, people(), Line{"bob", "2"}); err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); got != "ann: 1\nbob: 2\n" {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsRefusedLeavesTheFileAlone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text, who, want string
		mode                  os.FileMode
	}{
		{"a name that is there", "ann: 1\n", "ann", "already", 0o600},
		{"a broken file", "ann\n", "bob", "line 1", 0o600},
		{"a file that others may write", "ann: 1\n", "bob", "mode 0666", 0o666},
		{"a name with a comment in it", "", "a #b", "cannot hold", 0o600},
		{"a name with a line break", "", "a\nb", "cannot hold", 0o600},
		{"a name with a blank at its end", "", "a ", "cannot hold", 0o600},
		{"no name", "", "", "cannot hold", 0o600},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			path := usersFile(t, row.text, row.mode)
			err := AddToFile(path, people(), Line{row.who, "9"})
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v; want %q and the path", err, row.want)
			}
			if got := content(t, path); got != row.text {
				t.Errorf("the file is %q now", got)
			}
		})
	}
	if _, err := RemoveFromFile(usersFile(t, "ann: 1\n", 0o600), people(), "bob"); !errors.Is(err, ErrNoLine) {
		t.Error("a name that is not there was removed")
	}
	path := usersFile(t, "", 0o600)
	unlock, err := safefile.Lock(path+".lock", false)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if err := AddToFile(path, people(), Line{"ann", "1"}); err == nil || !strings.Contains(err.Error(), path+".lock") {
		t.Errorf("a locked file: %v", err)
	}
}

func TestEditsAtTheSameTimeLoseNothing(t *testing.T) {
	t.Parallel()
	path := usersFile(t, "", 0o600)
	var wg sync.WaitGroup
	var mu sync.Mutex
	added := 0
	for _, who := range []string{"a", "b", "c", "d", "e", "f"} {
		wg.Go(func() {
			if AddToFile(path, people(), Line{who, "5"}) == nil {
				mu.Lock()
				added++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	got := Parse(content(t, path), people())
	if got.Err() != nil || len(got.Values) != added || added == 0 {
		t.Errorf("%d added, the file has %d, %v", added, len(got.Values), got.Err())
	}
}
