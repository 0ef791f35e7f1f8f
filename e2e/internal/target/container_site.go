package target

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/mockauthy/mockapi"
)

// containerSite is a stack while it is leased to one scenario.
type containerSite struct {
	*stack
	container *Container
	began     time.Time
	before    int // lines of audit that were there already
}

// prepare makes the stack as good as new: no accounts, an empty mock, hooks configured as the setup
// says.
func (s *containerSite) prepare(ctx context.Context, setup Setup) error {
	setup, err := setup.withVerify(ctx, s.mock, "http://mockauthy:8880")
	if err != nil {
		return err
	}
	if s.configured != setup.configKey() {
		if err := s.configure(ctx, setup); err != nil {
			return err
		}
	}
	// A program reads its configuration each time, hookd once. hookd also remembers who failed, and
	// how Authy is doing.
	if s.door == HTTP {
		if err := errors.Join(s.KillHookd(ctx), s.StartHookd(ctx)); err != nil {
			return err
		}
	}
	if s.door == Program { // when each person was sent a code, and what programs remember
		if _, err := s.engine.docker(ctx, nil, "exec", s.sftpgo, "sh", "-c",
			"rm -rf /tmp/sftpgo-authy-1000 /e2e/program/memory-*"); err != nil {
			return err
		}
	}
	if err := errors.Join(s.admin.clear(ctx), s.mock.Reset(ctx), s.mock.ClearJournal(ctx),
		s.mock.ClearOutbox(ctx)); err != nil {
		return err
	}
	lines, err := s.audit(ctx)
	s.before, s.began = len(lines), time.Now()
	return err
}

// Servers implements Site.
func (s *containerSite) Servers() client.Servers { return s.servers }

// Authy implements Site.
func (s *containerSite) Authy() *mockapi.Client { return s.mock }

// PutAccount implements Site.
func (s *containerSite) PutAccount(ctx context.Context, account Account) error {
	return s.admin.put(ctx, account)
}

// ReadAccount implements Site.
func (s *containerSite) ReadAccount(ctx context.Context, name string) (map[string]any, error) {
	return s.admin.read(ctx, name)
}

// ChangeAccount implements Site.
func (s *containerSite) ChangeAccount(ctx context.Context, name string, change func(map[string]any)) error {
	return s.admin.change(ctx, name, change)
}

// WriteUsers implements Site. The stack is configured anew for the next scenario.
func (s *containerSite) WriteUsers(ctx context.Context, text string) error {
	s.configured = ""
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	header := tar.Header{Typeflag: tar.TypeReg, Name: "users", Mode: 0o644, Size: int64(len(text))}
	errs := []error{w.WriteHeader(&header)}
	_, err := io.WriteString(w, text)
	if err := errors.Join(append(errs, err, w.Close())...); err != nil {
		return err
	}
	_, err = s.engine.docker(ctx, archive.Bytes(), "cp", "-", s.sftpgo+":/e2e")
	return err
}

// Audit implements Site.
func (s *containerSite) Audit(ctx context.Context) ([]AuditLine, error) {
	lines, err := s.audit(ctx)
	return lines[min(s.before, len(lines)):], err
}

// audit returns all lines of the stack's life.
func (s *stack) audit(ctx context.Context) ([]AuditLine, error) {
	file := auditFile("program")
	if s.door == HTTP {
		file = auditFile("hookd")
	}
	out, err := s.engine.docker(ctx, nil, "cp", s.sftpgo+":"+file, "-")
	if err != nil && strings.Contains(strings.ToLower(err.Error()), "could not find the file") {
		return nil, nil // no hook has been asked yet
	}
	if err != nil {
		return nil, err
	}
	archive := tar.NewReader(bytes.NewReader(out))
	if _, err := archive.Next(); err != nil {
		return nil, fmt.Errorf("audit file of %s: %w", s.project, err)
	}
	text, err := io.ReadAll(archive)
	return parseAudit(string(text)), err
}

// ServerLog implements Site.
func (s *containerSite) ServerLog(ctx context.Context) string { return s.logs(ctx, s.began) }

// Authyctl implements Keeper. It runs where the hooks do, as their user. It may change what the
// stack was configured with.
func (s *containerSite) Authyctl(
	ctx context.Context,
	typed func(screen string) (string, error),
	args ...string,
) (string, error) {
	s.configured = ""
	container, config := s.sftpgo, "/e2e/program.yaml"
	if s.door == HTTP {
		container, config = s.hookd, "/e2e/hookd.yaml"
	}
	command := []string{"exec", "-i", "-e", "AUTHY_HOOKS_CONFIG=" + config, container, "/usr/local/bin/authyctl"}
	return atTerminal(exec.CommandContext(ctx, "docker", append(command, args...)...), typed)
}

// StopAuthy implements Site. The mock loses what it knew, as a service does that is restarted.
func (s *containerSite) StopAuthy(ctx context.Context) error {
	_, err := s.engine.docker(ctx, nil, "kill", s.authy)
	s.authyDown = err == nil
	return err
}

// StartAuthy implements Site.
func (s *containerSite) StartAuthy(ctx context.Context) error {
	if _, err := s.engine.docker(ctx, nil, "start", s.authy); err != nil {
		return err
	}
	_, err := s.engine.docker(ctx, nil, "exec", s.authy, "/usr/local/bin/mockauthy", "healthcheck", "--wait", "20s")
	s.authyDown = err != nil
	return err
}

// KillHookd implements Site.
func (s *containerSite) KillHookd(ctx context.Context) error {
	_, err := s.engine.docker(ctx, nil, "kill", s.hookd)
	s.hookdDown = err == nil
	return err
}

// StartHookd implements Site.
func (s *containerSite) StartHookd(ctx context.Context) error {
	if _, err := s.engine.docker(ctx, nil, "start", s.hookd); err != nil {
		return err
	}
	var err error
	for range 50 { // each try starts a process in the container, which takes its time
		if _, err = s.engine.docker(ctx, nil, "exec", s.hookd, "/usr/local/bin/hookd", "healthcheck"); err == nil ||
			ctx.Err() != nil {
			break
		}
	}
	s.hookdDown = err != nil
	if err != nil {
		return fmt.Errorf("%w\n%s", err, s.logs(ctx, s.began))
	}
	return nil
}

// Release implements Site: what was stopped is started again, and the stack goes back.
func (s *containerSite) Release() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var errs []error
	if s.authyDown {
		errs = append(errs, s.StartAuthy(ctx))
	}
	if s.hookdDown {
		errs = append(errs, s.StartHookd(ctx))
	}
	s.container.give(s.stack)
	return errors.Join(errs...)
}
