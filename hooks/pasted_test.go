package hooks_test

import (
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// pasted are ways in which the code 1234567 comes out of a clipboard.
var pasted = map[string]string{
	"blank behind":           "1234567 ",
	"blank in front":         " 1234567",
	"tabs":                   "\t1234567\t",
	"carriage return behind": "1234567\r",
	"line end behind":        "1234567\n",
	"Windows line end":       "1234567\r\n",
	"line ends around":       "\r\n123 4567\r\n",
	"no-break spaces":        "\u00a0123-4567\u00a0",
	"marks without a width":  "\u202a1234567\u202c\ufeff",
}

// TestPastedCodes: what comes along at the ends of a code that was copied means nothing, and only
// the digits leave.
func TestPastedCodes(t *testing.T) {
	t.Parallel()
	typeEach(t, pasted, func(t *testing.T, it typed) {
		if it.got.reply != replies(it.hook, yes, it.call) {
			t.Errorf("got %s, want in\nstderr: %s", it.got.reply, it.got.stderr)
		}
		if len(it.seen) != 1 || !strings.HasPrefix(it.seen[0], "/protected/json/verify/1234567/1000?") {
			t.Errorf("the provider saw %q", it.seen)
		}
		checkAudit(t, it.setting, map[string]any{"outcome": "accepted", "reason": "code_right"})
	})
}

// TestSeparatorThatIsABlank: a blank behind the code is not the separator.
func TestSeparatorThatIsABlank(t *testing.T) {
	t.Parallel()
	for through, enter := range doors() {
		t.Run(through, func(t *testing.T) {
			t.Parallel()
			s := newSetting(t, authytest.Says(t, 200, authytest.Valid).URL, users, "checkpwd: {separator: ' '}")
			c := call{username: "alice", password: "sécret 1234567 "}
			if got := enter(t, s, "checkpwd", c); got.reply != replies("checkpwd", yes, c) {
				t.Errorf("got %s", got.reply)
			}
		})
	}
}
