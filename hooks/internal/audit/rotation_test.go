package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestRotation: while many write, the file is moved away and deleted again and again. No line is
// lost, none is there twice, and none goes to a file that was moved long ago.
func TestRotation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "audit")
	const writers, each = 4, 300
	var wg sync.WaitGroup
	turns := make(chan struct{}, writers*each)
	for w := range writers {
		wg.Go(func() {
			f, err := OpenFile(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			log := NewLog(f)
			for i := range each {
				if err := log.Write(Record{Account: fmt.Sprintf("%d-%d", w, i)}); err != nil {
					t.Error(err)
				}
				turns <- struct{}{}
			}
		})
	}
	files := []string{path}
	for i := range writers * each {
		<-turns
		if i%20 == 0 {
			moved := fmt.Sprintf("%s.%d", path, i)
			if err := os.Rename(path, moved); err == nil {
				files = append(files, moved)
			}
		}
	}
	wg.Wait()
	if _, err := os.Stat(path); err != nil {
		files = files[1:]
	}
	seen := map[string]int{}
	for _, name := range accounts(t, files...) {
		seen[name]++
	}
	if len(seen) != writers*each {
		t.Errorf("%d of %d lines are there", len(seen), writers*each)
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s is there %d times", name, n)
		}
	}
}

func TestTheFileIsFollowed(t *testing.T) {
	t.Parallel()
	f, log := trial(t)
	write := func(name string) error { return log.Write(Record{Account: name}) }
	expect := func(when, path, want string) {
		t.Helper()
		if got := strings.Join(accounts(t, path), " "); got != want {
			t.Errorf("%s: %s has %q, want %q", when, filepath.Base(path), got, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(write("a"))
	must(os.Rename(f.path, f.path+".1"))
	must(write("b"))
	expect("moved", f.path+".1", "a")
	expect("moved", f.path, "b")
	must(os.Remove(f.path))
	must(write("c"))
	expect("deleted", f.path, "c")
	must(os.Rename(f.path, f.path+".2"))
	must(os.WriteFile(f.path, nil, 0o640))
	must(write("d"))
	expect("moved and made anew, as logrotate does", f.path, "d")
	must(os.Truncate(f.path, 0))
	must(write("e"))
	expect("copied and cut, as logrotate can", f.path, "e")
	must(os.Chmod(f.path, 0o666))
	if err := write("f"); err == nil || !strings.Contains(err.Error(), "mode 0666") {
		t.Errorf("writable by all: %v", err)
	}
	must(os.Chmod(f.path, 0o600))
	must(write("g"))
	must(os.Remove(f.path))
	must(os.Mkdir(f.path, 0o700))
	if err := write("h"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder in its place: %v", err)
	}
	must(os.Remove(f.path))
	must(write("i"))
	expect("mended", f.path, "i")
}
