package deploy_test

import (
	"os"
	"os/exec"
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
