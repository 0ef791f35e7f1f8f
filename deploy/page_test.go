package deploy_test

import (
	"regexp"
	"strings"
	"testing"
)

// step is a block of docs/production.md: the whole of a file, or commands for a shell.
type step struct {
	file string // path of the file; "" for commands
	text string
}

// stepsOfThePage returns the blocks of the section "Step by step" in their order, without those
// that are mere examples: commands stand between ```sh and ```, and a file follows a line that
// begins with its path.
func stepsOfThePage(t *testing.T) []step {
	t.Helper()
	_, section, found := strings.Cut(read(t, "docs/production.md"), "\n## Step by step\n")
	if !found {
		t.Fatal("docs/production.md has no section \"Step by step\"")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var steps []step
	before := 0
	for _, at := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatchIndex(section, -1) {
		prose, language, text := section[before:at[0]], section[at[2]:at[3]], section[at[4]:at[5]]
		before = at[1]
		switch language {
		case "sh":
			steps = append(steps, step{text: text})
		case "yaml", "json":
			paths := regexp.MustCompile("(?m)^`(/[^`]+)`").FindAllStringSubmatch(prose, -1)
			if len(paths) == 0 {
				t.Fatalf("docs/production.md: no line before this block begins with the path of the file:\n%s", text)
			}
			steps = append(steps, step{file: paths[len(paths)-1][1], text: text})
		}
	}
	return steps
}

// fileOfThePage returns the text of a file.
func fileOfThePage(t *testing.T, path string) string {
	t.Helper()
	for _, s := range stepsOfThePage(t) {
		if s.file == path {
			return s.text
		}
	}
	t.Fatalf("docs/production.md does not show %s", path)
	return ""
}
