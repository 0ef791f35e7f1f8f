package accounts

import (
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/lines"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want map[string]string
	}{
		"one":                {"alice: 1000\n", map[string]string{"alice": "1000"}},
		"no newline at end":  {"alice: 1000", map[string]string{"alice": "1000"}},
		"no blank":           {"alice:1000", map[string]string{"alice": "1000"}},
		"windows":            {"\ufeffalice: 1000\r\nbob: 1001\r\n", map[string]string{"alice": "1000", "bob": "1001"}},
		"comments and gaps":  {"# all\n\n  # more: 1\nalice: 1000 # was: 999\n", map[string]string{"alice": "1000"}},
		"hash in a name":     {"a#1: 1000", map[string]string{"a#1": "1000"}},
		"colons in a name":   {"a:b:c: 1000", map[string]string{"a:b:c": "1000"}},
		"blanks in a name":   {"Bob Smith : 1000", map[string]string{"Bob Smith": "1000"}},
		"other scripts":      {"жанна: 1000", map[string]string{"жанна": "1000"}},
		"two share an id":    {"a: 1\nb: 1", map[string]string{"a": "1", "b": "1"}},
		"differ in case":     {"a: 1\nA: 2", map[string]string{"a": "1", "A": "2"}},
		"nobody":             {"", map[string]string{}},
		"twice":              {"a: 1\na: 2", nil},
		"twice the same":     {"a: 1\na: 1", nil},
		"no colon":           {"alice 1000", nil},
		"no name":            {": 1000", nil},
		"no id":              {"alice:", nil},
		"id of letters":      {"alice: 1000x", nil},
		"id zero":            {"alice: 0", nil},
		"signed":             {"alice: -1", nil},
		"too long":           {"alice: 12345678901", nil},
		"path":               {"alice: ../1", nil},
		"quoted, as in yaml": {`"alice": "1000"`, nil},
		"line ends of old":   {"alice: 1000\rbob: 1001\r", nil},
		"a line separator":   {"alice: 1000\u2028bob: 1001", nil},
		"a tab in a name":    {"a\tb: 1000", nil},
		"other encoding":     {"al\xefce: 1000", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := Parse(c.text, people())
			if (list.Err() == nil) != (c.want != nil) || c.want != nil && len(list.Values) != len(c.want) {
				t.Fatalf("got %v, %v, want %v", list.Values, list.Err(), c.want)
			}
			for name, id := range c.want {
				if idOf(list.Values[name]) != id {
					t.Errorf("%s is %q, want %s", name, list.Values[name], id)
				}
			}
		})
	}
}

// TestEachLineStandsForItself: a broken line denies the name that it has, and nobody else.
func TestEachLineStandsForItself(t *testing.T) {
	t.Parallel()
	const sound = "bob: 2\nBob: 3\na: 4\n"
	for name, c := range map[string]struct {
		broken string
		denied []string // beside these, only names that nobody has
	}{
		"no id":                         {"alice:", []string{"alice"}},
		"an id of letters":              {"alice: 1000x", []string{"alice"}},
		"a comment too close":           {"alice: 1000# as of May", []string{"alice"}},
		"a comment after it":            {"alice: 1000x # bob: 2x", []string{"alice"}},
		"two ids":                       {"alice: 1000 1001", []string{"alice"}},
		"a colon too many":              {"alice: 1000:", []string{"alice", "alice: 1000"}},
		"no colon":                      {"alice 1000", []string{"alice", "alice 1000"}},
		"another sign":                  {"alice=1000", []string{"alice"}},
		"the name alone":                {"alice", []string{"alice"}},
		"quoted, as in yaml":            {`"alice": "1000"`, []string{"alice", `"alice"`}},
		"a name of two words":           {"Alice Smith 1000", []string{"Alice Smith"}},
		"a name with a sound one in it": {"bob smith: x", []string{"bob smith"}},
		"line ends of old":              {"alice: 1000\rcarol: 1001\r", []string{"alice", "carol"}},
		"a line separator":              {"alice: 1000\u2028carol: 1001", []string{"alice", "carol"}},
		"a tab for the colon":           {"alice\t1000", []string{"alice"}},
		"the same name again":           {"alice: 1000\nalice: 1000", []string{"alice"}},
		"sound and broken":              {"alice: 1000\nalice: 1000x", []string{"alice"}},
		"broken and sound":              {"alice: x\nalice: 1000", []string{"alice"}},
		"no name":                       {": 1000", nil},
		"nothing like a name":           {"-----", nil},
		"an encoding of old":            {"al\xefce: 1000", []string{"al\xefce"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range []string{c.broken + "\n" + sound, sound + c.broken} {
				list := Parse(text, people())
				for _, name := range c.denied {
					if _, found, err := list.Find(name); found || err == nil {
						t.Errorf("%q: %q is %v, %v; want it denied", text, name, found, err)
					}
				}
				for account, want := range map[string]string{"bob": "2", "Bob": "3", "a": "4", "eve": ""} {
					if person, _, err := list.Find(account); err != nil || idOf(person) != want {
						t.Errorf("%q: %q is %v, %v; want %q", text, account, person, err, want)
					}
				}
				if err := list.Err(); err == nil || strings.Contains(err.Error(), "1000") ||
					strings.Contains(err.Error(), "alice") {
					t.Errorf("%q: the error is %v; want the line's number and nothing of what it holds", text, err)
				}
			}
		})
	}
}

// TestAListWithoutASoundLineSaysNothingOfOthers: what is broken throughout never means that
// somebody is not mapped.
func TestAListWithoutASoundLineSaysNothingOfOthers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"alice: x\n", "a\x00l\x00i\x00c\x00e\x00:\x00 \x001\x00\n\x00", "<html>",
		Nobody + "\n-----\n"} {
		if _, found, err := Parse(text, people()).Find("eve"); found || err == nil {
			t.Errorf("%q: eve is %v, %v", text, found, err)
		}
	}
	for text, usable := range map[string]bool{
		"": false, "\n \n": false, "# staff\n": false, "#" + Nobody: false, "x: 1 " + Nobody: true, Nobody: true,
		" " + Nobody + "\r\n": true,
		"x":                   true, strings.Repeat("x\n", lines.MaxBroken+1): false,
		"y: 1\n" + strings.Repeat("x\n", lines.MaxBroken): true,
	} {
		if err := Parse(text, people()).Usable(); (err == nil) != usable {
			t.Errorf("%.20q: %.100v; usable wanted: %v", text, err, usable)
		}
	}
}

func TestParseNamesAllBrokenLines(t *testing.T) {
	t.Parallel()
	err := Parse("a: x\nb: 1\nc\nb: 2\n", people()).Err()
	for _, line := range []string{"line 1: ", "line 3: ", "line 4: "} {
		if err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("error %v, want it to name %s", err, line)
		}
	}
	if err := Parse(strings.Repeat("x\n", 100), people()).Err(); strings.Count(err.Error(),
		"\n") != lines.MaxProblems || !strings.Contains(err.Error(), "80 more") {
		t.Errorf("a hundred broken lines: %v", err)
	}
}

// FuzzParse: whatever the file, ids are digits, names are clean, nobody is mapped and denied, and
// what it parsed to it parses to again.
func FuzzParse(f *testing.F) {
	f.Add("alice: 1000\n# x\nbob: 2")
	f.Add("alice: 1000x\nalice: 1\n\"bob\": 2\rcarol")
	f.Fuzz(func(t *testing.T, text string) {
		list := Parse(text, people())
		for name, id := range list.Values {
			if name == "" || name != strings.TrimSpace(name) || strings.Contains(name, "\n") ||
				strings.Trim(id.String(), "0123456789") != "" || list.Denied[name] != nil {
				t.Fatalf("%q gave %q: %q", text, name, id)
			}
			if again := Parse(name+": "+id.String(), people()); again.Err() != nil || again.Values[name] != id {
				t.Fatalf("%q: %q does not parse as it parsed: %v", text, name, again)
			}
		}
	})
}
