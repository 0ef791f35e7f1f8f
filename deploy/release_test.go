package deploy_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"sftpgo-authy/internal/untried"
)

// A release has every program, and its packages have the configuration of docs/production.md.
func TestReleaseIsWhole(t *testing.T) {
	t.Parallel()
	var release struct {
		Builds []struct{ Main, Binary string }
	}
	err := yaml.UnmarshalWithOptions([]byte(read(t, ".goreleaser.yaml")), &release, yaml.AllowDuplicateMapKey())
	if err != nil {
		t.Fatal(err)
	}
	var built, programs []string
	for _, b := range release.Builds {
		built = append(built, b.Main)
		if filepath.Base(b.Main) != b.Binary {
			t.Errorf("%s becomes %s", b.Main, b.Binary)
		}
	}
	mains, _ := filepath.Glob("../hooks/*/main.go")
	for _, name := range append(mains, "../mockauthy/main.go") {
		programs = append(programs, strings.TrimPrefix(filepath.Dir(name), "."))
	}
	slices.Sort(built)
	slices.Sort(programs)
	if !slices.Equal(built, programs) {
		t.Errorf("a release has %q, want %q", built, programs)
	}
	_, sample, _ := strings.Cut(read(t, "deploy/package/hookd.yaml"), "settings.\n")
	if sample != fileOfThePage(t, "/etc/sftpgo-authy/hookd.yaml") {
		t.Errorf("deploy/package/hookd.yaml is not the file of docs/production.md:\n%s", sample)
	}
}

// Manual pages and completions have every flag that the programs have.
func TestManualsAndCompletions(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds all programs, and -short is set")
	}
	dir := t.TempDir()
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = ".."
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, out)
		}
		return string(out)
	}
	run("go", "run", ".ci/manuals.go", dir)
	bin := filepath.Join(dir, "bin")
	buildInto(t, bin, "./mockauthy", "./hooks/hookd", "./hooks/authyctl")
	for page, help := range map[string][]string{
		"hookd.8": {"hookd"}, "authyctl.8": {"authyctl", "doctor"}, "mockauthy.1": {"mockauthy"},
	} {
		text, err := exec.Command("man", "--warnings", "--local-file", filepath.Join(dir, "man", page)).CombinedOutput()
		if err != nil {
			untried.Skip(t, "man: %v\n%s", err, text)
		}
		if strings.Contains(string(text), "warning:") {
			t.Errorf("%s:\n%s", page, text)
		}
		said := run(filepath.Join(bin, help[0]), append(help[1:], "--help")...)
		for _, flag := range regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z-]+)`).FindAllStringSubmatch(said, -1) {
			if !strings.Contains(string(text), flag[1]) {
				t.Errorf("%s lacks %s", page, flag[1])
			}
		}
	}
	for line, want := range map[string]string{
		"authyctl enroll --prov": "--provider", "authyctl doc": "doctor", "authyctl list --config ../go.s": "../go.sum",
		"hookd --heal": "--healthcheck", "hookd healthcheck --lis": "--listen",
	} {
		words := strings.Fields(line)
		const complete = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1))
cd deploy; "_$1"; echo "${COMPREPLY[*]}"`
		args := append([]string{"-euc", complete, filepath.Join(dir, "bash", words[0])}, words...)
		got := run("bash", args...)
		if strings.TrimSpace(got) != want {
			t.Errorf("%s is completed by %q, want %q", line, got, want)
		}
	}
}
