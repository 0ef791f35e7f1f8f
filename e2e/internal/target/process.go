package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// keptOutput is how much of what a process printed is kept, the newest: far more than one scenario,
// little of a soak.
const keptOutput = 1 << 20

// output collects what a process prints and wakes up whoever waits for a line of it.
type output struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	changed chan struct{} // closed and replaced at each write
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
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
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// snapshot returns everything so far and a channel that is closed when there is more.
func (o *output) snapshot() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String(), o.changed
}

// waitFor returns when every one of the texts has been printed, or when ctx or done end.
func (o *output) waitFor(ctx context.Context, done <-chan struct{}, texts ...string) error {
	for {
		printed, changed := o.snapshot()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(printed, text) {
				missing = text
				break
			}
		}
		if missing == "" {
			return nil
		}
		select {
		case <-changed:
		case <-done:
			return fmt.Errorf("the process ended before it printed %q", missing)
		case <-ctx.Done():
			return fmt.Errorf("waiting for %q: %w", missing, ctx.Err())
		}
	}
}

// process is a running program whose output is kept.
type process struct {
	cmd  *exec.Cmd
	out  *output
	done chan struct{} // closed when the program has ended
	err  error         // how it ended; read after done
}

// startProcess starts the program with exactly the environment given.
func startProcess(out *output, dir string, env []string, path string, args ...string) (*process, error) {
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = dir, env
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	p := &process{cmd: cmd, out: out, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// kill ends the program as kill -9 does and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // an error says that it has ended already
	<-p.done
}

// stop asks the program to leave, and insists after ten seconds.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		<-p.done
		return nil
	}
	timer := time.NewTimer(10 * time.Second)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
		p.kill()
		return errors.New(p.cmd.Path + " did not end within ten seconds of SIGTERM")
	}
}
