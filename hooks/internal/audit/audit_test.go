package audit

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
)

func TestLine(t *testing.T) {
	t.Parallel()
	line := string(Record{
		Time: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.FixedZone("x", 3600)), Hook: gate.Checkpwd, Door: Program,
		Account: "alice", IP: "::1",
		Protocol: "FTP", Outcome: gate.Denied, Reason: gate.CodeWrong, Status: 401, Latency: 12, ID: "x1",
	}.Line())
	want := `{"time":"2026-01-02T02:04:05.006Z","hook":"checkpwd","door":"program","account":"alice","ip":"::1",` +
		`"protocol":"FTP","outcome":"denied","reason":"code_wrong","provider_status":401,"latency_ms":12,"id":"x1"}` +
		"\n"
	if line != want {
		t.Errorf("got  %swant %s", line, want)
	}
}

// TestLineHasEveryField: the line is written by hand, and a field of the record that it leaves out
// is lost.
func TestLineHasEveryField(t *testing.T) {
	t.Parallel()
	full := Record{Time: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Status: 1, Latency: 2, Hook: "a", Door: "b",
		Account: "c", IP: "d", Protocol: "e", Outcome: "f", Reason: "g", ID: "h", Accounts: "i", StepsOff: -3}
	for i, v := 0, reflect.ValueOf(full); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Fatalf("this test forgot %s", v.Type().Field(i).Name)
		}
	}
	want, err := json.Marshal(full)
	if got := full.Line(); err != nil || string(got) != string(want)+"\n" {
		t.Errorf("got  %swant %s, %v", got, want, err)
	}
	for _, when := range []time.Time{time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)} {
		var back Record
		if err := json.Unmarshal(Record{Time: when, Account: "ann"}.Line(), &back); err != nil ||
			back.Account != "ann" {
			t.Errorf("in the year %d: %+v, %v", when.Year(), back, err)
		}
	}
}

func TestStrangersTextStaysText(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a\nb", "a\x1b[2Jb", "a\u0085b", "a\u202eb", "a\u2028b", "a\x7fb", "a\U000e0001b",
		`a"b\`, "a\xffb", "жанна", "😀", "<&>"} {
		line := string(Record{Account: name}.Line())
		var back Record
		if err := json.Unmarshal([]byte(line), &back); err != nil ||
			back.Account != strings.ToValidUTF8(name, "\ufffd") {
			t.Errorf("%q came back as %q (%v)", name, back.Account, err)
		}
		if strings.Count(line, "\n") != 1 || strings.ContainsAny(line, "\x1b\x7f\u0085\u202e\u2028\U000e0001\r\x00") {
			t.Errorf("%q is obeyed by a terminal: %q", name, line)
		}
	}
	if line := (Record{Account: strings.Repeat("é", 10_000)}).Line(); len(line) > 1000 || !json.Valid(line) {
		t.Errorf("a long name makes a line of %d bytes", len(line))
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	var stderr strings.Builder
	path := filepath.Join(t.TempDir(), "audit.log")
	for range 2 {
		to, err := Open(path, true, Streams{Err: &stderr})
		if err != nil {
			t.Fatal(err)
		}
		if err := NewLog(to).Write(Record{}); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err != nil || statErr != nil || strings.Count(string(text), "\n") != 2 || info.Mode().Perm() != 0o600 {
		t.Errorf("file %q, mode %v, %v, want two lines and 0600", text, info.Mode(), err)
	}
	if to, err := Open("", true, Streams{Err: &stderr}); err != nil || to.Writer == nil {
		t.Errorf("the default destination: %v", err)
	}
	for _, to := range []string{"", Stderr} {
		if got, err := Open(to, false, Streams{Err: &stderr}); err != nil || got.Writer != &stderr {
			t.Errorf("%q: got %v, %v, want stderr", to, got, err)
		}
	}
	to, err := Open(filepath.Join(path, "below-a-file"), false, Streams{Err: &stderr})
	if err == nil || !errors.Is(NewLog(to).Write(Record{}), err) {
		t.Errorf("what cannot be opened can be written: %v", err)
	}
}
