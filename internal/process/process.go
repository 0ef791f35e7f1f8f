// Package process runs programs for tests: each in a folder and an environment of its own, with
// what it prints kept.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// keptOutput is how much of what a process printed is kept, the newest: far more than one scenario,
// little of a soak.
const keptOutput = 1 << 20

// Output collects what processes print and wakes up whoever waits for a line of it.
type Output struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	changed chan struct{} // closed and replaced at each write
}

// NewOutput returns an empty one.
func NewOutput() *Output { return &Output{changed: make(chan struct{})} }

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	if o.buf.Len() > 2*keptOutput {
		o.buf.Next(o.buf.Len() - keptOutput)
	}
	return o.buf.Write(p)
}

// String returns everything so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// Snapshot returns everything so far and a channel that is closed when there is more.
func (o *Output) Snapshot() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String(), o.changed
}

// Process is a running program.
type Process struct {
	Done <-chan struct{} // closed when the program has ended
	cmd  *exec.Cmd
}

// Start starts the program in dir with exactly the environment given. What it prints goes to out.
func Start(out io.Writer, dir string, env []string, path string, args ...string) (*Process, error) {
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = dir, append([]string{}, env...) // nil would be the environment of the test
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended interests nobody: whoever waits wants it to be gone
		close(done)
	}()
	return &Process{Done: done, cmd: cmd}, nil
}

// PID returns the id of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends the process a signal; the error says that it has ended.
func (p *Process) Signal(signal os.Signal) error { return p.cmd.Process.Signal(signal) }

// Kill ends the program as kill -9 does and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // an error says that it has ended already
	<-p.Done
}

// Stop asks the program to leave, and insists after ten seconds.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		<-p.Done
		return nil
	}
	timer := time.NewTimer(10 * time.Second)
	defer timer.Stop()
	select {
	case <-p.Done:
		return nil
	case <-timer.C:
		p.Kill()
		return errors.New(p.cmd.Path + " did not end within ten seconds of SIGTERM")
	}
}

// WaitListening returns when addr accepts connections. The error says that done or ctx ended
// before, or twenty seconds. Nothing tells when a foreign process starts to listen, so this asks
// again and again.
func WaitListening(ctx context.Context, addr string, done <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-done:
			return fmt.Errorf("ended before it listened on %s", addr)
		case <-ctx.Done():
			return fmt.Errorf("does not listen on %s: %w", addr, err)
		case <-tick.C:
		}
	}
}

// Tail returns the last lines of a log, at most n.
func Tail(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, "")
}
