package lines

import (
	"errors"
	"strings"
	"testing"
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
		value, found, err := ParseFor(text, name, format).Find(name)
		wantErr := whole.Denied[name]
		want, wantFound := whole.Values[name]
		if name == "" || strings.Contains(name, "\n") || whole.broken > MaxBroken {
			return
		}
		if value != want || found != wantFound || (err == nil) != (wantErr == nil) {
			t.Errorf("%q in %q: %q, %v, %v; want %q, %v, %v", name, text, value, found, err, want, wantFound, wantErr)
		}
		if err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%q in %q: %v; want %v", name, text, err, wantErr)
		}
	})
}
