package doctor

import "testing"

// Numbers of users mean the same where a map changes none, however many lines it has.
func TestMapsOfUsers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		same bool
	}{
		"no namespace of its own":      {"         0          0 4294967295\n", true},
		"a unit with PrivateUsers=yes": {"         0          0          1\n       997        997          1\n", true},
		"a container":                  {"         0     100000      65536\n", false},
		"a container that keeps one":   {"         0     100000       1000\n      1000       1000          1\n", false},
		"without root":                 {"       997        997          1\n", false},
		"none yet":                     {"", false},
		"not a map":                    {"0\n", false},
	} {
		if got := sameNumbers(c.text); got != c.same {
			t.Errorf("%s: %v, want %v", name, got, c.same)
		}
	}
}
