package target

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"sftpgo-authy/internal/sftpgotest"
)

// Managed is a Site whose SFTPGo a scenario manages: its accounts outlive a restart, and hooks and
// authyctl have a key to its REST API.
type Managed interface {
	// Restart ends SFTPGo and starts it again at the same addresses, with changes to its
	// environment.
	Restart(ctx context.Context, changes map[string]string) error
	// Call makes a call of the REST API as the administrator, path below /api/v2, and returns the
	// body of the answer.
	Call(ctx context.Context, method, path string, body any) ([]byte, error)
	// NewKey has SFTPGo make an API key of this description.
	NewKey(ctx context.Context, key map[string]any) (string, error)
	// RevokeKeys deletes the key of hooks and authyctl.
	RevokeKeys(ctx context.Context) error
	// Shell runs commands as an administrator of this machine would, with authyctl at hand, and
	// returns what they print. In them, the address of SFTPGo's REST API and the file with its
	// administrator's password are those of production.md, and stand for this site's.
	Shell(ctx context.Context, script string) (string, error)
	// Doctor runs authyctl doctor over SFTPGo, its settings and the hooks, and returns what it
	// found.
	Doctor(ctx context.Context) ([]Finding, error)
}

// Finding is what authyctl doctor says of one thing that is not as it should be.
type Finding struct {
	ID, Severity, Where, What, Line string
	// Change is the line for a machine.
	Change struct {
		Env     map[string]string   // of SFTPGo's environment
		Account string              // whose fields
		Add     map[string][]string // field with dots: items to add to its list
		Set     map[string]any      // field with dots: its value
	}
}

// manage says, before SFTPGo starts, where it keeps its accounts and where the hooks find it.
func (s *binarySite) manage() {
	s.sftpgo.Env["SFTPGO_DATA_PROVIDER__DRIVER"], s.sftpgo.Env["SFTPGO_DATA_PROVIDER__NAME"] = "bolt",
		s.path("sftpgo.db")
	s.env["AUTHY_SFTPGO_URL"] = "http://" + s.sftpgo.HTTP
	s.env["AUTHY_SFTPGO_API_KEY_FILE"] = s.path("sftpgo.key")
	s.env["AUTHY_HOOKD_ADMIN_SOCKET"] = s.path("hookd.sock")
}

// letIn returns the hooks their key to the REST API, and starts hookd.
func (s *binarySite) letIn(ctx context.Context) error {
	key, err := s.sftpgo.AdminKey(ctx)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path("sftpgo.key"), []byte(key), 0o600); err != nil || s.setup.Door != HTTP {
		return err
	}
	return s.StartHookd(ctx)
}

// Call implements Managed.
func (s *binarySite) Call(ctx context.Context, method, path string, body any) ([]byte, error) {
	answer, _, err := s.sftpgo.API.Call(ctx, method, path, body)
	return answer, err
}

// NewKey implements Managed.
func (s *binarySite) NewKey(ctx context.Context, key map[string]any) (string, error) {
	return sftpgotest.NewKey(ctx, s.sftpgo.API, key)
}

// RevokeKeys implements Managed.
func (s *binarySite) RevokeKeys(ctx context.Context) error {
	body, err := s.Call(ctx, http.MethodGet, "/apikeys", nil)
	if err != nil {
		return err
	}
	var keys []struct{ ID string }
	if err := json.Unmarshal(body, &keys); err != nil {
		return err
	}
	for _, key := range keys {
		if _, err := s.Call(ctx, http.MethodDelete, "/apikeys/"+url.PathEscape(key.ID), nil); err != nil {
			return err
		}
	}
	return nil
}

// Restart implements Managed.
func (s *binarySite) Restart(ctx context.Context, changes map[string]string) error {
	s.sftpgo.Kill()
	maps.Copy(s.sftpgo.Env, changes)
	return s.launch(ctx)
}

// Shell implements Managed.
func (s *binarySite) Shell(ctx context.Context, script string) (string, error) {
	if err := os.WriteFile(s.path("sftpgo-admin"), []byte(sftpgotest.Password+"\n"), 0o600); err != nil {
		return "", err
	}
	script = strings.NewReplacer("http://127.0.0.1:8080", "http://"+s.sftpgo.HTTP, "/root/", s.dir+"/").Replace(script)
	cmd := exec.CommandContext(ctx, "sh", "-eu", "-c", script)
	cmd.Env = []string{"PATH=" + filepath.Dir(s.programs.Path("authyctl")) + ":" + os.Getenv("PATH")}
	for name, value := range s.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return string(out), err
}

// Doctor implements Managed.
func (s *binarySite) Doctor(ctx context.Context) ([]Finding, error) {
	cmd := exec.CommandContext(ctx, s.programs.Path("authyctl"), "doctor", "--json", "--sftpgo-pid",
		strconv.Itoa(s.sftpgo.PID()))
	for name, value := range s.env {
		// Without hooks there is no configuration of any.
		if len(s.setup.Hooks) > 0 || strings.HasPrefix(name, "AUTHY_SFTPGO_") {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	ran := cmd.Run() // its exit code says that something was found; the report says what
	var report struct {
		Findings []Finding
		Checks   []struct {
			ID, State string
			NotSeen   []string `json:"not_seen"`
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		return nil, fmt.Errorf("authyctl doctor: %w: %s (%w)", ran, complaints.String(), err)
	}
	for _, check := range report.Checks {
		if len(check.NotSeen) > 0 {
			return nil, fmt.Errorf("authyctl doctor did not see all of %s: %s", check.ID,
				strings.Join(check.NotSeen, "; "))
		}
	}
	return report.Findings, nil
}
