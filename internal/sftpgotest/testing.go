package sftpgotest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/process"
	"sftpgo-authy/internal/untried"
)

// Start runs SFTPGo with env on top of the least that it needs, and waits until it serves. Its
// accounts survive a restart. Where there is no SFTPGo the test is skipped.
func Start(t testing.TB, env map[string]string) *Server {
	t.Helper()
	program, err := Find(os.Getenv("SFTPGO_BIN"))
	if err != nil {
		untried.Skip(t, "%v: this test needs a real one", err)
	}
	dir, addrs := t.TempDir(), ports.Addrs(t, 4)
	s := &Server{
		Servers: client.Servers{SSH: addrs[0], FTP: addrs[1], DAV: addrs[2], HTTP: addrs[3]},
		Program: program, Dir: dir, Out: process.NewOutput(),
	}
	s.Env = map[string]string{
		"SFTPGO_CONFIG_DIR":                                            dir,
		"SFTPGO_LOG_FILE_PATH":                                         filepath.Join(dir, "log"),
		"SFTPGO_SFTPD__HOST_KEYS":                                      filepath.Join(dir, "id_ed25519"),
		"SFTPGO_DATA_PROVIDER__DRIVER":                                 "bolt",
		"SFTPGO_DATA_PROVIDER__NAME":                                   filepath.Join(dir, "sftpgo.db"),
		"SFTPGO_DATA_PROVIDER__USERS_BASE_DIR":                         filepath.Join(dir, "data"),
		"SFTPGO_DATA_PROVIDER__BACKUPS_PATH":                           filepath.Join(dir, "backups"),
		"SFTPGO_DATA_PROVIDER__CREATE_DEFAULT_ADMIN":                   "1",
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
	s.launch(t)
	t.Cleanup(func() {
		_ = s.Stop()
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
	_ = s.Stop() // one that does not end in time is killed
	for name, value := range changes {
		if s.Env[name] = value; value == "" {
			delete(s.Env, name)
		}
	}
	s.launch(t)
}

func (s *Server) launch(t testing.TB) {
	t.Helper()
	if err := s.Launch(t.Context()); err != nil {
		t.Fatalf("%v\n%s\n%s", err, s.Out, s.Log())
	}
}

// Log returns SFTPGo's log.
func (s *Server) Log() string {
	text, _ := os.ReadFile(filepath.Join(s.Dir, "log")) // none yet: nothing to show
	return string(text)
}

// talk returns the end of the log without the lines of the HTTP server.
func (s *Server) talk() string {
	var b strings.Builder
	for line := range strings.Lines(s.Log()) {
		if !strings.Contains(line, `"sender":"httpd"`) {
			b.WriteString(line)
		}
	}
	return process.Tail(b.String(), 20)
}

// Call makes a call of the REST API as the administrator: path below /api/v2, body any JSON value
// or nil. It returns the answer's body and is fatal on an error.
func (s *Server) Call(t testing.TB, method, path string, body any) []byte {
	t.Helper()
	text, _, err := s.API.Call(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// AddUser makes an account with all permissions that is enabled; fields come on top.
func (s *Server) AddUser(t testing.TB, name, password string, fields map[string]any) {
	t.Helper()
	user := map[string]any{"username": name, "password": password, "status": 1,
		"permissions": map[string][]string{"/": {"*"}}}
	maps.Copy(user, fields)
	s.Call(t, http.MethodPost, "/users", user)
}

// APIKey makes an API key of the administrator.
func (s *Server) APIKey(t testing.TB) string {
	t.Helper()
	key, err := s.AdminKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// NewKey makes an API key of this description.
func (s *Server) NewKey(t testing.TB, key map[string]any) string {
	t.Helper()
	text, err := NewKey(t.Context(), s.API, key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// AdminKey allows the administrator API keys, and makes one that may do all that the administrator
// may.
func (s *Server) AdminKey(ctx context.Context) (string, error) {
	body, _, err := s.API.Call(ctx, http.MethodGet, "/admins/"+Admin, nil)
	if err != nil {
		return "", err
	}
	var admin map[string]any
	if err := json.Unmarshal(body, &admin); err != nil {
		return "", err
	}
	filters, _ := admin["filters"].(map[string]any)
	if filters == nil {
		filters = map[string]any{}
	}
	filters["allow_api_key_auth"], admin["filters"] = true, filters
	if _, _, err := s.API.Call(ctx, http.MethodPut, "/admins/"+Admin, admin); err != nil {
		return "", err
	}
	return NewKey(ctx, s.API, map[string]any{"name": "admin", "scope": 1, "admin": Admin})
}

// NewKey has SFTPGo make an API key of this description.
func NewKey(ctx context.Context, api *client.API, key map[string]any) (string, error) {
	body, _, err := api.Call(ctx, http.MethodPost, "/apikeys", key)
	if err != nil {
		return "", err
	}
	var made struct{ Key string }
	if err := json.Unmarshal(body, &made); err != nil || made.Key == "" {
		return "", fmt.Errorf("no API key in %s (%w)", body, err)
	}
	return made.Key, nil
}
