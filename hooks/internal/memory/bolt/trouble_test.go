package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
)

// change changes a file of bbolt's by its own means.
func edit(t *testing.T, path string, do func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err == nil {
		err = errors.Join(db.Update(do), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestFilesThatCannotBeUsed: neither an owner nor a visitor takes such a file, the error names it
// and what is wrong, and nothing is written over.
func TestFilesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(t *testing.T, path string)
		want  string
	}{
		"of a later version": {func(t *testing.T, path string) {
			edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put(metaFormat, []byte("2")) })
		}, "was written by a later version: its format is 2, and this one knows 1"},
		"without a version": {func(t *testing.T, path string) {
			edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Delete(metaFormat) })
		}, "is damaged"},
		"of another program": {func(t *testing.T, path string) {
			edit(t, path, func(tx *bbolt.Tx) error {
				_, err := tx.CreateBucket([]byte("theirs"))
				return errors.Join(err, tx.DeleteBucket(bucketMeta))
			})
		}, "is damaged, or is no memory file"},
		"no database": {func(t *testing.T, path string) { put1(t, path, bytes.Repeat([]byte("users: 1\n"), 4000)) },
			"is damaged, or is no memory file"},
		"others may read": {func(t *testing.T, path string) {
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
		}, "mode 0644, want 0640 or stricter"},
		"a link": {func(t *testing.T, path string) {
			if err := errors.Join(os.Rename(path, path+"2"), os.Symlink(path+"2", path)); err != nil {
				t.Fatal(err)
			}
		}, "a link, want the file itself"},
		"locks that others may take": {func(t *testing.T, path string) {
			if err := os.Chmod(path+".lock", 0o666); err != nil {
				t.Fatal(err)
			}
		}, ".lock: mode 0666"},
		"a folder that others may write": {func(t *testing.T, path string) {
			if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
		}, "others may not write"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, _ := fresh(t)
			w := own(t, o)
			remember(t, w)
			shut(t, w)
			c.spoil(t, o.Path)
			before, _ := os.ReadFile(o.Path)
			_, ownErr := Own(o)
			_, visitErr := Visit(o)
			for who, err := range map[string]error{"an owner": ownErr, "a visitor": visitErr} {
				if err == nil || !strings.HasPrefix(err.Error(), "memory_file "+o.Path+": ") ||
					!strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: %v, want %s", who, err, c.want)
				}
			}
			if after, _ := os.ReadFile(o.Path); !bytes.Equal(before, after) {
				t.Error("it was written to")
			}
		})
	}
}

func put1(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestDamageIsSeen: wherever a file is cut or overwritten, nobody is told of a used code that it is
// fresh, and nothing but an error comes of it.
func TestDamageIsSeen(t *testing.T) {
	t.Parallel()
	o, _ := fresh(t)
	w := own(t, o)
	remember(t, w)
	for n := range 300 { // some pages
		if _, err := w.Advance(t.Context(), storetest.Key(store.LastStep, 1000+n<<20), 9, 0); err != nil {
			t.Fatal(err)
		}
	}
	shut(t, w)
	whole, err := os.ReadFile(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for at := 0; at < len(whole); at += 4096 {
		spoilt := map[string][]byte{
			"cut": whole[:at],
			"zeros": append(append(append([]byte(nil), whole[:at]...), make([]byte, 4096)...),
				whole[min(len(whole), at+4096):]...),
			"noise": append(append(append([]byte(nil), whole[:at]...), bytes.Repeat([]byte{0xa5}, 4096)...),
				whole[min(len(whole), at+4096):]...),
		}
		for how, text := range spoilt {
			if at == 0 && how == "cut" {
				continue // an empty file is a new one
			}
			t.Run(fmt.Sprintf("%s at %d", how, at), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "memory")
				put1(t, path, text)
				o := Options{Path: path, Now: o.Now, Random: o.Random}
				w, err := Own(o)
				if err != nil {
					if seen++; !errors.Is(err, ErrDamaged) {
						t.Errorf("an owner says %v", err)
					}
				} else {
					remembered(t, "an owner", w)
					shut(t, w)
				}
				o.Path += "2" // bbolt goes on locking a file on which it stumbled
				put1(t, o.Path, text)
				if v, err := Visit(o); err == nil {
					if taken, _, err := v.Take(t.Context(), code, "", time.Minute); taken && err == nil {
						t.Error("a used code is fresh")
					}
					v.locks.close()
				}
			})
		}
	}
	if seen == 0 {
		t.Error("no damage was seen")
	}
}

// TestOneOwner: a second hookd is told who has the file, and so is a program that comes beside it;
// what one that was killed left behind tells nobody anything.
func TestOneOwner(t *testing.T) {
	t.Parallel()
	o, _ := fresh(t)
	first := own(t, o)
	o.Wait = time.Millisecond
	want := fmt.Sprintf("memory_file %s: is in use by hookd, process %d", o.Path, os.Getpid())
	if _, err := Own(o); err == nil || err.Error() != want || !errors.Is(err, ErrHeld) {
		t.Errorf("a second hookd: %v, want %s", err, want)
	}
	if _, err := Visit(o); err == nil || err.Error() != want {
		t.Errorf("a program: %v, want %s", err, want)
	}
	shut(t, first)
	put1(t, o.Path+".lock", []byte("hookd, process 1"))
	v := visit(t, o)
	if v.locks.owner() != "" {
		t.Errorf("%q has it", v.locks.owner())
	}
	if ok, err := v.locks.try(whole); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, err := Own(o); err == nil || !strings.Contains(err.Error(), "in use by programs") {
		t.Errorf("while a program has it: %v", err)
	}
	v.locks.free(whole)
	if err := v.Keep(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestADiskThatCannotBeWritten: nothing is kept, the error says so, and when it can be written
// again all is made up for.
func TestADiskThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	o, _ := fresh(t)
	w := own(t, o)
	sound := w.file.db
	readOnly, err := bbolt.Open(filepath.Join(t.TempDir(), "other"), 0o600, nil)
	if err == nil {
		err = readOnly.Close() // every write fails
	}
	if err != nil {
		t.Fatal(err)
	}
	w.file.db = readOnly
	if taken, _, err := w.Take(t.Context(), code, "epoch", time.Hour); !taken || err != nil {
		t.Fatal(taken, err)
	}
	if err := w.Keep(t.Context(), code); err == nil || !strings.HasPrefix(err.Error(), "memory_file "+o.Path) {
		t.Errorf("keep: %v", err)
	}
	if err := w.Ping(t.Context()); err == nil {
		t.Error("all is well")
	}
	w.file.db = sound
	if err := w.Ping(t.Context()); err != nil {
		t.Errorf("with the disk back: %v", err)
	}
	shut(t, w)
	w = own(t, o)
	if taken, _, err := w.Take(t.Context(), code, "x", time.Hour); taken || err != nil {
		t.Errorf("it was not made up for: %v, %v", taken, err)
	}
}

// TestItDoesNotGrow: what has ended makes room for what comes.
func TestItDoesNotGrow(t *testing.T) {
	t.Parallel()
	o, c := fresh(t)
	w := own(t, o)
	size := func() int64 {
		info, err := os.Stat(o.Path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	n := 0
	round := func() {
		for range 40 {
			var keys []store.Key
			for range 50 {
				n++
				k := storetest.Key(store.UsedCode, n)
				k.Digest[0], k.Digest[1] = byte(n*167), byte(n*89) // as digests are: anywhere
				if _, _, err := w.Take(t.Context(), k, "", time.Minute); err != nil {
					t.Fatal(err)
				}
				keys = append(keys, k)
			}
			if err := w.Keep(t.Context(), keys...); err != nil {
				t.Fatal(err)
			}
			c.Pass(2 * time.Second)
		}
	}
	round()
	round()
	before := size()
	for range 6 {
		round()
	}
	if after := size(); after > before*2 {
		t.Errorf("it grows from %d to %d bytes", before, after)
	}
	records := 0
	if err := w.file.db.View(
		func(tx *bbolt.Tx) error { records = tx.Bucket(bucketRecords).Stats().KeyN; return nil }); err != nil {
		t.Fatal(err)
	}
	if live := 30 * 50; records > live+live/2 {
		t.Errorf("%d records, of which %d live", records, live)
	}
}
