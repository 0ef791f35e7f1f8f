package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"sftpgo-authy/internal/process"
)

// engine is a container engine with its compose command.
type engine struct {
	module  string   // root of the repository
	compose []string // "docker compose" or "docker-compose"
	version string
}

// findEngine looks for an engine that answers and for a compose command, the plugin or the older
// program.
func findEngine(ctx context.Context, module string) (*engine, error) {
	if _, err := exec.LookPath("docker"); err != nil {
		return nil, errors.New("no docker on PATH")
	}
	e := &engine{module: module}
	out, err := e.docker(ctx, nil, "version", "--format", "{{.Server.Version}}")
	if err != nil {
		return nil, fmt.Errorf("no container engine answers: %w", err)
	}
	e.version = strings.TrimSpace(string(out))
	for _, compose := range [][]string{{"docker", "compose"}, {"docker-compose"}} {
		if exec.CommandContext(ctx, compose[0], append(compose[1:], "version")...).Run() == nil {
			e.compose = compose
			return e, nil
		}
	}
	return nil, errors.New("neither docker compose nor docker-compose is installed")
}

// docker runs a docker command and returns what it wrote to stdout; the error has what it wrote to
// stderr.
func (e *engine) docker(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	return run(exec.CommandContext(ctx, "docker", args...), stdin)
}

// logs returns what a container printed, both streams, since a time; the zero time means all.
func (e *engine) logs(ctx context.Context, id string, since time.Time) (string, error) {
	args := []string{"logs"}
	if !since.IsZero() {
		args = append(args, "--since", since.Format(time.RFC3339Nano))
	}
	out, err := exec.CommandContext(ctx, "docker", append(args, id)...).CombinedOutput()
	return string(out), err
}

// composeRun runs a compose command for a project with extra variables.
func (e *engine) composeRun(ctx context.Context, project string, env []string, args ...string) error {
	command := append(append([]string{}, e.compose...),
		"-p", project, "-f", "docker-compose.yml", "-f", filepath.Join("e2e", "compose.e2e.yml"))
	command = append(command, args...)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = e.module
	var pid, n int
	_, _ = fmt.Sscanf(project, projectForm, &pid, &n)
	cmd.Env = append(append(os.Environ(), fmt.Sprint("E2E_TAG=", pid)), env...)
	_, err := run(cmd, nil)
	return err
}

func run(cmd *exec.Cmd, stdin []byte) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		// A build prints what went wrong to its standard output, compose to its standard error.
		return stdout.Bytes(), fmt.Errorf("%s: %w: %s\n%s", strings.Join(cmd.Args[:min(4, len(cmd.Args))], " "), err,
			process.Tail(stderr.String(), 40), process.Tail(stdout.String(), 40))
	}
	return stdout.Bytes(), nil
}

// image returns the base image that a variable names, else the default of docker-compose.yml.
func (e *engine) image(variable string) (string, error) {
	if name := os.Getenv(variable); name != "" {
		return name, nil
	}
	file, err := os.ReadFile(filepath.Join(e.module, "docker-compose.yml"))
	if err != nil {
		return "", err
	}
	match := regexp.MustCompile(`\$\{` + variable + `:-([^}]+)\}`).FindSubmatch(file)
	if match == nil {
		return "", fmt.Errorf("docker-compose.yml has no default for %s", variable)
	}
	return string(match[1]), nil
}

// need makes sure that a base image is present; with pull it may be fetched.
func (e *engine) need(ctx context.Context, variable string, pull bool) (string, error) {
	name, err := e.image(variable)
	if err != nil {
		return "", err
	}
	if _, err := e.docker(ctx, nil, "image", "inspect", "--format", "{{.Id}}", name); err == nil {
		return name, nil
	}
	if !pull {
		return "", fmt.Errorf("image %s is not present; pull it, or name another one in %s", name, variable)
	}
	if _, err := e.docker(ctx, nil, "pull", "--quiet", name); err != nil {
		return "", fmt.Errorf("pull %s (%s names another): %w", name, variable, err)
	}
	return name, nil
}

// projectForm is the name of a compose project: the process of the test run, and a number within
// it.
const projectForm = "authy-e2e-%d-%d"

// project names the n-th compose project of a test run.
func project(pid, n int) string { return fmt.Sprintf(projectForm, pid, n) }

// removeImages takes away the images of a test run; what they are built from stays in the engine's
// cache.
func (e *engine) removeImages(ctx context.Context, pid int) error {
	var names []string
	for _, service := range []string{"mockauthy", "hookd", "sftpgo"} {
		names = append(names, fmt.Sprintf("sftpgo-authy-e2e/%s:%d", service, pid))
	}
	_, err := e.docker(ctx, nil, append([]string{"image", "rm", "--force"}, names...)...)
	return err
}

// removeStale takes away what test runs left behind that were killed: the projects of processes
// that are no more.
func (e *engine) removeStale(ctx context.Context) error {
	out, err := e.docker(ctx, nil, "ps", "-a", "--filter", "label=com.docker.compose.project",
		"--format", `{{.Label "com.docker.compose.project"}}`)
	if err != nil {
		return err
	}
	projects := strings.Fields(string(out))
	slices.Sort(projects)
	var errs []error
	gone := map[int]bool{}
	for _, name := range slices.Compact(projects) {
		var pid, n int
		if _, err := fmt.Sscanf(name, projectForm, &pid, &n); err != nil {
			continue // somebody else's
		}
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			errs = append(errs, e.composeRun(ctx, name, nil, "down", "--volumes", "--remove-orphans", "--timeout", "0"))
			gone[pid] = true
		}
	}
	for pid := range gone {
		errs = append(errs, e.removeImages(ctx, pid))
	}
	return errors.Join(errs...)
}
