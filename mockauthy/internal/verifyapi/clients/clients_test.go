// Package clients_test drives Twilio's own libraries, as they are published, against the mock. They
// have https://verify.twilio.com compiled in, and come to the mock by the variables of mockauthy env,
// as anybody's would.
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
	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/internal/cli"
)

//go:embed node/package.json
var manifest []byte

//go:embed node/package-lock.json
var lock []byte

func TestNode(t *testing.T) {
	t.Parallel()
	modules := npm.Install(t, npm.Set{Name: "twilio", Manifest: manifest, Lock: lock})
	drive(t, "node", 10, []string{"CLIENTS=" + modules}, "node", "drive.js")
}

func TestGo(t *testing.T) {
	t.Parallel()
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
	drive(t, "twiliogo", 10, nil, program)
}

// drive runs a program that prints a line for each step, against a mock of its own.
func drive(t *testing.T, folder string, steps int, env []string, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = folder, append(append(os.Environ(), variables(t)...), env...)
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "ok   ") != steps {
		t.Fatalf("%v, want %d steps\n%s", err, steps, out)
	}
	t.Logf("%s", out)
}

var assignment = regexp.MustCompile(`(?m)^export ([A-Za-z_]+)='(.*)'$`)

// variables starts a mock and returns what mockauthy env tells of it.
func variables(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	portFile := filepath.Join(dir, "port")
	var banner, out, errs buffer
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, []string{"--listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0", "--port-file",
			portFile}, cli.System{Out: &banner, Err: &errs, Now: time.Now})
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	ask := cli.System{Out: &out, Err: &errs, Now: time.Now,
		Env: []string{"MOCKAUTHY_LISTEN=127.0.0.1:0", "MOCKAUTHY_PORT_FILE=" + portFile}}
	healthy := cli.System{Out: io.Discard, Err: &errs, Now: time.Now, Env: ask.Env}
	if got := cli.Main(ctx, []string{"healthcheck", "--wait", "1m"}, healthy); got != 0 {
		t.Fatalf("not ready: %s", errs.String())
	}
	proxy := regexp.MustCompile(`HTTPS_PROXY=(\S+)`).FindStringSubmatch(banner.String())
	if proxy == nil {
		t.Fatalf("the banner names no proxy: %s", banner.String())
	}
	caFile := filepath.Join(dir, "ca.pem")
	if got := cli.Main(ctx, []string{"env", "--proxy", proxy[1], "--ca-file", caFile}, ask); got != 0 {
		t.Fatalf("env: %s", errs.String())
	}
	var env []string
	for _, m := range assignment.FindAllStringSubmatch(out.String(), -1) {
		env = append(env, m[1]+"="+m[2])
	}
	return env
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
