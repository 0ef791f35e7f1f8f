//go:build unix

package program

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// person returns an id at Authy.
func person(t *testing.T, number string) provider.Person {
	t.Helper()
	id, err := authy.ParseID(number)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestOneCodeInAWhile: of many programs at the same time one has a code sent to a person, and the
// next one after a pause.
func TestOneCodeInAWhile(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	temp := t.TempDir()
	claims := func(number string) int {
		var sent atomic.Int32
		var wait sync.WaitGroup
		at := now
		for range 60 {
			wait.Go(func() {
				s := newSends(temp, "url", "key", func() time.Time { return at })
				if free, err := s.ClaimSend(t.Context(), person(t, number)); err != nil {
					t.Error(err)
				} else if free {
					sent.Add(1)
				}
			})
		}
		wait.Wait()
		return int(sent.Load())
	}
	for _, c := range []struct {
		what, number string
		later        time.Duration
		want         int
	}{
		{"first", "31337", 0, 1},
		{"at once again", "31337", 0, 0},
		{"somebody else", "31338", 0, 1},
		{"before the pause is over", "31337", gate.SendPause - time.Second, 0},
		{"after the pause", "31337", time.Second, 1},
		{"with a clock that was set back an hour", "31337", -time.Hour, 1},
	} {
		if now = now.Add(c.later); claims(c.number) != c.want {
			t.Errorf("%s: want %d of 60 to send", c.what, c.want)
		}
	}
	names, err := filepath.Glob(filepath.Join(temp, "*", "*"))
	if err != nil || len(names) != 2 || strings.Contains(strings.Join(names, ""), "31337") {
		t.Errorf("files %q, %v; want two that do not tell whose they are", names, err)
	}
}

// TestNothingIsSentWithoutAFolderOfOurOwn: who could write there could have codes sent without end.
func TestNothingIsSentWithoutAFolderOfOurOwn(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(folder string) error{
		"of everybody": func(folder string) error {
			if err := os.Mkdir(folder, 0o700); err != nil {
				return err
			}
			return os.Chmod(folder, 0o777)
		},
		"a file":  func(folder string) error { return os.WriteFile(folder, nil, 0o600) },
		"a link":  func(folder string) error { return os.Symlink(t.TempDir(), folder) },
		"nowhere": func(folder string) error { return os.RemoveAll(filepath.Dir(folder)) },
	} {
		s := newSends(t.TempDir(), "url", "key", time.Now)
		if err := make(s.folder); err != nil {
			t.Fatal(err)
		}
		if free, err := s.ClaimSend(t.Context(), person(t, "31337")); free || err == nil {
			t.Errorf("%s: sends %v, %v", name, free, err)
		}
	}
}

// TestNothingIsSentWhereTheTimeCannotBeKept: a link in the file's place is not followed, and a file
// that cannot be written is no proof that a code is due.
func TestNothingIsSentWhereTheTimeCannotBeKept(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	s := newSends(temp, "url", "key", time.Now)
	if free, err := s.ClaimSend(t.Context(), person(t, "31337")); !free || err != nil {
		t.Fatalf("the first: %v, %v", free, err)
	}
	kept, err := filepath.Glob(filepath.Join(s.folder, "sent-*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept %q (%v)", kept, err)
	}
	elsewhere := filepath.Join(temp, "elsewhere")
	if err := os.Rename(kept[0], elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, kept[0]); err != nil {
		t.Fatal(err)
	}
	if free, err := s.ClaimSend(t.Context(), person(t, "31337")); free || err == nil {
		t.Errorf("over a link: %v, %v", free, err)
	}
	if err := os.WriteFile(elsewhere, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if free, err := s.due(file); free || err == nil {
		t.Errorf("in a file for reading: %v, %v", free, err)
	}
}

func TestTheFolderIsWhereTMPDIRSays(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{"TMPDIR=/var/run/x": "/var/run/x", "TMPDIR=": "/tmp", "HOME=/x": "/tmp"} {
		if got := (Host{Env: []string{env}}).temp(); got != want {
			t.Errorf("%s: got %s, want %s", env, got, want)
		}
	}
}
