package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// openOpenSSH makes a session of OpenSSH's sftp command. The command cannot hand over a session, so each step is a
// batch run with a login of its own; the first one, an empty batch, is the login that Open speaks of.
func openOpenSSH(method string) func(context.Context, Servers, Person) (Session, error) {
	return func(ctx context.Context, s Servers, p Person) (Session, error) {
		dir, err := os.MkdirTemp("", "e2e-openssh-")
		if err != nil {
			return nil, err
		}
		session := &opensshSession{dir: dir, method: method, addr: s.SSH, person: p}
		if err := session.batch(ctx, "pwd"); err != nil {
			return nil, errors.Join(err, session.Close())
		}
		return session, nil
	}
}

type opensshSession struct {
	dir, method, addr string
	person            Person
	logins            int
}

func (s *opensshSession) Put(ctx context.Context, name string, data []byte) error {
	local := filepath.Join(s.dir, "out")
	if err := os.WriteFile(local, data, 0o600); err != nil {
		return err
	}
	return s.batch(ctx, fmt.Sprintf("put %s %s", local, name))
}

func (s *opensshSession) Get(ctx context.Context, name string) ([]byte, error) {
	local := filepath.Join(s.dir, "in")
	if err := s.batch(ctx, fmt.Sprintf("get %s %s", name, local)); err != nil {
		return nil, err
	}
	return os.ReadFile(local)
}

func (s *opensshSession) Close() error { return os.RemoveAll(s.dir) }

// batch logs in and runs one sftp command. OpenSSH asks through SSH_ASKPASS, once per question; see Askpass.
func (s *opensshSession) batch(ctx context.Context, command string) error {
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	s.logins++
	script := filepath.Join(s.dir, "batch")
	answers := filepath.Join(s.dir, "answers"+strconv.Itoa(s.logins))
	if err := os.WriteFile(script, []byte(command+"\n"), 0o600); err != nil {
		return err
	}
	if err := writeAnswers(answers, s.method, s.person); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	// BatchMode=no comes first and so beats the BatchMode=yes that -b brings: it would forbid every question.
	cmd := exec.CommandContext(ctx, "sftp", "-F", "/dev/null", "-o", "BatchMode=no", "-b", script, "-P", port,
		"-o", "PreferredAuthentications="+s.method, "-o", "NumberOfPasswordPrompts=1",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
		s.person.Account+"@"+host)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, askpassVar + "=" + answers,
		"SSH_ASKPASS=" + self, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=none",
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		if strings.Contains(output.String(), "Permission denied") {
			return fmt.Errorf("%w: %s", ErrRefused, strings.TrimSpace(output.String()))
		}
		return fmt.Errorf("sftp: %w: %s", err, strings.TrimSpace(output.String()))
	}
	return nil
}
