package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/internal/untried"
)

const snippets = "../../../docs/snippets"

// TestSnippets runs what docs tell people to copy.
func TestSnippets(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ runtime, file string }{{"python3", "mockauthy.py"}, {"node", "mockauthy.mjs"},
		{"ruby", "mockauthy.rb"}} {
		t.Run(row.file, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(row.runtime); err != nil {
				untried.Skip(t, "%s is not installed: %s is not run", row.runtime, row.file)
			}
			r := launch(t, nil)
			cmd := exec.CommandContext(t.Context(), row.runtime, filepath.Join(snippets, row.file))
			cmd.Env = append(os.Environ(), "MOCKAUTHY_URL="+r.url)
			if out, err := cmd.CombinedOutput(); err != nil ||
				!strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestSnippetsStartMockauthy runs those that start the program themselves; nothing of it may be
// left behind.
func TestSnippetsStartMockauthy(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("go"); err != nil {
		untried.Skip(t, "go is not installed: there is no program to start")
	}
	program := filepath.Join(t.TempDir(), "mockauthy")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", program,
		"../..").CombinedOutput(); err != nil {
		t.Fatalf("build mockauthy: %v\n%s", err, out)
	}
	for _, row := range []struct{ runtime, file string }{{"python3", "mockauthy.py"}, {"node", "mockauthy.mjs"}} {
		t.Run(row.file, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(row.runtime); err != nil {
				untried.Skip(t, "%s is not installed: %s is not run", row.runtime, row.file)
			}
			temp := t.TempDir()
			cmd := exec.CommandContext(t.Context(), row.runtime, filepath.Join(snippets, row.file))
			cmd.Env = append(os.Environ(), "MOCKAUTHY="+program, "TMPDIR="+temp)
			// CombinedOutput returns when nobody holds the output open any more, the program that
			// was started included.
			if out, err := cmd.CombinedOutput(); err != nil ||
				!strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
				t.Errorf("%v\n%s", err, out)
			}
			if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
