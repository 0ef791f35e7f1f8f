package program

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

// pipe returns a reader of lines and the end that SFTPGo holds.
func pipe(t testing.TB, typing time.Duration) (*lines, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return &lines{file: r, now: time.Now, end: time.Now().Add(typing)}, w
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		input  string
		closed bool
		want   string
		err    error
	}{
		"a line":                 {"OK\n", false, "OK", nil},
		"a carriage return":      {"OK\r\n", false, "OK", nil},
		"an empty line":          {"\n", false, "", nil},
		"a line, then the end":   {"OK\n", true, "OK", nil},
		"two lines":              {"OK\n1234567\n", false, "", errForged},
		"a line and a beginning": {"OK\n1", false, "", errForged},
		"more line ends":         {"\r\n1234567\n\r\n\n", false, "1234567", nil},
		"line ends alone":        {"\n\n", false, "", nil},
		"a line in front":        {"OK\n\n1234567\n", false, "", errForged},
		"a blank line behind":    {"OK\n \n", false, "", errForged},
		"no newline, the end":    {"OK", true, "", errTimeout},
		"nothing, the end":       {"", true, "", errTimeout},
		"a long line":            {strings.Repeat("x", maxLine+1) + "\n", false, "", errForged},
		"an endless one":         {strings.Repeat("x", maxLine+100), false, "", errForged},
		"the longest":            {strings.Repeat("x", maxLine) + "\n", false, strings.Repeat("x", maxLine), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, w := pipe(t, time.Minute)
			if _, err := io.WriteString(w, c.input); err != nil {
				t.Fatal(err)
			}
			if c.closed {
				w.Close()
			}
			if got, err := l.read(); got != c.want || err != c.err {
				t.Errorf("got %q, %v, want %q, %v", got, err, c.want, c.err)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	l, w := pipe(t, 20*time.Millisecond)
	if _, err := io.WriteString(w, "half a li"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.read(); err != errTimeout {
		t.Errorf("got %v, want a timeout", err)
	}
	if _, err := io.WriteString(w, "ne\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := l.read(); err != errTimeout {
		t.Errorf("after the deadline: got %q, %v", got, err)
	}
}

func TestPending(t *testing.T) {
	t.Parallel()
	l, w := pipe(t, time.Minute)
	if l.pending() {
		t.Error("an empty pipe has something")
	}
	if _, err := io.WriteString(w, "x"); err != nil {
		t.Fatal(err)
	}
	if !l.pending() {
		t.Error("what was not asked for is not seen")
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if (&lines{file: null}).pending() {
		t.Error("/dev/null has something")
	}
}

// FuzzLines is the line protocol: what comes out is one line of what went in, and input with more
// than one line never gives any.
func FuzzLines(f *testing.F) {
	f.Add("OK\n", 1)
	f.Add("1234567\nOK\n", 3)
	f.Fuzz(func(t *testing.T, input string, cut int) {
		if len(input) > 4096 {
			return // more than the system hands over whole
		}
		l, w := pipe(t, time.Minute)
		if _, err := io.WriteString(w, input); err != nil {
			t.Fatal(err)
		}
		w.Close()
		got, err := l.read()
		line := strings.Trim(input, "\r\n")
		one := strings.HasSuffix(input, "\n") && !strings.Contains(line, "\n")
		switch {
		case err == nil && (!one || got != line):
			t.Fatalf("%q was read as %q", input, got)
		case err != nil && one:
			t.Fatalf("%q was refused: %v", input, err)
		}
	})
}
