package deploy_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The map in CONTRIBUTING.md names every package, and nothing that is not there.
func TestMapOfTheCode(t *testing.T) {
	t.Parallel()
	_, text, _ := strings.Cut(read(t, "CONTRIBUTING.md"), "\n## Map\n")
	text, _, _ = strings.Cut(text, "\n## ")
	named := map[string]bool{}
	var whole []string // folders that one line stands for, with all below: "e2e/bench/yardstick/…"
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)/(…?)` \\|").FindAllStringSubmatch(text, -1) {
		if named[m[1]] = true; m[2] != "" {
			whole = append(whole, m[1]+"/")
		}
		if info, err := os.Stat(filepath.Join("..", m[1])); err != nil || !info.IsDir() {
			t.Errorf("CONTRIBUTING.md: the map names %s/, which is not there", m[1])
		}
	}
	for dir := range packages(t) {
		if !named[dir] && !slices.ContainsFunc(whole, func(top string) bool { return strings.HasPrefix(dir, top) }) {
			t.Errorf("CONTRIBUTING.md: the map lacks %s/", dir)
		}
	}
}

// packages are the folders that hold Go files, from the root of the repository.
func packages(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, name := range filesNamed(t, ".go") {
		found[path.Dir(name)] = true
	}
	return found
}

// filesNamed are the files of the repository whose names end so, from its root. What tests and npm
// bring along does not count.
func filesNamed(t *testing.T, ending string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() && (base == "testdata" || base == "node_modules" ||
			(strings.HasPrefix(base, ".") && base != "..")) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(base, ending) {
			name, err := filepath.Rel("..", name)
			if err != nil {
				return err
			}
			found = append(found, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
