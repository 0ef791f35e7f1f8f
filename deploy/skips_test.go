package deploy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A test that the machine cannot run is skipped by package untried, so that a strict run sees it.
// Others say why they skip: -short on the line before, or "on purpose" behind it.
func TestSkipsAreSeenByAStrictRun(t *testing.T) {
	t.Parallel()
	call := regexp.MustCompile(`\b(t|tb|b)\.(Skip|Skipf|SkipNow)\(`)
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") ||
			strings.Contains(name, "internal/untried/") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		before := ""
		for line := range strings.Lines(string(text)) {
			if call.MatchString(line) && !strings.Contains(line, "// on purpose") &&
				!strings.Contains(before, "testing.Short()") {
				t.Errorf("%s skips by itself; want untried.Skip, or the comment \"on purpose\":%s", name, line)
			}
			before = line
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
