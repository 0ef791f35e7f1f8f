package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestAYardstickLinksNoMoreThanItMust: one that linked more would take longer to start, and ours
// would look better than it is.
func TestAYardstickLinksNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	for name, never := range map[string][]string{
		"nothing": {"fmt", "strings", "net", "net/http", "encoding/json", "flag", "log"},
		"minimal": {"encoding/json", "flag", "testing"},
		"hookd":   {"testing", "log/slog"},
	} {
		out, err := exec.Command("go", "list", "-deps", "./yardstick/"+name).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range strings.Fields(string(out)) {
			if slices.Contains(never, path) ||
				strings.HasPrefix(path, "sftpgo-authy/") && !strings.Contains(path, "/yardstick/") {
				t.Errorf("%s links %s", name, path)
			}
		}
	}
}
