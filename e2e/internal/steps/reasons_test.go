package steps

import (
	"strings"
	"testing"

	"sftpgo-authy/e2e/internal/target"
)

func TestWordsFitTheirReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sentence, want string }{
		{"the audit says denied because the code was wrong (code_wrong)", ""},
		{"the audit says 3 times that the code was wrong (code_wrong)", ""},
		{"she is in", ""},
		{"the audit says denied because the code was right (code_wrong)", `want "the code was wrong"`},
		{"the audit says denied because the moon is full (code_moon)", `the reason "code_moon"`},
		{"one because the code was right (code_right), the others because the code was good (code_grace)",
			`the reason "code_grace"`},
	} {
		sentence, want := c.sentence, c.want
		err := wordsFit(sentence)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", sentence, err, want)
		}
	}
}

// A scenario that names no door and has no tag would run through none, and one with both through
// the same one twice.
func TestADoorIsNamedOrTagged(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		of   target.Door // the suite
		door string
		want target.Door
	}{
		{"", "program", target.Program}, {"", "HTTP", target.HTTP}, {target.HTTP, "", target.HTTP},
		{target.Program, "", target.Program},
		{"", "", ""}, {target.HTTP, "HTTP", ""},
	} {
		w := &scenario{suite: &Suite{Door: row.of}}
		got, err := w.asked("keyint", row.door)
		if row.want == "" && (err == nil || !strings.Contains(err.Error(), "@both-doors")) ||
			row.want != "" && (err != nil || got.Door != row.want) {
			t.Errorf("a suite of %q, a scenario of %q: got %q, %v, want %q", row.of, row.door, got.Door, err, row.want)
		}
	}
}
