// Package sftpgotest runs a real SFTPGo for tests: the binary on PATH or SFTPGO_BIN, in a folder of
// its own, on loopback.
package sftpgotest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/internal/process"
)

// The administrator of every server here.
const (
	Admin    = "admin"
	Password = "only for tests 1"
)

// Server is an SFTPGo that is started, stopped and started again. Its services are where Servers
// says; Launch waits for those that have an address and that Env does not turn off.
type Server struct {
	client.Servers
	Program string            // the sftpgo
	Dir     string            // its configuration folder
	Env     map[string]string // its whole environment
	Flags   []string          // of `sftpgo serve`
	Work    string            // the folder that it runs in; "" for Dir
	Out     io.Writer         // gets what it prints
	API     *client.API       // its REST API, as its administrator uses it

	process *process.Process // nil: not running
}

// Find returns the sftpgo to run: bin, which is what SFTPGO_BIN says, or where that is "" the one
// on PATH. The error says what to do where there is none.
func Find(bin string) (string, error) {
	if bin != "" {
		found, err := exec.LookPath(bin)
		if err != nil {
			return "", fmt.Errorf("SFTPGO_BIN: %w", err)
		}
		return found, nil
	}
	found, err := exec.LookPath("sftpgo")
	if err != nil {
		return "", errors.New("no sftpgo on PATH; install SFTPGo or set SFTPGO_BIN")
	}
	return found, nil
}

// Launch starts the process and returns when its services answer. The error says that it ended
// before, or did not answer in time; then it is gone.
func (s *Server) Launch(ctx context.Context) error {
	env := []string{"SFTPGO_DEFAULT_ADMIN_USERNAME=" + Admin, "SFTPGO_DEFAULT_ADMIN_PASSWORD=" + Password,
		"GOGC=" + os.Getenv("GOGC")} // as all that runs here; "" is Go's own
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		env = append(env, name+"="+s.Env[name])
	}
	dir := s.Work
	if dir == "" {
		dir = s.Dir
	}
	running, err := process.Start(s.Out, dir, env, s.Program, append([]string{"serve"}, s.Flags...)...)
	if err != nil {
		return err
	}
	s.process, s.API = running, client.AdminAPI(s.HTTP, Admin, Password)
	if err := s.ready(ctx); err != nil {
		s.Kill()
		return fmt.Errorf("start sftpgo: %w", err)
	}
	return nil
}

// ready waits until every service answers. They start independently of each other.
func (s *Server) ready(ctx context.Context) error {
	for section, addr := range map[string]string{"SFTPD": s.SSH, "FTPD": s.FTP, "WEBDAVD": s.DAV, "HTTPD": s.HTTP} {
		if addr == "" || s.Env["SFTPGO_"+section+"__BINDINGS__0__PORT"] == "0" {
			continue
		}
		if err := process.WaitListening(ctx, addr, s.process.Done); err != nil {
			return err
		}
	}
	return nil
}

// Stop asks SFTPGo to end, and insists after a while.
func (s *Server) Stop() error { return s.process.Stop() }

// Kill ends SFTPGo as kill -9 does.
func (s *Server) Kill() { s.process.Kill() }

// PID returns the id of its process.
func (s *Server) PID() int { return s.process.PID() }
