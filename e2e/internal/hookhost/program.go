package hookhost

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"time"
)

// variable is one SFTPGO_AUTHD_ variable. Values are handed over raw: no quoting, whatever the
// client typed.
type variable struct{ name, value string }

// command prepares a hook program: its own environment and nothing inherited, no shell, the working
// directory of this process.
func (h *Host) command(path, hook string, vars []variable) (*exec.Cmd, context.CancelFunc) {
	timeout, env, args := h.config.launch(path, hook)
	for _, v := range vars {
		env = append(env, "SFTPGO_AUTHD_"+v.name+"="+v.value)
	}
	ctx, cancel := context.WithTimeout(h.ctx, timeout)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = env
	return cmd, cancel
}

// oneShot runs the external authentication or check password program and returns all it wrote to
// stdout. A non-zero exit, a signal or the time limit is an error whatever was written. Only the
// program itself is killed then, and the call lasts until every holder of its stdout is gone: a
// wrapper that leaves a child behind delays the login, as on SFTPGo.
func (h *Host) oneShot(path, hook string, vars []variable) ([]byte, error) {
	cmd, cancel := h.command(path, hook, vars)
	defer cancel()

	stdout, stdoutWriter, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer stdout.Close()
	stderr, stderrWriter, err := os.Pipe()
	if err != nil {
		stdoutWriter.Close()
		return nil, err
	}
	defer stderr.Close()

	cmd.Stdout, cmd.Stderr = stdoutWriter, stderrWriter
	err = cmd.Start()
	stdoutWriter.Close()
	stderrWriter.Close()
	if err != nil {
		return nil, err
	}

	logged := make(chan struct{})
	go func() {
		defer close(logged)
		h.logLines(stderr, hook)
	}()
	// The host's end must not wait for an orphan that keeps stdout open.
	stop := context.AfterFunc(h.ctx, func() { stdout.Close() })
	defer stop()

	out, readErr := io.ReadAll(stdout)
	if err := cmd.Wait(); err != nil {
		readErr = err
	}
	// What the program wrote to stderr before it ended is in the pipe; an orphan that still holds
	// it is not waited for.
	stopReading := time.AfterFunc(stderrGrace, func() { stderr.Close() })
	<-logged
	stopReading.Stop()
	if readErr != nil {
		return nil, fmt.Errorf("%s program: %w", hook, readErr)
	}
	return out, nil
}

// stderrGrace is how long the host reads the rest of stderr after a program's end.
const stderrGrace = 200 * time.Millisecond

// logLines sends stderr to the log, line by line. A line over 64 KiB ends the reading: the program
// then blocks once the pipe is full, as on SFTPGo.
func (h *Host) logLines(r io.Reader, hook string) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if line := lines.Text(); line != "" {
			h.log.Warn(line, slog.String("sender", hook+"_hook"))
		}
	}
	if err := lines.Err(); err == bufio.ErrTooLong {
		h.log.Error("stderr of the hook has a line over 64 KiB", slog.String("sender", hook+"_hook"))
	}
}
