package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A program that is run for one command at a time: it cannot hand over a session, so each Put and
// Get logs in anew, with a fresh code. Opening is a command that changes nothing.
type program struct {
	dir    string // for the files that go and come
	look   func(ctx context.Context) error
	upload func(ctx context.Context, local, name string) error
	fetch  func(ctx context.Context, name, local string) error
}

// openProgram logs in for a look and returns the session.
func openProgram(ctx context.Context, make func(dir string) program) (Session, error) {
	dir, err := os.MkdirTemp("", "e2e-client-")
	if err != nil {
		return nil, err
	}
	p := make(dir)
	p.dir = dir
	if err := p.look(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &p, nil
}

// Put implements Session.
func (p *program) Put(ctx context.Context, name string, data []byte) error {
	local := filepath.Join(p.dir, "out")
	if err := os.WriteFile(local, data, 0o600); err != nil {
		return err
	}
	return p.upload(ctx, local, name)
}

// Get implements Session.
func (p *program) Get(ctx context.Context, name string) ([]byte, error) {
	local := filepath.Join(p.dir, "in")
	if err := p.fetch(ctx, name, local); err != nil {
		return nil, err
	}
	return os.ReadFile(local)
}

// Close implements Session.
func (p *program) Close() error { return os.RemoveAll(p.dir) }

// programTime is what one command may take. Programs that reconnect by themselves would go on for
// ever.
const programTime = 60 * time.Second

// command is one run of a program.
type command struct {
	name  string
	args  []string
	env   []string // beyond PATH and HOME
	stdin string
	home  string
	// detached runs it without a terminal: it reads from stdin what it would ask there.
	detached bool
	// refusals are texts by which the program says that the server refused the login.
	refusals []string
}

// run returns what the program wrote to stdout. Secrets travel on stdin, in files or in the
// environment, never as arguments, as people should do it too.
func (c command) run(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, programTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.home, "LC_ALL=C"}, c.env...)
	cmd.WaitDelay = 5 * time.Second // a grandchild may hold the pipes
	cmd.Stdin = strings.NewReader(c.stdin)
	if c.detached {
		session(cmd)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err == nil {
		return stdout.String(), nil
	}
	said := strings.TrimSpace(stdout.String() + stderr.String())
	for _, refusal := range c.refusals {
		if strings.Contains(said, refusal) {
			return "", fmt.Errorf("%w: %s: %s", ErrRefused, c.name, said)
		}
	}
	return "", fmt.Errorf("%s: %w: %s", c.name, err, said)
}
