package accounts

import (
	"strings"
	"testing"
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
			users, err := Parse(c.text)
			if (err == nil) != (c.want != nil) || len(users) != len(c.want) {
				t.Fatalf("got %v, %v, want %v", users, err, c.want)
			}
			for name, id := range c.want {
				if users[name].String() != id {
					t.Errorf("%s is %q, want %s", name, users[name], id)
				}
			}
		})
	}
}

func TestParseNamesAllBrokenLines(t *testing.T) {
	t.Parallel()
	_, err := Parse("a: x\nb: 1\nc\nb: 2\n")
	for _, line := range []string{"line 1: ", "line 3: ", "line 4: "} {
		if err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("error %v, want it to name %s", err, line)
		}
	}
}

// FuzzParse: whatever the file, ids are digits, names are clean, and what it parsed to it parses to again.
func FuzzParse(f *testing.F) {
	f.Add("alice: 1000\n# x\nbob: 2")
	f.Fuzz(func(t *testing.T, text string) {
		users, err := Parse(text)
		if err != nil {
			return
		}
		for name, id := range users {
			if name == "" || name != strings.TrimSpace(name) || strings.Contains(name, "\n") || id.IsZero() || strings.Trim(id.String(), "0123456789") != "" {
				t.Fatalf("%q gave %q: %q", text, name, id)
			}
			if again, err := Parse(name + ": " + id.String()); err != nil || again[name] != id {
				t.Fatalf("%q: %q does not parse as it parsed: %v %v", text, name, again, err)
			}
		}
	})
}
