package cli_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/goccy/go-yaml"

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

// TestGitHubActionsSnippet runs the steps of the workflow as its runner would: one after another in
// one job, in the repository of somebody else, beside which this one was checked out.
func TestGitHubActionsSnippet(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			untried.Skip(t, "%s is not installed: the workflow is not run", tool)
		}
	}
	data, err := os.ReadFile(filepath.Join(snippets, "github-actions.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct{ Name, Uses, Run string }
		}
	}
	if err := yaml.Unmarshal(data, &workflow); err != nil {
		t.Fatal(err)
	}
	job, ran := workflow.Jobs["test"], 0
	temp, workspace := t.TempDir(), t.TempDir()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(root, filepath.Join(workspace, "sftpgo-authy")); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "RUNNER_TEMP="+temp)
	port := freePort(t)
	for name, value := range job.Env {
		env = append(env, name+"="+strings.ReplaceAll(value, "8881", port))
	}
	for _, step := range job.Steps {
		if step.Run == "" {
			continue
		}
		// for the end of the test
		script := strings.ReplaceAll(step.Run, " &\n", " &\necho $! > \"$RUNNER_TEMP/pid\"\n")
		cmd := exec.CommandContext(t.Context(), "bash", "-eo", "pipefail", "-c", script)
		cmd.Dir, cmd.Env = workspace, env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", step.Name, err, out)
		}
		ran++
	}
	if ran < 3 {
		t.Errorf("%d steps were run, want at least 3", ran)
	}
	var pid int
	text, err := os.ReadFile(filepath.Join(temp, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// freePort returns a port that nobody listens on at this moment.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
