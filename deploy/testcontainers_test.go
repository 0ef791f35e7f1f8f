package deploy_test

import (
	"os"
	"os/exec"
	"testing"

	"sftpgo-authy/internal/untried"
)

// The recipe for Testcontainers in Go runs as it stands, in its module of its own, so that what it
// needs is in nobody's go.sum.
func TestTestcontainersInGo(t *testing.T) {
	t.Parallel()
	needImages(t)
	const dir = "../docs/snippets/testcontainers-go"
	// The library's watchdog is an image of its own; the test removes its container by itself.
	// Ports are published on this machine even where it looks like a container.
	env := append(os.Environ(), "TESTCONTAINERS_RYUK_DISABLED=true", "TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1")
	run := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = dir, env
		return cmd.CombinedOutput()
	}
	if out, err := run("mod", "download"); err != nil {
		untried.Skip(t, "go mod download needs the module proxy: %v\n%s", err, out)
	}
	id := build(t, "mockauthy")
	image := "mockauthy-of-a-test:" + id[len("sha256:"):][:12]
	docker(t, "tag", id, image)
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "--no-prune", image).Run() })
	env = append(env, "MOCKAUTHY_IMAGE="+image)
	if out, err := run("test", "-count=1", "./..."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Recipes whose libraries this repository does not install are at least programs.
func TestTestcontainersElsewhere(t *testing.T) {
	t.Parallel()
	for _, check := range [][]string{
		{"python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", "../docs/snippets/testcontainers.py"},
		{"node", "--check", "../docs/snippets/testcontainers.mjs"},
	} {
		untried.Program(t, check[0], check[0])
		if out, err := exec.CommandContext(t.Context(), check[0], check[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
