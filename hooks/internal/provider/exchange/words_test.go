package exchange

import (
	"errors"
	"strings"
	"testing"
)

// TestPrintable: what a terminal would obey does not reach it, and everything else does.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" az~": " az~", "\x1f\x7f\n": "???", "é": "?", strings.Repeat("a", 201): strings.Repeat("a", 200),
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestSilent: silence names the API, the setting and the reason where there is one; what a proxy
// said is that, and no silence; and an answer is neither.
func TestSilent(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	for name, row := range map[string]struct {
		reply  Reply
		want   string
		silent bool
	}{
		"no reason": {Reply{}, "it did not answer; check its_url, the network, a proxy and certificates", true},
		"a reason": {Reply{Err: gone},
			"it did not answer (gone); check its_url, the network, a proxy and certificates", true},
		"a refusal": {Reply{Cause: Refused, Err: gone}, "gone", false},
		"an answer": {Reply{Status: 503}, "", false},
		"a dead one": {Reply{Cause: Aged}, "it did not answer; check its_url, the network, a proxy and certificates",
			true},
	} {
		err := row.reply.Silent("it", "its_url")
		text := ""
		if err != nil {
			text = err.Error()
		}
		if text != row.want || errors.Is(err, ErrNoAnswer) != row.silent {
			t.Errorf("%s: %q, want %q", name, text, row.want)
		}
	}
}
