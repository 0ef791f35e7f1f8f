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

// stepsOfThePage returns the blocks of the section "Step by step" of docs/production.md.
func stepsOfThePage(t *testing.T) []step {
	t.Helper()
	return stepsOf(t, "docs/production.md", "Step by step")
}

// stepsOf returns the blocks of a section in their order, without those that are mere examples:
// commands stand between ```sh and ```, and a file follows a line that begins with its path. In a
// list they are indented.
func stepsOf(t *testing.T, page, title string) []step {
	t.Helper()
	_, section, found := strings.Cut(read(t, page), "\n## "+title+"\n")
	if !found {
		t.Fatalf("%s has no section %q", page, title)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var steps []step
	before := 0
	for _, at := range regexp.MustCompile("(?ms)^( *)```([a-z]*)\n(.*?)^ *```$").FindAllStringSubmatchIndex(section, -1) {
		prose, indent, language := section[before:at[0]], section[at[2]:at[3]], section[at[4]:at[5]]
		text := strings.ReplaceAll("\n"+section[at[6]:at[7]], "\n"+indent, "\n")[1:]
		before = at[1]
		switch language {
		case "sh":
			steps = append(steps, step{text: text})
		case "yaml", "json":
			paths := regexp.MustCompile("(?m)^`(/[^`]+)`").FindAllStringSubmatch(prose, -1)
			if len(paths) == 0 {
				t.Fatalf("%s: no line before this block begins with the path of the file:\n%s", page, text)
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
