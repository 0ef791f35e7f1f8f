package main_test

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// maxSize is what the stripped binary may have: an image of it is pulled in a moment.
const maxSize = 20 << 20

// TestTheBinary builds the program as a release is and runs it as a person does: without flags,
// until Ctrl-C.
func TestTheBinary(t *testing.T) {
	t.Parallel()
	binary := build(t)
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > maxSize {
		t.Errorf("the stripped binary has %d bytes, want at most %d", info.Size(), maxSize)
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, url, lines := start(t, binary)
		resp, err := http.Get(url + "/_mock/readyz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // until it has closed its output
		}
		if err := cmd.Wait(); err != nil || resp.StatusCode != 200 {
			t.Errorf("%v: readyz %d, then %v, want 200 and exit code 0", signal, resp.StatusCode, err)
		}
	}
	text, err := exec.CommandContext(t.Context(), binary, "--help").CombinedOutput()
	if err != nil || !strings.Contains(string(text), "healthcheck") {
		t.Errorf("--help: %v\n%s", err, text)
	}
}

// build makes the program as a release is.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "mockauthy")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// start runs the program on a free port, and returns its base URL and the rest of what it prints.
func start(t *testing.T, binary string, args ...string) (*exec.Cmd, string, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append(args, "--listen", "127.0.0.1:0")...)
	cmd.Env = []string{} // as in an image
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := regexp.MustCompile(`base URL\s+(\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			return cmd, m[1], lines
		}
	}
	t.Fatal("it ended without its base URL")
	return nil, "", nil
}
