package lines

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

var format = Format[string]{
	Want: "name: digits",
	Cut:  func(line string) int { return strings.LastIndexByte(line, ':') },
	Value: func(_, text string) (string, error) {
		if text == "" || strings.Trim(text, "0123456789") != "" {
			return "", errors.New("has no digits")
		}
		return text, nil
	},
}

const text = "\ufeff# people\nann: 1\nbob: 2 # twice\nbob: 3\n\ncarol = 4\n\"dave\" 5\nerin: x\nann-marie: 6\n : 7\n" +
	"f:\x00: 8\n"

// TestALineStandsForItself: sound lines count, and a broken one denies the name that it has.
func TestALineStandsForItself(t *testing.T) {
	t.Parallel()
	list := Parse(text, format)
	for name, want := range map[string]string{
		"ann": "1", "ann-marie": "6", "bob": "denied", "carol": "denied", "dave": "denied", "erin": "denied",
		"frank": "",
	} {
		got, _, err := list.Find(name)
		if err != nil {
			got = "denied"
		}
		if got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for _, number := range []string{"line 4:", "line 6:", "line 7:", "line 8:", "line 10:", "line 11:"} {
		if !strings.Contains(list.Err().Error(), number) {
			t.Errorf("no %s in %v", number, list.Err())
		}
	}
	if list.Usable() != nil || list.Empty() {
		t.Error("does not count")
	}
}

// TestUsable: a file that lost its lines does not count, one that has none on purpose does.
func TestUsable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "# people\n": false, Nobody + "\n": true, "  " + Nobody: true, "ann: x": true, "ann: 1": true,
		strings.Repeat("x\n", MaxBroken): true, strings.Repeat("x\n", MaxBroken+1): false,
	} {
		if err := Parse(text, format).Usable(); (err == nil) != want {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, _, err := Parse("ann: x", format).Find("bob"); err == nil {
		t.Error("without a sound line somebody is clearly not here")
	}
	if text := Parse(strings.Repeat("x\n", MaxProblems+5), format).Err().Error(); !strings.Contains(text,
		"and 5 more lines") {
		t.Errorf("the error: %s", text)
	}
}

// FuzzParseFor: what is read for one account is what a reading of the whole says of it.
func FuzzParseFor(f *testing.F) {
	for _, name := range []string{"ann", "bob", "carol", "dave", "erin", "ann-marie", "a", "f", "frank",
		"\"dave\"", ""} {
		f.Add(text, name)
	}
	f.Add("ann: 1\nbob: x\nann: 2", "ann")
	f.Add("x: 1\nab ann: 1", "ann")
	f.Fuzz(func(t *testing.T, text, name string) {
		whole := Parse(text, format)
		for how, r := range map[string]io.Reader{
			"at once": strings.NewReader(text), "by bytes": iotest.OneByteReader(strings.NewReader(text)),
			"with its end": iotest.DataErrReader(strings.NewReader(text)),
		} {
			part, err := ParseFor(r, name, format)
			if err != nil {
				t.Fatal(err)
			}
			same(t, how, whole, part, text, name)
		}
	})
}

// same compares what two lists say of an account.
func same(t *testing.T, how string, whole, part List[string], text, name string) {
	t.Helper()
	value, found, err := part.Find(name)
	wantErr := whole.Denied[name]
	want, wantFound := whole.Values[name]
	if name == "" || strings.Contains(name, "\n") || whole.broken > MaxBroken {
		return
	}
	if value != want || found != wantFound || (err == nil) != (wantErr == nil) {
		t.Errorf("%s: %q in %q: %q, %v, %v; want %q, %v, %v", how, name, text, value, found, err, want, wantFound,
			wantErr)
	}
	if err != nil && err.Error() != wantErr.Error() {
		t.Errorf("%s: %q in %q: %v; want %v", how, name, text, err, wantErr)
	}
}

// TestParseForInPieces: a line that lies across pieces, and one longer than a piece, count like any
// other, and an error of the file is told.
func TestParseForInPieces(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&text, "user%06d: %d\n", i, i)
	}
	text.WriteString("long: " + strings.Repeat("1", 2*pieceBytes) + "\nlast: x")
	whole := Parse(text.String(), format)
	for _, name := range []string{"user000000", "user017000", "user017476", "user017477", "user059999", "long", "last",
		"user06000"} {
		part, err := ParseFor(strings.NewReader(text.String()), name, format)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "pieces", whole, part, "the text", name)
	}
	if _, err := ParseFor(iotest.ErrReader(io.ErrClosedPipe), "ann", format); err != io.ErrClosedPipe {
		t.Errorf("an error of the file: %v", err)
	}
}

// TestCanHold: what a file can hold is read again as it was written.
func TestCanHold(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"ann": true, "a:b": true, "a b": true, "a#b": true, "": false, " ann": false, "ann ": false, "a #b": false,
		"#a":   false,
		"a\nb": false, "a\r": false, "a\x00": false, "a\u2028b": false, "a\xff": false,
	} {
		if got := CanHold(name, "1", format); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// TestLinesOfText: the last line is ended, and lines are left out whole.
func TestLinesOfText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "a": "a\n", "a\n": "a\n"} {
		if got := End(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := Without("a\nb\r\nc", func(line string) bool { return strings.HasPrefix(line, "b") }); got != "a\nc" {
		t.Errorf("without b: %q", got)
	}
}
