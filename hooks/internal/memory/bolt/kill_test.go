//go:build unix

package bolt

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
	"sftpgo-authy/internal/untried"
)

// codeOf and stepOf are what the login of a number uses.
func codeOf(n int) store.Key { return storetest.Key(store.UsedCode, n) }
func stepOf(n int) store.Key { return storetest.Key(store.LastStep, n) }

// accept uses the code and the step of a number, as a login does.
func accept(s store.Store, n int) (bool, error) {
	ctx := context.Background()
	taken, _, err := s.Take(ctx, codeOf(n), "", time.Hour)
	if err != nil || !taken {
		return false, err
	}
	fresh, err := s.Advance(ctx, stepOf(n), 7, 0)
	if err != nil || !fresh {
		return false, err
	}
	return true, s.Keep(ctx, codeOf(n))
}

// TestHelper is no test: it is the process that others kill or starve. It prints the number of each
// login once it was accepted.
func TestHelper(t *testing.T) {
	path, from := os.Getenv("MEMORY_FILE"), os.Getenv("MEMORY_FROM")
	if path == "" {
		return
	}
	o := Options{Path: path, Now: time.Now, Random: rand.Reader}
	first, _ := strconv.Atoi(from)
	open := func() (store.Store, func() error) {
		v, err := Visit(o)
		if err != nil {
			t.Fatal(err)
		}
		return v, v.Close
	}
	if os.Getenv("MEMORY_OWNER") != "" {
		w, err := Own(o)
		if err != nil {
			t.Fatal(err)
		}
		open = func() (store.Store, func() error) { return w, func() error { return nil } }
	}
	var wait sync.WaitGroup
	for lane := range 4 {
		wait.Go(func() {
			for n := first + lane; n < first+100_000; n += 4 {
				s, done := open()
				in, err := accept(s, n)
				if err != nil {
					fmt.Println("error:", err)
					return
				}
				if in {
					fmt.Println(n)
				}
				_ = done()
			}
		})
	}
	wait.Wait()
}

// helper starts TestHelper in a process of its own, through the given command line if there is one.
func helper(t *testing.T, path, as string, from int, through ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	args := append(through, os.Args[0], "-test.run=^TestHelper$")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "MEMORY_FILE="+path, "MEMORY_FROM="+strconv.Itoa(from), as)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _, _ = io.Copy(io.Discard, out); _ = cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// TestKilled: whenever a process is killed, every code and step of a login that it accepted counts
// as used afterwards, and the file is sound.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, as := range []string{"MEMORY_OWNER=1", "MEMORY_OWNER="} {
		t.Run(as, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "memory")
			o := Options{Path: path, Now: time.Now, Random: rand.Reader}
			for round := range 12 {
				var accepted []int
				cmd, lines := helper(t, path, as, round*1_000_000)
				for range 1 + mathrand.IntN(40) {
					if !lines.Scan() {
						t.Fatalf("round %d: it ended by itself", round)
					}
					if n, err := strconv.Atoi(lines.Text()); err == nil {
						accepted = append(accepted, n)
					} else {
						t.Fatal(lines.Text())
					}
				}
				_ = cmd.Process.Kill()
				for lines.Scan() { // what it had said by then
					if n, err := strconv.Atoi(lines.Text()); err == nil {
						accepted = append(accepted, n)
					}
				}
				_ = cmd.Wait()
				w := own(t, o)
				for _, n := range accepted {
					if taken, _, err := w.Take(t.Context(), codeOf(n), "", time.Hour); taken || err != nil {
						t.Errorf("round %d: the code of %d is fresh, %v", round, n, err)
					}
					if fresh, err := w.Advance(t.Context(), stepOf(n), 7, 0); fresh || err != nil {
						t.Errorf("round %d: the step of %d is fresh, %v", round, n, err)
					}
				}
				shut(t, w)
			}
		})
	}
}

// TestAFullDisk: on a disk that is full nobody is accepted and the error says so; what was accepted
// before stays so. The disk is one of a few hundred KiB, in a user namespace of its own.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	small := ownDisk(t, dir, `mount -t tmpfs -o size=300k,mode=700 none "$0" && "$@"`)
	for _, as := range []string{"MEMORY_OWNER=1", "MEMORY_OWNER="} {
		_, lines := helper(t, filepath.Join(dir, "memory"), as, 0, small...)
		accepted, refused := 0, 0
		for lines.Scan() {
			if _, err := strconv.Atoi(lines.Text()); err == nil {
				accepted++
			} else if strings.HasPrefix(lines.Text(), "error: ") {
				if refused++; !strings.Contains(lines.Text(), "memory_file "+dir+"/memory: no space left on device") {
					t.Errorf("%s: %s", as, lines.Text())
				}
			}
		}
		if accepted == 0 || refused != 4 {
			t.Errorf("%s: %d accepted, then %d refused, want 4", as, accepted, refused)
		}
	}
}

// TestAReadOnlyDisk: nobody can use a file there, and is told why.
func TestAReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := Options{Path: filepath.Join(dir, "memory"), Now: time.Now, Random: rand.Reader}
	shut(t, own(t, o))
	locked := ownDisk(t, dir, `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && "$@"`)
	for _, as := range []string{"MEMORY_OWNER=1", "MEMORY_OWNER="} {
		_, lines := helper(t, o.Path, as, 0, locked...)
		said := false
		for lines.Scan() {
			said = said || strings.Contains(lines.Text(), "memory_file "+o.Path) &&
				strings.Contains(lines.Text(), "read-only file system")
		}
		if !said {
			t.Errorf("%s: it does not say so", as)
		}
	}
}

// ownDisk returns a command line that runs what follows it on a disk at dir that a script makes, in
// namespaces of its own.
func ownDisk(t *testing.T, dir, script string) []string {
	t.Helper()
	line := []string{"unshare", "-Urm", "sh", "-c", script, dir}
	if out, err := exec.Command(line[0], append(line[1:], "true")...).CombinedOutput(); err != nil {
		untried.Skip(t, "no disk of its own can be made here (unshare -Urm): %s", out)
	}
	return line
}
