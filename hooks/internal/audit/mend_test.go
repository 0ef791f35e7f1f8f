package audit

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestManyMend: half a line that somebody left is ended once, however many begin to write at once.
func TestManyMend(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit")
	if err := os.WriteFile(path, []byte(`{"account":"ha`), 0o600); err != nil {
		t.Fatal(err)
	}
	const writers = 8
	files := make([]*File, writers)
	for i := range files {
		var err error
		if files[i], err = OpenFile(path); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = files[i].Close() })
	}
	var wg sync.WaitGroup
	for _, f := range files {
		wg.Go(func() {
			if _, err := f.Write([]byte("whole\n")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"account":"ha` + "\n" + strings.Repeat("whole\n", writers); string(text) != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

// TestWhatLooksHalf: what was half a line when the file was opened may be whole when it is written.
func TestWhatLooksHalf(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit")
	if err := os.WriteFile(path, []byte("who"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.WriteFile(path, []byte("whole\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("next\n")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); string(text) != "whole\nnext\n" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}
