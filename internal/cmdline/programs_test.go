package cmdline_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// programs are all programs that people get, with a flag that each has.
var programs = map[string]string{
	"hooks/keyint": "--config", "hooks/extauth": "--config", "hooks/checkpwd": "--config",
	"hooks/hookd": "--listen", "hooks/authyctl": "doctor", "mockauthy": "--listen",
}

// build compiles all programs into a folder.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	for path := range programs {
		args = append(args, "sftpgo-authy/"+path)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return dir
}

// run starts a program with an environment and nothing else, and returns what it answers.
func run(t *testing.T, program, env string, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = append(strings.Fields(env), "HOME="+t.TempDir()), t.TempDir(),
		&out, &errs
	err := cmd.Run()
	if exited := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// TestPrograms starts every program of ours, as a person does and as SFTPGo does.
func TestPrograms(t *testing.T) {
	t.Parallel()
	dir := build(t)
	t.Run("help, version and wrong use are alike in all", func(t *testing.T) { answerAlike(t, dir) })
	t.Run("a failure exits with 1", func(t *testing.T) { failuresExitWithOne(t, dir) })
	t.Run("SFTPGo is always answered", func(t *testing.T) { sftpgoIsAlwaysAnswered(t, dir) })
	t.Run("the reference names every flag", func(t *testing.T) { referenceNamesEveryFlag(t, dir) })
}

// referenceNamesEveryFlag: docs/reference.md has the flags of the programs in the row that begins
// with the program's name.
func referenceNamesEveryFlag(t *testing.T, dir string) {
	page, err := os.ReadFile("../../docs/reference.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"keyint", "extauth", "checkpwd", "hookd"} {
		row := regexp.MustCompile("(?m)^\\| .*`" + name + "`.*--config.*$").FindString(string(page))
		_, help, _ := run(t, filepath.Join(dir, name), "", "--help")
		for _, flag := range regexp.MustCompile(`(?m)^  (--\S+.*)$`).FindAllStringSubmatch(help, -1) {
			if common := flag[1] == "--help" ||
				flag[1] == "--version"; !common && !strings.Contains(row, "`"+flag[1]+"`") {
				t.Errorf("docs/reference.md, %s: %s is missing in %q", name, flag[1], row)
			}
		}
	}
}

// answerAlike: every program of ours answers a person in the same way.
func answerAlike(t *testing.T, dir string) {
	errorLines := regexp.MustCompile(`^(error: [^A-Z][^\n]*[^.\n]\n)+(hint: [^\n]*[^.\n]\n)*$`)
	for path, has := range programs {
		name := filepath.Base(path)
		program := filepath.Join(dir, name)
		for _, c := range []struct {
			env    string
			args   []string
			exit   int
			stdout string // a pattern; "" for nothing
			stderr string // must be in it
		}{
			{"", []string{"--help"}, 0, `(?s)` + has, ""},
			{"", []string{"-h"}, 0, `(?s)` + has, ""},
			{"", []string{"--version"}, 0,
				`^` + name + ` \S+(, commit [0-9a-f]{40} \S+)?(, modified)?, go1\.\S+ \w+/\w+\n$`, ""},
			{"", []string{"--nonsense"}, 2, "", "--nonsense"},
			{"", []string{"nonsense"}, 2, "", `"nonsense"`},
		} {
			exit, stdout, stderr := run(t, program, c.env, c.args...)
			if exit != c.exit {
				t.Errorf("%s %v: exits %d, want %d", name, c.args, exit, c.exit)
			}
			if c.stdout == "" && stdout != "" || !regexp.MustCompile(c.stdout).MatchString(stdout) {
				t.Errorf("%s %v: prints %q, want %q", name, c.args, stdout, c.stdout)
			}
			if !strings.Contains(stderr, c.stderr) || c.stderr == "" && stderr != "" {
				t.Errorf("%s %v: stderr %q, want %q in it", name, c.args, stderr, c.stderr)
			}
			if stderr != "" && (!errorLines.MatchString(stderr) || !strings.Contains(stderr, "hint: ")) {
				t.Errorf("%s %v: stderr %q, want error: and hint: lines", name, c.args, stderr)
			}
			if single := regexp.MustCompile(`(?m)(^|[ (\x60])-[a-z]{2,}`).FindString(stdout + stderr); single != "" {
				t.Errorf("%s %v: shows a flag with one dash: %q", name, c.args, single)
			}
		}
	}
}

// failuresExitWithOne: a failure is told apart from a wrong command line.
func failuresExitWithOne(t *testing.T, dir string) {
	for _, c := range []struct{ env, command string }{
		{"", "hookd"},
		{"", "hookd healthcheck --listen 127.0.0.1:1"},
		{"", "hookd --healthcheck -listen 127.0.0.1:1"},
		{"", "authyctl status alice"},
		{"", "mockauthy healthcheck --url http://127.0.0.1:1"},
		{"", "mockauthy user list --url http://127.0.0.1:1"},
	} {
		words := strings.Fields(c.command)
		exit, stdout, stderr := run(t, filepath.Join(dir, words[0]), c.env, words[1:]...)
		if exit != 1 || stdout != "" || !strings.HasPrefix(stderr, "error: ") {
			t.Errorf("%s: exits %d, prints %q, stderr %q; want 1 and an error: line", c.command, exit, stdout, stderr)
		}
	}
}

// sftpgoIsAlwaysAnswered: a program that SFTPGo starts denies, whatever its command line says. No
// output with exit 0 would be extauth's yes.
func sftpgoIsAlwaysAnswered(t *testing.T, dir string) {
	denials := map[string]string{"keyint": `{"auth_result":-1}`, "extauth": `{"username":""}`,
		"checkpwd": `{"status":0,"to_verify":""}`}
	for name, denial := range denials {
		for _, arg := range []string{"--help", "-h", "--version", "--nonsense", "nonsense"} {
			exit, stdout, stderr := run(t, filepath.Join(dir, name),
				"SFTPGO_AUTHD_USERNAME=alice AUTHY_AUDIT=stderr", arg)
			if exit != 1 || strings.TrimSpace(stdout) != denial || !strings.Contains(stderr, `"reason":"config"`) {
				t.Errorf("%s %s: exits %d, answers %q, want 1 and %s\n%s", name, arg, exit, stdout, denial, stderr)
			}
		}
	}
}
