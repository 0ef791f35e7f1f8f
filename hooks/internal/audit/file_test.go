//go:build unix

package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("AUDIT_WRITER"); path != "" {
		writeMany(path)
		return
	}
	os.Exit(m.Run())
}

// trial is an audit file in the hands of a test.
func trial(t *testing.T) (*File, *Log) {
	t.Helper()
	f, err := OpenFile(filepath.Join(t.TempDir(), "audit"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, NewLog(f)
}

// accounts returns the accounts of the records in files, in their order, and fails for a line that
// is no whole record.
func accounts(t *testing.T, files ...string) []string {
	t.Helper()
	var names []string
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 0 && text[len(text)-1] != '\n' {
			t.Errorf("%s ends with half a line: %q", path, text[max(0, len(text)-80):])
		}
		for line := range strings.Lines(string(text)) {
			var r Record
			if err := json.Unmarshal([]byte(line), &r); err != nil || r.Account == "" {
				t.Errorf("a line is no whole record: %q", line)
			}
			names = append(names, r.Account)
		}
	}
	return names
}

// filling is a disk that takes some bytes of a write and then no more.
func filling(takes int) func(*os.File, []byte) (int, error) {
	return func(f *os.File, text []byte) (int, error) {
		n, err := writeOnce(f, text[:min(takes, len(text))])
		if err == nil && n < len(text) {
			err = syscall.ENOSPC
			if n > 0 {
				err = nil // the system tells with the next write
			}
		}
		return n, err
	}
}

// TestNoHalfLineStays: what a full disk takes of a line is taken back, the record fails, and the
// next one is whole.
func TestNoHalfLineStays(t *testing.T) {
	t.Parallel()
	whole := len(Record{Account: "half"}.Line())
	for _, takes := range []int{0, 1, 2, 13, 14, 100, whole - 1} {
		f, log := trial(t)
		write := func(name string, wantErr bool) {
			t.Helper()
			if err := log.Write(Record{Account: name}); (err != nil) != wantErr || log.Failed() != wantErr {
				t.Errorf("after %d bytes: %s: %v", takes, name, err)
			}
		}
		write("before", false)
		f.write = filling(takes)
		write("half", true)
		f.write = filling(0)
		write("none", true)
		f.write = writeOnce
		write("after", false)
		if got := strings.Join(accounts(t, f.path), " "); got != "before after" {
			t.Errorf("after %d bytes the file has %s", takes, got)
		}
	}
}

// TestAHalfLineIsOverwrittenWhereSomebodyWroteBehindIt: nobody's line is cut off with it.
func TestAHalfLineIsOverwrittenWhereSomebodyWroteBehindIt(t *testing.T) {
	t.Parallel()
	for _, takes := range []int{1, 2, 13, 14, 100} {
		f, log := trial(t)
		other, err := OpenFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		f.write = func(file *os.File, text []byte) (int, error) {
			n, err := writeOnce(file, text[:takes])
			if err := NewLog(other).Write(Record{Account: "other"}); err != nil {
				t.Error(err)
			}
			return n, err
		}
		if err := log.Write(Record{Account: "half"}); err == nil {
			t.Error("half a line is no error")
		}
		f.write = writeOnce
		if err := log.Write(Record{Account: "after"}); err != nil {
			t.Error(err)
		}
		text, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(text), "\n")
		if want := string(lost(takes)); len(lines) != 4 || lines[0] != want || !strings.Contains(lines[1], `"other"`) ||
			!strings.Contains(lines[2], `"after"`) {
			t.Errorf("after %d bytes the file has %q", takes, lines)
		}
		if text := bytes.TrimSpace(lost(takes)); len(text) > 0 && !json.Valid(text) {
			t.Errorf("%d bytes are filled with %q", takes, text)
		}
	}
}

// TestALineWithoutAnEndIsEnded: one that a process left behind that was killed, or a machine that
// lost power.
func TestALineWithoutAnEndIsEnded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit")
	if err := os.WriteFile(path, []byte(`{"time":"2026`), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 2 {
		if err := NewLog(f).Write(Record{Account: "ann"}); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(path)
	if rest, found := strings.CutPrefix(string(text), `{"time":"2026`+"\n"); !found || strings.Count(rest, "\n") != 2 ||
		strings.HasPrefix(rest, "\n") {
		t.Errorf("the file has %q", text)
	}
}

// half is a writer that takes some bytes and then no more, until it is told.
type half struct {
	bytes.Buffer
	takes int // -1 for all
}

func (h *half) Write(text []byte) (int, error) {
	if h.takes < 0 {
		return h.Buffer.Write(text)
	}
	n, _ := h.Buffer.Write(text[:min(h.takes, len(text))])
	return n, errors.New("full")
}

// TestHalfALineOnAStreamIsEnded: stderr cannot take anything back.
func TestHalfALineOnAStreamIsEnded(t *testing.T) {
	t.Parallel()
	w := &half{takes: 5}
	log := NewLog(w)
	for _, step := range []struct{ takes, fails int }{{5, 1}, {0, 1}, {1, 1}, {0, 1}, {-1, 0}, {-1, 0}} {
		w.takes = step.takes
		if err := log.Write(Record{Account: "ann"}); (err != nil) != (step.fails == 1) {
			t.Errorf("%+v: %v", step, err)
		}
	}
	lines := strings.Split(w.String(), "\n")
	if len(lines) != 4 || len(lines[0]) != 5 || !json.Valid([]byte(lines[1])) || !json.Valid([]byte(lines[2])) ||
		lines[3] != "" {
		t.Errorf("the stream has %q", lines)
	}
}

// TestAFullDisk: several processes write to one file that may grow no more, then to one that may.
// Each process is told of the records that are lost, and all others are there, whole and once.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit")
	var wg sync.WaitGroup
	var mu sync.Mutex
	written := map[string]bool{}
	failed := 0
	for i, limit := range []int{3000, 3000, 5000, 1 << 20, 1 << 20} {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), "AUDIT_WRITER="+path, fmt.Sprintf("AUDIT_NAME=w%d", i),
				fmt.Sprintf("AUDIT_LIMIT=%d", limit))
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			mu.Lock()
			defer mu.Unlock()
			for word := range strings.FieldsSeq(string(out)) {
				if name, lost := strings.CutPrefix(word, "!"); lost {
					failed++
				} else {
					written[name] = true
				}
			}
		})
	}
	wg.Wait()
	if failed == 0 || len(written) < 100 {
		t.Fatalf("%d records failed, %d were written: this proves nothing", failed, len(written))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var r Record
		switch err := json.Unmarshal([]byte(line), &r); {
		// another process wrote behind it
		case strings.TrimSpace(line) == "" || strings.TrimSpace(line) == `{"lost":true}`:
		case err != nil:
			t.Errorf("a line is no whole record: %q", line)
		case !written[r.Account]:
			t.Errorf("%s is there twice, or was said to be lost", r.Account)
		default:
			delete(written, r.Account)
		}
	}
	if len(written) > 0 {
		t.Errorf("records that were written are not there: %v", written)
	}
}

// writeMany writes fifty records, and says of each whether it was written, under a limit for the
// size of the file.
func writeMany(path string) {
	var limit uint64
	if _, err := fmt.Sscan(os.Getenv("AUDIT_LIMIT"), &limit); err != nil {
		panic(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		panic(err)
	}
	f, err := OpenFile(path)
	if err != nil {
		panic(err)
	}
	log := NewLog(f)
	for i := range 50 {
		name := fmt.Sprintf("%s-%d", os.Getenv("AUDIT_NAME"), i)
		if log.Write(Record{Account: name}) != nil {
			name = "!" + name
		}
		fmt.Println(name)
	}
}

// TestADeletionInBetweenLosesNothing: the file is deleted after the look at it and before the
// write.
func TestADeletionInBetweenLosesNothing(t *testing.T) {
	t.Parallel()
	f, log := trial(t)
	deletions := 1
	f.write = func(file *os.File, text []byte) (int, error) {
		if deletions > 0 {
			deletions--
			if err := os.Remove(f.path); err != nil {
				t.Error(err)
			}
		}
		return writeOnce(file, text)
	}
	if err := log.Write(Record{Account: "ann"}); err != nil {
		t.Error(err)
	}
	if got := accounts(t, f.path); len(got) != 1 {
		t.Errorf("the file has %v", got)
	}
	deletions = 1000
	if err := log.Write(Record{Account: "bob"}); err == nil || !strings.Contains(err.Error(), "again and again") {
		t.Errorf("deleted without end: %v", err)
	}
}

// TestWhatIsNoFileIsRefusedAtOnce: nothing of it makes hookd or a program wait.
func TestWhatIsNoFileIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(syscall.Mkfifo(path("pipe"), 0o600))
	must(os.Mkdir(path("folder"), 0o700))
	socket, err := net.Listen("unix", path("s"))
	must(err)
	defer socket.Close()
	must(os.WriteFile(path("open"), nil, 0o600))
	must(os.Chmod(path("open"), 0o620))
	must(os.Symlink(path("pipe"), path("link to a pipe")))
	must(os.Symlink(path("gone"), path("link to nothing")))
	must(os.Mkdir(path("public"), 0o700))
	must(os.Chmod(path("public"), 0o777))
	must(os.WriteFile(path("sound"), nil, 0o600))
	must(os.Symlink(path("sound"), path("public/link")))
	must(os.Symlink(path("sound"), path("link")))
	for name, want := range map[string]string{
		"pipe": "not a regular file", "folder": "not a regular file", "s": "not a regular file",
		"link to a pipe": "not a regular file",
		"open":           "mode 0620", "public/link": "mode 0777", "link to nothing": "a link to nothing",
		"sound/x": "not a directory", "none/x": "no such file",
		"link": "", "sound": "", "new": "", "public/new": "",
	} {
		done := make(chan error, 1)
		go func() {
			to, err := Open(path(name), false, Streams{})
			if err == nil {
				err = NewLog(to).Write(Record{Account: "ann"})
			}
			done <- err
		}()
		select {
		case err := <-done:
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: waits", name)
		}
		if probe := Probe(path(name)); (probe == nil) != (want == "") && name != "public/link" &&
			name != "link to nothing" && name != "none/x" {
			t.Errorf("%s: the probe says %v", name, probe)
		}
	}
	if os.Geteuid() == 0 {
		must(os.WriteFile(path("theirs"), nil, 0o600))
		must(os.Chown(path("theirs"), 1234, 1234))
		if _, err := OpenFile(path("theirs")); err == nil || !strings.Contains(err.Error(), "owner uid 1234") {
			t.Errorf("somebody else's file: %v", err)
		}
		must(os.Symlink(path("sound"), path("their link")))
		must(os.Lchown(path("their link"), 1234, 1234))
		if _, err := OpenFile(path("their link")); err == nil || !strings.Contains(err.Error(), "owner uid 1234") {
			t.Errorf("somebody else's link: %v", err)
		}
	}
}

func TestTheStandardStreams(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	for _, row := range []struct {
		to   string
		std  Streams
		want *bytes.Buffer
	}{
		{"/dev/stderr", Streams{Out: &out, Err: &errs}, &errs},
		{"/dev/stdout", Streams{Out: &out, Err: &errs}, &out},
		{"/dev/stdout", Streams{Err: &errs}, nil},
	} {
		to, err := Open(row.to, false, row.std)
		if (err == nil) != (row.want != nil) || err == nil && to.Writer != row.want {
			t.Errorf("%s: %v, %v", row.to, to, err)
		}
	}
	if to, err := Open("/dev/full", false, Streams{}); err != nil || NewLog(to).Write(Record{}) == nil {
		t.Errorf("a device that takes nothing: %v", err)
	}
}
