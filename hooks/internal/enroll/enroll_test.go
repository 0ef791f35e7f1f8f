package enroll

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
)

func TestReadPeople(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ann\nbob\n": "{ann   } {bob   }",
		"account,mail\nann,a@x\n# gone\nbob,b@x\n":                          "{ann   } {bob   }",
		"\ufeffemail,Username\na@x, ann\nb@x,\"bob\"":                       "{ann a@x  } {bob b@x  }",
		"account,email,cellphone,country_code\nann, a@x ,212-555,+1\nbob\n": "{ann a@x 212-555 +1} {bob   }",
		"country_code,phone,other,account\n44,7,x,ann\n":                    "{ann  7 44}",
	} {
		people, err := ReadPeople(strings.NewReader(text))
		if got := strings.Trim(fmt.Sprint(people), "[]"); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                        "has no account",
		"account\n":               "has no account",
		"ann\nann\n":              "twice",
		"mail,account\na@x\n":     "row 1 has no account",
		"mail,account\na@x,\" \"": "row 1 has no account",
		"a\"b\n":                  "\"",
	} {
		if _, err := ReadPeople(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", text, err, want)
		}
	}
}

// TestSince: the day that a line was written stands behind it, and what else stands there is no
// day.
func TestSince(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 27, 23, 0, 0, 0, time.FixedZone("", -7*3600))
	line := Dated(accounts.Line{Name: "a:b", Reference: "totp"}, day)
	text := line.Name + ": " + line.Reference +
		"\nbob: 1\ncid: 2 # since when?\n# since 2020-01-01\neve: 3 # of sales # since 2021-02-03\n"
	got := Since(text)
	want := map[string]string{"a:b": "2026-11-28", "eve": "2021-02-03"}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if names := slices.Sorted(maps.Keys(got)); len(names) != 2 {
		t.Errorf("got %q", names)
	}
}
