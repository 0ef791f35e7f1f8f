package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/goccy/go-yaml"

	"sftpgo-authy/internal/untried"
)

// actionStep is a step of a job or of a composite action.
type actionStep struct {
	ID, Name, Uses, Run string
	Env                 map[string]string
}

// runner runs steps as GitHub's does: one after another, each in a shell of its own, which learns
// of the others through files.
type runner struct {
	t       *testing.T
	work    string
	env     []string
	outputs map[string]string // by expression, such as steps.start.outputs.url
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	for _, program := range []string{"bash", "curl", "go"} {
		untried.Program(t, program, program)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{t: t, work: t.TempDir(), outputs: map[string]string{}}
	r.env = append(os.Environ(), "RUNNER_TEMP="+t.TempDir(), "GITHUB_ACTION_PATH="+root)
	return r
}

// expand puts in what expressions mean.
func (r *runner) expand(text string) string {
	return regexp.MustCompile(`\$\{\{ *([\w.-]+) *\}\}`).ReplaceAllStringFunc(text, func(all string) string {
		name := strings.Trim(all, "${} ")
		value, known := r.outputs[name]
		if !known {
			r.t.Errorf("nothing is called %s", name)
		}
		return value
	})
}

// run runs one step with the pid of what it starts in the background in the file "pid", and takes
// over what it leaves for the next ones.
func (r *runner) run(s actionStep) (string, error) {
	r.t.Helper()
	files := r.t.TempDir()
	env := r.env
	for _, name := range []string{"ENV", "OUTPUT", "PATH"} {
		env = append(env, "GITHUB_"+name+"="+filepath.Join(files, name))
	}
	for name, value := range s.Env {
		env = append(env, name+"="+r.expand(value))
	}
	script := strings.ReplaceAll(s.Run, " &\n", " &\necho $! >\""+r.work+"/pid\"\n")
	cmd := exec.CommandContext(r.t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = r.work, env
	out, err := cmd.CombinedOutput()
	lines := func(name string) []string {
		text, _ := os.ReadFile(filepath.Join(files, name)) // not there if the step wrote nothing
		return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	r.env = append(r.env, lines("ENV")...)
	for _, line := range lines("OUTPUT") {
		name, value, _ := strings.Cut(line, "=")
		r.outputs["steps."+s.ID+".outputs."+name] = value
	}
	for _, dir := range lines("PATH") {
		r.env = append(r.env, "PATH="+dir+":"+os.Getenv("PATH"))
	}
	return string(out), err
}

// action runs the steps of action.yml with these inputs, and returns what its last step printed.
func (r *runner) action(id string, inputs map[string]string) (string, error) {
	r.t.Helper()
	var action struct {
		Inputs  map[string]struct{ Default string }
		Outputs map[string]struct{ Value string }
		Runs    struct{ Steps []actionStep }
	}
	if err := yaml.Unmarshal([]byte(read(r.t, "action.yml")), &action); err != nil {
		r.t.Fatal(err)
	}
	for name, input := range action.Inputs {
		r.outputs["inputs."+name] = input.Default
	}
	for name, value := range inputs {
		r.outputs["inputs."+name] = value
	}
	r.t.Cleanup(r.stop)
	var out string
	var err error
	for _, s := range action.Runs.Steps {
		if out, err = r.run(s); err != nil {
			return out, err
		}
	}
	outputs := maps.Clone(r.outputs)
	for name, output := range action.Outputs {
		outputs["steps."+id+".outputs."+name] = r.expand(output.Value)
	}
	r.outputs = outputs
	return out, nil
}

// stop ends the program that a step started in the background, if it still runs.
func (r *runner) stop() {
	var pid int
	text, _ := os.ReadFile(filepath.Join(r.work, "pid")) // not there if no step came so far
	if _, err := fmt.Sscan(string(text), &pid); err == nil {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
}

// The workflow of docs/snippets runs as it stands, action.yml included.
func TestTheActionAndItsWorkflow(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	var workflow struct {
		Jobs map[string]struct{ Steps []actionStep }
	}
	if err := yaml.Unmarshal([]byte(read(t, "docs/snippets/github-actions.yml")), &workflow); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, step := range workflow.Jobs["test"].Steps {
		var out string
		var err error
		switch {
		case strings.HasPrefix(step.Uses, "OWNER/sftpgo-authy@"):
			out, err = r.action(step.ID, nil)
		case step.Run != "":
			out, err = r.run(step)
			ran++
		}
		if err != nil {
			t.Fatalf("%s%s: %v\n%s", step.Uses, step.Name, err, out)
		}
	}
	if ran < 2 {
		t.Errorf("%d steps were run, want at least 2", ran)
	}
	out, err := r.run(actionStep{Run: `. "$FILE"; curl -sSf -H "X-Authy-API-Key: $AUTHY_API_KEY" ` +
		`https://api.authy.com/protected/json/app/details; curl -sSf --cacert "$CA" "$HTTPS_URL/_mock/livez"`,
		Env: map[string]string{"FILE": "${{ steps.mockauthy.outputs.env-file }}",
			"CA": "${{ steps.mockauthy.outputs.ca-file }}", "HTTPS_URL": "${{ steps.mockauthy.outputs.https-url }}"}})
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheActionsInputs(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	seed := filepath.Join(r.work, "my seed.yaml")
	if err := os.WriteFile(seed, []byte("users: [{name: bob, cellphone: 2015550123}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	key := `it's "$HOME"`
	if out, err := r.action("m", map[string]string{"api-key": strings.ReplaceAll(key, " ", "-"), "seed": seed,
		"flags": "--set=app_name=My app\n--any-key\n"}); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := r.run(
		actionStep{Run: `mockauthy code bob --key "$AUTHY_API_KEY"; mockauthy settings; mockauthy app list`},
	)
	if err != nil || !strings.Contains(out, `"app_name": "My app"`) || !strings.Contains(out, `it's-"$HOME"`) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheActionSaysWhyItDoesNotStart(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	if out, err := r.action("m", map[string]string{"flags": "--set=nonsense=1"}); err == nil ||
		!strings.Contains(out, "--set nonsense=1") {
		t.Errorf("%v\n%s", err, out)
	}
}

// GitHub's macOS has Go in its tool cache alone, and setup-go leaves GOTOOLCHAIN=local behind.
func TestTheActionFindsGoOfTheToolCache(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	cache, bin := t.TempDir(), t.TempDir()
	goBin := filepath.Join(cache, "go", "1.26.1", "arm64", "bin")
	if err := os.MkdirAll(goBin, 0o750); err != nil {
		t.Fatal(err)
	}
	link := func(program, dir string) {
		t.Helper()
		path, err := exec.LookPath(program)
		if err == nil {
			err = os.Symlink(path, filepath.Join(dir, program))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	link("go", goBin)
	for _, program := range []string{"cat", "mktemp", "nohup", "sed", "tail"} {
		link(program, bin)
	}
	r.env = append(r.env, "PATH="+bin, "RUNNER_TOOL_CACHE="+cache, "GOTOOLCHAIN=local")
	if out, err := r.action("m", nil); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A tag can be moved to another commit, and the jobs of a release may write to the repository.
func TestWorkflowsNameActionsByCommit(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d workflows: %v", len(names), err)
	}
	pinned := regexp.MustCompile(`@[0-9a-f]{40} # v\d+\.\d+\.\d+$|uses: \./`)
	for _, name := range names {
		for line := range strings.Lines(read(t, strings.TrimPrefix(name, "../"))) {
			if strings.Contains(line, "uses:") && !pinned.MatchString(strings.TrimSpace(line)) {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
