package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/mockauthytest"
)

// memory is bytes of heap for each person.
type memory struct{ made, used int }

func measureMemory(ctx context.Context, a api, users int) (memory, error) {
	p, err := startChild(ctx, "memory", a, users)
	if err != nil {
		return memory{}, err
	}
	var m memory
	_, err = fmt.Sscan(p.addr+" "+p.clock, &m.made, &m.used)
	return m, errorsOf(err, p.cmd.Wait())
}

// start is how long it takes to be there.
type start struct {
	ready  time.Duration // from exec to the first 200 on readyz
	inTest time.Duration // of mockauthytest.Start, which New wraps
	size   int64         // of the stripped program in bytes
}

func measureStart(ctx context.Context, times int) (start, error) {
	var s start
	dir, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return s, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "mockauthy")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program,
		"sftpgo-authy/mockauthy")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return s, fmt.Errorf("go build: %w\n%s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		return s, err
	}
	s.size = info.Size()
	var ready, inTest []float64
	for range times {
		d, err := timeToReady(ctx, program)
		if err != nil {
			return s, err
		}
		ready = append(ready, float64(d))
		begin := time.Now()
		mock, err := mockauthytest.Start()
		if err != nil {
			return s, err
		}
		inTest = append(inTest, float64(time.Since(begin)))
		if err := mock.Close(); err != nil {
			return s, err
		}
	}
	s.ready, s.inTest = time.Duration(median(ready)), time.Duration(median(inTest))
	return s, nil
}

// timeToReady starts the program on a port that was free a moment ago and asks until it is ready.
func timeToReady(ctx context.Context, program string) (time.Duration, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, program, "--listen", addr)
	cmd.Env = []string{}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	for time.Since(begin) < 10*time.Second {
		if ready(addr) {
			return time.Since(begin), nil
		}
	}
	return 0, fmt.Errorf("%s was not ready on %s within 10 seconds", program, addr)
}

func ready(addr string) bool {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c,
		"GET /_mock/readyz HTTP/1.1\r\nHost: "+addr+"\r\nConnection: close\r\n\r\n"); err != nil {
		return false
	}
	status, err := bufio.NewReader(c).ReadString('\n')
	return err == nil && strings.HasPrefix(status, "HTTP/1.1 200 ")
}
