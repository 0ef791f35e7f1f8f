package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// blocks returns the code blocks of a language in a page.
func blocks(t *testing.T, page, language string) []string {
	t.Helper()
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(read(t, page), -1) {
		found = append(found, m[1])
	}
	return found
}

// The shell blocks of docs/testing.md run as they stand, in their order, against one mock.
func TestShellOfTestingPage(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			untried.Skip(t, "no %s on PATH", program)
		}
	}
	mock := mockauthytest.New(t, mockauthytest.WithKey("mock-api-key"))
	mock.AddUser(mockapi.NewUser{Name: "alice", Cellphone: "6625550148", CountryCode: 1})
	bin := t.TempDir()
	buildInto(t, bin, "./mockauthy")
	env := append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "MOCKAUTHY_URL="+mock.URL)
	scripts := blocks(t, "docs/testing.md", "sh")
	if len(scripts) < 5 {
		t.Fatalf("%d shell blocks, want some", len(scripts))
	}
	for _, script := range scripts {
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c",
			strings.NewReplacer("http://127.0.0.1:8880", mock.URL, "/tmp/", bin+"/").Replace(script))
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, script, out)
		}
	}
}

// The Go file of docs/testing.md is a test in a module of its own, made as the page says.
func TestGoOfTestingPage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds another module, and -short is set")
	}
	files := blocks(t, "docs/testing.md", "go")
	if len(files) != 1 {
		t.Fatalf("%d Go blocks, want one", len(files))
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "login_test.go"), []byte(files[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{
		{"mod", "init", "example.com/login"},
		{"mod", "edit", "-require=sftpgo-authy@v0.0.0", "-replace=sftpgo-authy=" + root},
	} {
		if out, err := run(args...); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	if out, err := run("mod", "tidy"); err != nil {
		untried.Skip(t, "go mod tidy needs the module proxy: %v\n%s", err, out)
	}
	if out, err := run("test", "./..."); err != nil {
		t.Errorf("go test: %v\n%s", err, out)
	}
}
