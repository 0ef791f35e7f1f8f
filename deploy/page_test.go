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

// stepsOfThePage returns the blocks of the section "Step by step" in their order: the recipe for
// local TOTP.
func stepsOfThePage(t *testing.T) []step {
	t.Helper()
	return stepsOf(t, "docs/production.md", "Step by step")
}

// stepsWithAuthy returns the same recipe with the blocks of the section "The same with Authy".
func stepsWithAuthy(t *testing.T) []step {
	t.Helper()
	others, used := stepsOf(t, "docs/production.md", "The same with Authy"), 0
	var steps []step
	for _, s := range stepsOfThePage(t) {
		switch {
		case s.text == curlReady:
			continue // stands in one block with the enrolment there
		case strings.Contains(s.text, "/dev/null /etc/sftpgo-authy/totp-key"), strings.HasSuffix(s.file, "/hookd.yaml"),
			strings.Contains(s.text, "authyctl totp key"), strings.Contains(s.text, "authyctl enroll"):
			if s, used = others[used], used+1; used == len(others) {
				others = append(others, step{})
			}
		}
		steps = append(steps, s)
	}
	if used != 4 || len(others) != 5 {
		t.Fatalf("docs/production.md: %d blocks of the recipe are others with Authy, of %d", used, len(others)-1)
	}
	return steps
}

// curlReady is the block that asks hookd whether it is ready.
const curlReady = "curl --cacert /etc/sftpgo-authy/hookd.crt https://127.0.0.1:8890/readyz\n"

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
	blocks := regexp.MustCompile("(?ms)^( *)```([a-z]*)\n(.*?)^ *```$")
	for _, at := range blocks.FindAllStringSubmatchIndex(section, -1) {
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
