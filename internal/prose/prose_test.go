package prose_test

import (
	"strings"
	"testing"

	"sftpgo-authy/internal/prose"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 48)
	for name, c := range map[string]struct{ text, want string }{
		"short":       {"a b\n\nc\n", "a b\n\nc\n"},
		"paragraph":   {long + " " + long + " bb c", long + " " + long + " bb\nc"},
		"exactly 100": {long + " " + long + " b c", long + " " + long + " b\nc"},
		"letters": {strings.Repeat("ä", 48) + " " + long + " bb c",
			strings.Repeat("ä", 48) + " " + long + " bb\nc"},
		"item":          {"* " + long + " " + long + " b", "* " + long + " " + long + "\n  b"},
		"numbered item": {"10. " + long + " " + long + " b", "10. " + long + "\n    " + long + " b"},
		"long word":     {"* " + strings.Repeat(long, 3), "* " + strings.Repeat(long, 3)},
		"table":         {"| " + long + " | " + long + " | " + long, "| " + long + " | " + long + " | " + long},
		"heading":       {"# " + long + " " + long + " " + long, "# " + long + " " + long + " " + long},
		"several breaks": {strings.Repeat(long+" ", 5) + "b",
			long + " " + long + "\n" + long + " " + long + "\n" + long + " b"},
	} {
		if got := prose.Wrap(c.text); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
