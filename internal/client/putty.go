package client

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// The clients in this file choose the login method themselves, keyboard-interactive before
// password. They are run as people run them: without an option about methods.

// openPSFTP is PuTTY's psftp, one batch of commands per login. It asks at the terminal; without one
// it reads the answer from standard input, hence a session of its own.
func openPSFTP(ctx context.Context, s Servers, p Person) (Session, error) {
	return openProgram(ctx, func(dir string) program {
		run := func(ctx context.Context, script string) error {
			host, port, err := net.SplitHostPort(s.SSH)
			if err != nil {
				return err
			}
			key, err := hostKey(ctx, host, port)
			if err != nil {
				return err
			}
			answer, err := p.Answer(0, "")
			if err != nil {
				return err
			}
			_, err = command{
				name: "psftp", home: dir, stdin: answer + "\n", detached: true,
				args:     []string{"-noagent", "-hostkey", key, "-P", port, "-b", script, p.Account + "@" + host},
				refusals: []string{"Access denied", "Too many authentication failures", "Unable to authenticate"},
			}.run(ctx)
			return err
		}
		return batches(dir, run)
	})
}

// fingerprint is how ssh-keygen and PuTTY write a host key.
var fingerprint = regexp.MustCompile(`SHA256:[A-Za-z0-9+/]{43}`)

// hostKey asks the server for its key, which PuTTY wants to know beforehand: it has no way to take
// any key.
func hostKey(ctx context.Context, host, port string) (string, error) {
	scan := exec.CommandContext(ctx, "sh", "-c", `ssh-keyscan -t ed25519 -p "$1" "$0" 2>/dev/null | ssh-keygen -l -f -`,
		host, port)
	out, err := scan.Output()
	if err != nil {
		return "", fmt.Errorf("host key of %s:%s: %w", host, port, err)
	}
	key := fingerprint.FindString(string(out))
	if key == "" {
		return "", fmt.Errorf("host key of %s:%s: none in %q", host, port, out)
	}
	return key, nil
}

// openDropbear is dropbear's dbclient, which carries SFTP for OpenSSH's sftp: it has no SFTP of its
// own.
func openDropbear(ctx context.Context, s Servers, p Person) (Session, error) {
	return openProgram(ctx, func(dir string) program {
		run := func(ctx context.Context, script string) error {
			host, port, err := net.SplitHostPort(s.SSH)
			if err != nil {
				return err
			}
			answer, err := p.Answer(0, "")
			if err != nil {
				return err
			}
			carrier := fmt.Sprintf("dbclient -y -y -p %s -s %s@%s sftp", port, p.Account, host)
			_, err = command{
				name: "sftp", args: []string{"-b", script, "-D", carrier}, home: dir, detached: true,
				env: []string{"DROPBEAR_PASSWORD=" + answer},
				refusals: []string{"No auth methods could be used", "Permission denied", "closed the connection",
					"Too many"},
			}.run(ctx)
			return err
		}
		return batches(dir, run)
	})
}

// session makes a program the leader of a session without a terminal, so that it reads answers from
// standard input. What it starts itself ends with it.
func session(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// firstAnswer puts down the one answer of a login that has one question, by whichever method the
// client asks it.
func firstAnswer(dir, _ string, p Person) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	answer, err := p.Answer(0, "")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "0"), []byte(strings.TrimSpace(answer)), 0o600)
}
