package deploy_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"sftpgo-authy/internal/untried"
)

// needImages skips the test where images cannot be built without pulling something, and says why.
func needImages(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds images, and -short is set")
	}
	if _, err := exec.LookPath("docker"); err != nil {
		untried.Skip(t, "no docker on PATH")
	}
	if err := exec.Command("docker", "info").Run(); err != nil {
		untried.Skip(t, "no container engine answers")
	}
	for _, name := range []string{"GO_IMAGE", "SFTPGO_IMAGE"} {
		if image := baseImage(t, name); exec.Command("docker", "image", "inspect", image).Run() != nil {
			untried.Skip(t, "image %s is not present; pull it, or name another in %s", image, name)
		}
	}
}

// baseImage is the base image that the variable names, else the default of the Dockerfile.
func baseImage(t *testing.T, variable string) string {
	t.Helper()
	if image := os.Getenv(variable); image != "" {
		return image
	}
	m := regexp.MustCompile(`(?m)^ARG ` + variable + `=(\S+)$`).FindStringSubmatch(read(t, "deploy/Dockerfile"))
	if m == nil {
		t.Fatalf("deploy/Dockerfile has no default of %s", variable)
	}
	return m[1]
}

// build returns the id of the image of a stage.
func build(t *testing.T, stage string) string {
	t.Helper()
	out := docker(t, "build", "-q", "-f", "../deploy/Dockerfile", "--target", stage,
		"--build-arg", "GO_IMAGE="+baseImage(t, "GO_IMAGE"), "--build-arg",
		"SFTPGO_IMAGE="+baseImage(t, "SFTPGO_IMAGE"), "..")
	return out[strings.LastIndex(out, "sha256:"):]
}

// create makes a container that is removed with the test. It is not started.
func create(t *testing.T, args ...string) string {
	t.Helper()
	id := docker(t, append([]string{"create"}, args...)...)
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "-f", "-v", id).Run() })
	return id
}

// docker runs the command and returns what it wrote to stdout, without blanks around it.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	return dockerIn(t, nil, args...)
}

func dockerIn(t *testing.T, stdin []byte, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "docker", args...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(stdin), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s%s", strings.Join(args, " "), err, out, &stderr)
	}
	return strings.TrimSpace(string(out))
}
