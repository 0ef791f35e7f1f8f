package livefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/safefile"
)

// world is a file in the hands of a test: its content is its text, the word "flaw" in it is a flaw,
// and "bad" spoils it.
type world struct {
	t     *testing.T
	path  string
	now   time.Time
	reads int
	took  []string
	told  []string
	*File[string]
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, path: filepath.Join(t.TempDir(), "f"), now: time.Now().Add(time.Hour)}
	w.File = &File[string]{
		Name: "some file", Path: w.path, Now: func() time.Time { return w.now }, OnFlaws: "some are denied",
		Read: func(path string) (*string, error, error) {
			w.reads++
			raw, err := os.ReadFile(path)
			text := string(raw)
			if err == nil && text == "bad" {
				err = &safefile.Error{Have: "bad", Want: "good"}
			}
			var flaws error
			if strings.Contains(text, "flaw") {
				flaws = errors.New("a flaw")
			}
			return &text, flaws, err
		},
		Took: func(old, content *string) {
			was := "nothing"
			if old != nil {
				was = *old
			}
			w.took = append(w.took, was+" "+*content)
		},
		Problem: func(err error) { w.told = append(w.told, err.Error()) },
	}
	return w
}

func (w *world) has(text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// counts checks what counts now; "" for nothing.
func (w *world) counts(want string, stale, overdue bool) {
	w.t.Helper()
	for _, s := range []State[string]{w.Current(), w.Last()} {
		got := ""
		if s.Content != nil {
			got = *s.Content
		}
		if got != want || (s.Err != nil) != stale || s.Overdue != overdue {
			w.t.Errorf("%q, error %v, overdue %v; want %q, %v, %v", got, s.Err, s.Overdue, want, stale, overdue)
		}
	}
}

// TestAFileIsReadWhenItChanged: once, as soon as it is old enough for its stamp to prove it.
func TestAFileIsReadWhenItChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.has("one")
	w.counts("one", false, false)
	w.counts("one", false, false)
	if w.reads != 1 {
		t.Errorf("read %d times", w.reads)
	}
	w.has("two!")
	w.counts("two!", false, false)
	if err := os.Chmod(w.path, 0o400); err != nil {
		t.Fatal(err)
	}
	w.counts("two!", false, false)
	if w.reads != 3 || strings.Join(w.took, ", ") != "nothing one, one two!, two! two!" {
		t.Errorf("read %d times, took %v", w.reads, w.took)
	}
	w.now = time.Now() // the file was changed a moment ago
	w.has("two?")
	w.counts("two?", false, false)
	reads := w.reads
	w.counts("two?", false, false)
	if w.reads == reads {
		t.Error("the stamp of a moment ago was believed")
	}
}

// TestTheLastContentCountsForAWhile: and a new one counts at once.
func TestTheLastContentCountsForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.counts("", true, true)
	w.has("one")
	w.counts("one", false, false)
	if err := os.Remove(w.path); err != nil {
		t.Fatal(err)
	}
	w.counts("one", true, false)
	until := w.Last().Until
	if !until.Equal(w.now.Add(LastContent)) {
		t.Errorf("until %v", until)
	}
	w.now = until.Add(-time.Second)
	w.has("bad")
	w.counts("one", true, false)
	w.now = until
	w.counts("one", true, true)
	w.has("flaw")
	w.counts("flaw", false, false)
	w.counts("flaw", false, false)
	for i, want := range []string{
		"every account is denied", "content from before counts until", "bad, want good",
		"a flaw; until it is mended, some are denied",
	} {
		if i >= len(w.told) || !strings.Contains(w.told[i], want) ||
			!strings.HasPrefix(w.told[i], "some file "+w.path) {
			t.Errorf("told %q, want %q at %d", w.told, want, i)
		}
	}
	if len(w.told) != 4 {
		t.Errorf("told %d times: %q", len(w.told), w.told)
	}
}

// TestWhyNamesNoPath: everybody may read it.
func TestWhyNamesNoPath(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"it does not exist":                       &fs.PathError{Path: "/x", Err: fs.ErrNotExist},
		"hookd may not read it":                   &fs.PathError{Path: "/x", Err: fs.ErrPermission},
		"it is refused: mode 0666, want 0600":     &safefile.Error{Have: "mode 0666", Want: "0600"},
		"it cannot be read; hookd's log says why": errors.New("/x is on fire"),
	} {
		if got := Why(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
