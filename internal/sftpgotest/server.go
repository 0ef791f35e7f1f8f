// Package sftpgotest runs a real SFTPGo for tests: the binary on PATH or SFTPGO_BIN, in a temporary
// folder, on loopback, with a provider that survives a restart. Where there is none the test is
// skipped.
package sftpgotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/untried"
)

// The administrator of every server here.
const (
	Admin    = "boss"
	Password = "boss-Passw0rd"
)

// Server is a running SFTPGo. The addresses are host:port.
type Server struct {
	SSH, FTP, DAV, HTTP string
	Dir                 string            // its configuration folder
	Env                 map[string]string // its whole environment
	Flags               []string          // of `sftpgo serve`, from the next restart on
	Work                string            // the folder that the next restart runs it in; "" for Dir
	PID                 int

	stop func()
}

// Start runs SFTPGo with env on top of the least that it needs, and waits until it serves.
func Start(t testing.TB, env map[string]string) *Server {
	t.Helper()
	dir := t.TempDir()
	addrs := ports.Addrs(t, 4)
	s := &Server{SSH: addrs[0], FTP: addrs[1], DAV: addrs[2], HTTP: addrs[3], Dir: dir}
	s.Env = map[string]string{
		"SFTPGO_CONFIG_DIR":                                            dir,
		"SFTPGO_LOG_FILE_PATH":                                         filepath.Join(dir, "log"),
		"SFTPGO_SFTPD__HOST_KEYS":                                      filepath.Join(dir, "id_ed25519"),
		"SFTPGO_DATA_PROVIDER__DRIVER":                                 "bolt",
		"SFTPGO_DATA_PROVIDER__NAME":                                   filepath.Join(dir, "sftpgo.db"),
		"SFTPGO_DATA_PROVIDER__USERS_BASE_DIR":                         filepath.Join(dir, "data"),
		"SFTPGO_DATA_PROVIDER__BACKUPS_PATH":                           filepath.Join(dir, "backups"),
		"SFTPGO_DATA_PROVIDER__CREATE_DEFAULT_ADMIN":                   "1",
		"SFTPGO_DEFAULT_ADMIN_USERNAME":                                Admin,
		"SFTPGO_DEFAULT_ADMIN_PASSWORD":                                Password,
		"SFTPGO_DATA_PROVIDER__PASSWORD_HASHING__BCRYPT_OPTIONS__COST": "4",
		"SFTPGO_COMMON__MAX_PER_HOST_CONNECTIONS":                      "0",
		"SFTPGO_COMMON__DEFENDER__LOGIN_DELAY__PASSWORD_FAILED":        "0",
	}
	for section, addr := range map[string]string{"SFTPD": s.SSH, "FTPD": s.FTP, "WEBDAVD": s.DAV, "HTTPD": s.HTTP} {
		host, port, _ := net.SplitHostPort(addr)
		s.Env["SFTPGO_"+section+"__BINDINGS__0__ADDRESS"] = host
		s.Env["SFTPGO_"+section+"__BINDINGS__0__PORT"] = port
	}
	maps.Copy(s.Env, env)
	s.run(t)
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("sftpgo's log, requests left out:\n%s", s.talk())
		}
	})
	return s
}

// Restart stops SFTPGo and runs it again with changes to its environment; a value of "" removes a
// variable.
func (s *Server) Restart(t testing.TB, changes map[string]string) {
	t.Helper()
	s.stop()
	for name, value := range changes {
		if s.Env[name] = value; value == "" {
			delete(s.Env, name)
		}
	}
	s.run(t)
}

// run starts the process.
func (s *Server) run(t testing.TB) {
	t.Helper()
	bin := os.Getenv("SFTPGO_BIN")
	if bin == "" {
		found, err := exec.LookPath("sftpgo")
		if err != nil {
			untried.Skip(t, "no sftpgo on PATH and none in SFTPGO_BIN: this test needs a real one")
		}
		bin = found
	}
	cmd := exec.Command(bin, append([]string{"serve"}, s.Flags...)...)
	if cmd.Dir = s.Work; cmd.Dir == "" {
		cmd.Dir = s.Dir
	}
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		cmd.Env = append(cmd.Env, name+"="+s.Env[name])
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.PID = cmd.Process.Pid
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	s.stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	}
	if !s.ready(ended) {
		s.stop()
		t.Fatalf("sftpgo did not start:\n%s\n%s", output.String(), s.Log())
	}
}

// ready waits until every listener answers. Listeners start independently of each other.
func (s *Server) ready(ended <-chan struct{}) bool {
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return false
		case <-deadline:
			return false
		case <-tick.C:
			if s.healthy() && s.listens("SFTPD", s.SSH) && s.listens("FTPD", s.FTP) && s.listens("WEBDAVD", s.DAV) {
				return true
			}
		}
	}
}

func (s *Server) healthy() bool {
	res, err := http.Get("http://" + s.HTTP + "/healthz")
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// listens says whether a server of a section answers, or need not because its port is 0.
func (s *Server) listens(section, addr string) bool {
	if s.Env["SFTPGO_"+section+"__BINDINGS__0__PORT"] == "0" {
		return true
	}
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// Log returns SFTPGo's log.
func (s *Server) Log() string {
	text, _ := os.ReadFile(filepath.Join(s.Dir, "log")) // none yet: nothing to show
	return string(text)
}

// talk returns the end of the log without the lines of the HTTP server.
func (s *Server) talk() string {
	var lines []string
	for line := range strings.Lines(s.Log()) {
		if !strings.Contains(line, `"sender":"httpd"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-20):], "")
}

// Call makes a call of the REST API as the administrator: path below /api/v2, body any JSON value
// or nil. It returns the answer's body and is fatal on a status of 400 and above.
func (s *Server) Call(t testing.TB, method, path string, body any) []byte {
	t.Helper()
	status, text := s.call(t, method, path, body, s.token(t))
	if status >= 400 {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	return text
}

// AddUser makes an account with all permissions that is enabled; fields come on top.
func (s *Server) AddUser(t testing.TB, name, password string, fields map[string]any) {
	t.Helper()
	user := map[string]any{"username": name, "password": password, "status": 1, "permissions": map[string][]string{"/": {"*"}}}
	maps.Copy(user, fields)
	s.Call(t, http.MethodPost, "/users", user)
}

// APIKey makes an API key of the administrator.
func (s *Server) APIKey(t testing.TB) string {
	t.Helper()
	var admin map[string]any
	if err := json.Unmarshal(s.Call(t, http.MethodGet, "/admins/"+Admin, nil), &admin); err != nil {
		t.Fatal(err)
	}
	admin["filters"].(map[string]any)["allow_api_key_auth"] = true
	s.Call(t, http.MethodPut, "/admins/"+Admin, admin)
	return s.NewKey(t, map[string]any{"name": "admin", "scope": 1, "admin": Admin})
}

// NewKey makes an API key of this description.
func (s *Server) NewKey(t testing.TB, key map[string]any) string {
	t.Helper()
	var got struct{ Key string }
	if err := json.Unmarshal(s.Call(t, http.MethodPost, "/apikeys", key), &got); err != nil {
		t.Fatal(err)
	}
	return got.Key
}

func (s *Server) token(t testing.TB) func(*http.Request) {
	t.Helper()
	token, err := s.Token(Admin, Password, "/token")
	if err != nil {
		t.Fatal(err)
	}
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func (s *Server) call(t testing.TB, method, path string, body any, auth func(*http.Request)) (int, []byte) {
	t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequest(method, fmt.Sprintf("http://%s/api/v2%s", s.HTTP, path), bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	auth(req)
	return send(t, req)
}
