// Package clients_test drives Twilio's own libraries, as they are published, against the mock. They
// have https://verify.twilio.com compiled in, and come to the mock by the variables of mockauthy
// env, as anybody's would.
package clients_test

import (
	"bytes"
	"context"
	_ "embed"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/internal/npm"
	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/internal/cli"
	"sftpgo-authy/mockauthy/mockapi"
)

//go:embed node/package.json
var manifest []byte

//go:embed node/package-lock.json
var lock []byte

func TestNode(t *testing.T) {
	t.Parallel()
	modules := npm.Install(t, npm.Set{Name: "twilio", Manifest: manifest, Lock: lock})
	everyCall(t, drive(t, "node", 16, []string{"CLIENTS=" + modules}, "node", "drive.js"))
}

// TestPython drives the package of Debian: a registry of Python's is not asked.
func TestPython(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), python, "-c", "import twilio").Run(); err != nil {
		untried.Skip(t, "python3-twilio is not installed: Twilio's library for Python is not driven")
	}
	drive(t, "python", 6, nil, python, "drive.py")
}

func TestGo(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles Twilio's library for Go, which is large, and -short is set")
	}
	if _, err := exec.LookPath("go"); err != nil {
		untried.Skip(t, "go is not installed: twilio-go is not driven")
	}
	get := exec.CommandContext(t.Context(), "go", "mod", "download")
	get.Dir, get.Env = "twiliogo", append(os.Environ(), "GOWORK=off")
	if out, err := get.CombinedOutput(); err != nil {
		untried.Skip(t, "twilio-go could not be had: %v\n%s", err, out)
	}
	program := filepath.Join(t.TempDir(), "drive")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir, build.Env = "twiliogo", get.Env
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	everyCall(t, drive(t, "twiliogo", 16, nil, program))
}

// TestGoFileOfTheDocs compiles and runs what docs/testing.md shows, in a module of its own that has
// both twilio-go and this one.
func TestGoFileOfTheDocs(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles Twilio's library for Go, which is large, and -short is set")
	}
	untried.Program(t, "golang", "go")
	page := file(t, "../../../../docs/testing.md")
	var login string
	for _, m := range regexp.MustCompile("(?ms)^```go\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		if strings.Contains(m[1], "twilio-go") {
			login = m[1]
		}
	}
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir, module := t.TempDir(), regexp.MustCompile(`(?m)^module (\S+)$`).FindStringSubmatch(file(t, root+"/go.mod"))[1]
	theirs := regexp.MustCompile(`(?ms)^go .*`).FindString(file(t, "twiliogo/go.mod"))
	for name, text := range map[string]string{
		"login_test.go": login, "go.sum": file(t, root+"/go.sum") + file(t, "twiliogo/go.sum"),
		"go.mod": "module login\n\n" + theirs + "\nrequire " + module + " v0.0.0\n\nreplace " + module +
			" => " + root + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-mod=mod", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// everyCall fails where the mock has a call of Verify that was not driven.
func everyCall(t *testing.T, mock *mockapi.Client) {
	t.Helper()
	for _, endpoint := range mockapi.Endpoints() {
		if !strings.HasPrefix(endpoint, "v2/") || endpoint == mockapi.V2Unknown {
			continue
		}
		if n, err := mock.CountJournal(t.Context(), mockapi.JournalQuery{Endpoint: endpoint}); err != nil || n == 0 {
			t.Errorf("%s was asked %d times, %v", endpoint, n, err)
		}
	}
}

// drive runs a program that prints a line for each step, against a mock of its own, and returns a
// client of that mock.
func drive(t *testing.T, folder string, steps int, env []string, program string, args ...string) *mockapi.Client {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	ours, mock := variables(t)
	cmd.Dir, cmd.Env = folder, append(append(os.Environ(), ours...), env...)
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "ok   ") != steps {
		t.Fatalf("%v, want %d steps\n%s", err, steps, out)
	}
	t.Logf("%s", out)
	return mock
}

var assignment = regexp.MustCompile(`(?m)^export ([A-Za-z_]+)='(.*)'$`)

// variables starts a mock and returns what mockauthy env tells of it, and a client of it.
func variables(t *testing.T) ([]string, *mockapi.Client) {
	t.Helper()
	dir := t.TempDir()
	var out, errs buffer
	sys := cli.System{Out: io.Discard, Err: &errs, Now: time.Now, Env: []string{"MOCKAUTHY_LISTEN=127.0.0.1:0",
		"MOCKAUTHY_PORT_FILE=" + filepath.Join(dir, "port"), "MOCKAUTHY_PROXY_LISTEN=" + ports.Addrs(t, 1)[0]}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func(sys cli.System) { ended <- cli.Main(ctx, nil, sys) }(sys)
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	if got := cli.Main(ctx, []string{"healthcheck", "--wait", "1m"}, sys); got != 0 {
		t.Fatalf("not ready: %s", errs.String())
	}
	sys.Out = &out
	if got := cli.Main(ctx, []string{"env", "--ca-file", filepath.Join(dir, "ca.pem")}, sys); got != 0 {
		t.Fatalf("env: %s", errs.String())
	}
	var env []string
	mock := &mockapi.Client{}
	for _, m := range assignment.FindAllStringSubmatch(out.String(), -1) {
		env = append(env, m[1]+"="+m[2])
		if m[1] == "MOCKAUTHY_URL" {
			mock.URL = m[2]
		}
	}
	return env, mock
}

// buffer is a bytes.Buffer for a writer and a reader in different goroutines.
type buffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}
