package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sftpgo-authy/internal/untried"
)

// elsewhere is an address under which the module could be published. A module proxy escapes its
// upper case.
const elsewhere = "github.com/Acme/two-step"

// mostModules bounds what `go get` of mockauthytest brings into a go.mod, and what `go mod tidy`
// adds to go.sum for the sake of our tests.
const mostInMod, mostInSum = 10, 26

// The module is published under another path: its programs install from there, and another module
// uses it as docs/testing.md says, with few modules.
func TestModuleUnderAnotherPath(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a renamed copy, and -short is set")
	}
	untried.Program(t, "git", "git")
	untried.Program(t, "make", "make")
	m := publish(t)
	m.run(m.dir, "go", "install", elsewhere+"/mockauthy@v0.1.0")
	said := m.run(m.dir, filepath.Join(m.dir, "bin", "mockauthy"), "--version")
	if !strings.HasPrefix(said, "mockauthy v0.1.0, ") {
		t.Errorf("mockauthy --version says %q", said)
	}

	page, err := os.ReadFile(filepath.Join(m.copy, "docs", "testing.md"))
	if err != nil {
		t.Fatal(err)
	}
	get := regexp.MustCompile("(?m)^go get " + elsewhere + `/mockauthy/mockauthytest$`).FindString(string(page))
	login := regexp.MustCompile("(?ms)^```go\n(.*?)^```$").FindStringSubmatch(string(page))
	if get == "" || login == nil {
		t.Fatal("docs/testing.md shows no `go get` or no Go file")
	}
	theirs := filepath.Join(m.dir, "theirs")
	if err := os.MkdirAll(theirs, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(theirs, "login_test.go"), []byte(login[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	m.run(theirs, "go", "mod", "init", "example.com/login")
	m.run(theirs, "go", strings.Fields(get)[1:]...)
	m.run(theirs, "go", "mod", "tidy")
	m.run(theirs, "go", "test", "./...")
	m.few(filepath.Join(theirs, "go.mod"), `(?m)^\s*(?:require )?(\S+\.\S+) v`, mostInMod)
	m.few(filepath.Join(theirs, "go.sum"), `(?m)^(\S+) \S+ h1:`, mostInSum)
}

// published is a copy of this repository under another path, and a module proxy that serves it.
type published struct {
	t         *testing.T
	dir, copy string
	env       []string
}

// publish copies the files of this repository, gives the copy another path by `make module`, tags
// it, and has the go command make of it what a module proxy serves.
func publish(t *testing.T) *published {
	t.Helper()
	dir := t.TempDir()
	m := &published{t: t, dir: dir, copy: filepath.Join(dir, "copy"), env: os.Environ()}
	module := strings.TrimSpace(m.run("..", "go", "list", "-m"))
	cache := strings.TrimSpace(m.run("..", "go", "env", "GOMODCACHE"))
	// The go command asks this file, and not GitHub, for the copy.
	config := "[url \"file://" + m.copy + "\"]\n\tinsteadOf = https://" + elsewhere + "\n" +
		"[user]\n\tname = test\n\temail = test@example.com\n[safe]\n\tdirectory = *\n"
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	m.env = append(m.env, "GIT_CONFIG_GLOBAL="+filepath.Join(dir, "git"), "GOFLAGS=-trimpath -modcacherw",
		"GONOSUMDB="+elsewhere, "GOBIN="+filepath.Join(dir, "bin"))
	m.run("..", "bash", "-euo", "pipefail", "-c", `mkdir "$0"
git ls-files -co --exclude-standard -z | while IFS= read -r -d '' name; do
	if [ -e "$name" ]; then cp --parents "$name" "$0"; fi
done`, m.copy)
	m.run(m.copy, "git", "init", "-q")
	m.run(m.copy, "git", "add", "-A")
	m.run(m.copy, "git", "commit", "-qm", "a copy")
	m.run(m.copy, "make", "module", "MODULE="+elsewhere)
	left := exec.Command("git", "grep", "-nE", "[\"`]"+module+"/|\\bOWNER/[^N]", "--", ".", ":!*.mod")
	left.Dir = m.copy
	if found, err := left.Output(); err == nil {
		t.Errorf("make module left:\n%s", found)
	}
	m.run(m.copy, "go", "list", "-test", "-deps", "./...") // fails where a package is not found
	m.run(m.copy, "git", "commit", "-qam", "another path")
	m.run(m.copy, "git", "tag", "v0.1.0")
	made := filepath.Join(dir, "made")
	m.env = append(m.env, "GOMODCACHE="+made, "GOPROXY=direct")
	m.run(dir, "go", "mod", "download", elsewhere+"@v0.1.0")
	m.env = append(m.env, "GOMODCACHE="+filepath.Join(dir, "theirs-cache"),
		"GOPROXY=file://"+filepath.Join(made, "cache", "download")+",file://"+filepath.Join(cache, "cache", "download")+
			",https://proxy.golang.org")
	return m
}

// run runs a program in a folder and returns what it prints.
func (m *published) run(dir, program string, args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), program, args...)
	cmd.Dir, cmd.Env = dir, m.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// few counts the modules that a file names.
func (m *published) few(file, line string, most int) {
	m.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		m.t.Fatal(err)
	}
	var names []string
	for _, found := range regexp.MustCompile(line).FindAllStringSubmatch(string(text), -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	names = slices.Compact(names)
	m.t.Logf("%s: %d modules", filepath.Base(file), len(names))
	if len(names) == 0 || len(names) > most {
		m.t.Errorf("%s has %d modules, want %d at most:\n%s", file, len(names), most, strings.Join(names, "\n"))
	}
}
