package hookhost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/ports"
)

// setup is one configuration of hooks, for either target.
type setup struct {
	keyint, ext, chk   bool
	extScope, chkScope int
	timeout            time.Duration // of programs and of HTTP calls; 0 is long enough
	door               string        // doorProgram or doorHTTP
	scripts            string        // folder
	server             string        // base URL of the scripted HTTP hooks
}

const (
	doorProgram = "program"
	doorHTTP    = "http"
)

// noExitPause keeps a hook program built with the race detector from sleeping a second before it
// ends.
const noExitPause = "GORACE=atexit_sleep_ms=0"

// hook returns the hook's string in the configuration: a link to this binary whose name says what
// to play, or a URL.
func (s setup) hook(t *testing.T, on bool, name string) string {
	t.Helper()
	if !on {
		return ""
	}
	if s.door == doorHTTP {
		return strings.Replace(s.server, "http://", "http://hookuser:hookpass@", 1) + "/" + name
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(s.scripts, name)
	if err := os.Symlink(self, link); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return link
}

func (s setup) limit() time.Duration {
	if s.timeout != 0 {
		return s.timeout
	}
	return 30 * time.Second
}

// shorter is for the host, which knows time limits below a second.
func (s setup) shorter() setup {
	s.timeout /= 4
	return s
}

// target is a server under test.
type target interface {
	addresses() addresses
	addUser(t *testing.T, doc []byte)
	userJSON(t *testing.T, name string) string // empty if there is nobody of that name
}

type hostTarget struct{ *Host }

func startHost(t *testing.T, s setup) target {
	t.Helper()
	config := Config{
		Dir: t.TempDir(), ExternalAuthScope: s.extScope, CheckPasswordScope: s.chkScope,
		KeyboardInteractiveHook: s.hook(t, s.keyint, "keyint"), ExternalAuthHook: s.hook(t, s.ext, "extauth"), CheckPasswordHook: s.hook(t, s.chk, "checkpwd"),
		CommandTimeout: s.limit(), HTTPTimeout: s.limit(),
		CommandEnv:  []string{scriptDirVariable + "=" + s.scripts, "SFTPGO_AUTHD_IP=shadowed", "FOR=all", noExitPause},
		Commands:    []Command{{Path: filepath.Join(s.scripts, "checkpwd"), Timeout: s.limit(), Env: []string{"FOR=checkpwd"}, Args: []string{"-x", "y z"}}},
		HTTPHeaders: []Header{{Key: "X-Hook-Secret", Value: "s3cret"}, {Key: "X-Elsewhere", Value: "no", URL: "http://elsewhere/"}},
	}
	h, err := Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return hostTarget{h}
}

func (h hostTarget) addresses() addresses {
	return addresses{ssh: h.SSHAddr(), ftp: h.FTPAddr(), dav: h.DAVAddr()}
}

func (h hostTarget) addUser(t *testing.T, doc []byte) {
	t.Helper()
	if err := h.AddUser(doc); err != nil {
		t.Fatal(err)
	}
}

func (h hostTarget) userJSON(_ *testing.T, name string) string {
	doc, err := h.UserJSON(name)
	if err != nil {
		return ""
	}
	return string(doc)
}

type sftpgoTarget struct {
	addrs addresses
	rest  string
	token string
}

// startSFTPGo runs the sftpgo on PATH in a temporary folder, with everything that would make it
// differ from a fresh login switched off.
func startSFTPGo(t *testing.T, binary string, s setup) target {
	t.Helper()
	dir := t.TempDir()
	addrs := ports.Addrs(t, 4)
	port := func(i int) string { return addrs[i][strings.LastIndex(addrs[i], ":")+1:] }
	seconds := fmt.Sprint(int(s.limit() / time.Second))
	env := map[string]string{
		"CONFIG_DIR": dir, "LOG_FILE_PATH": filepath.Join(dir, "log"),
		"SFTPD__BINDINGS__0__ADDRESS": "127.0.0.1", "SFTPD__BINDINGS__0__PORT": port(0), "SFTPD__HOST_KEYS": filepath.Join(dir, "id_ed25519"),
		"FTPD__BINDINGS__0__ADDRESS": "127.0.0.1", "FTPD__BINDINGS__0__PORT": port(1),
		"WEBDAVD__BINDINGS__0__ADDRESS": "127.0.0.1", "WEBDAVD__BINDINGS__0__PORT": port(2),
		"HTTPD__BINDINGS__0__ADDRESS": "127.0.0.1", "HTTPD__BINDINGS__0__PORT": port(3),
		"HTTPD__BINDINGS__0__ENABLE_WEB_ADMIN": "false", "HTTPD__BINDINGS__0__ENABLE_WEB_CLIENT": "false", "HTTPD__BINDINGS__0__RENDER_OPENAPI": "false",
		"DATA_PROVIDER__DRIVER": "memory", "DATA_PROVIDER__NAME": "", "DATA_PROVIDER__USERS_BASE_DIR": filepath.Join(dir, "data"),
		"DATA_PROVIDER__CREATE_DEFAULT_ADMIN": "1", "DEFAULT_ADMIN_USERNAME": "boss", "DEFAULT_ADMIN_PASSWORD": "bosspw",
		"DATA_PROVIDER__PASSWORD_HASHING__BCRYPT_OPTIONS__COST": "4", "COMMON__MAX_PER_HOST_CONNECTIONS": "0",
		"DATA_PROVIDER__EXTERNAL_AUTH_HOOK": s.hook(t, s.ext, "extauth"), "DATA_PROVIDER__EXTERNAL_AUTH_SCOPE": fmt.Sprint(s.extScope),
		"DATA_PROVIDER__CHECK_PASSWORD_HOOK": s.hook(t, s.chk, "checkpwd"), "DATA_PROVIDER__CHECK_PASSWORD_SCOPE": fmt.Sprint(s.chkScope),
		"SFTPD__KEYBOARD_INTERACTIVE_AUTH_HOOK": s.hook(t, s.keyint, "keyint"),
		"COMMAND__TIMEOUT":                      seconds, "COMMAND__ENV": scriptDirVariable + "=" + s.scripts + ",SFTPGO_AUTHD_IP=shadowed,FOR=all," + noExitPause,
		"COMMAND__COMMANDS__0__PATH": filepath.Join(s.scripts, "checkpwd"), "COMMAND__COMMANDS__0__TIMEOUT": seconds,
		"COMMAND__COMMANDS__0__ENV": "FOR=checkpwd", "COMMAND__COMMANDS__0__ARGS": "-x,y z",
		"HTTP__TIMEOUT": seconds, "HTTP__HEADERS__0__KEY": "X-Hook-Secret", "HTTP__HEADERS__0__VALUE": "s3cret",
		"HTTP__HEADERS__1__KEY": "X-Elsewhere", "HTTP__HEADERS__1__VALUE": "no", "HTTP__HEADERS__1__URL": "http://elsewhere/",
	}
	cmd := exec.Command(binary, "serve")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir}
	for k, v := range env {
		cmd.Env = append(cmd.Env, "SFTPGO_"+k+"="+v)
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("sftpgo: %s", output.String())
		}
	})
	for _, addr := range addrs {
		waitForPort(t, addr)
	}
	target := &sftpgoTarget{addrs: addresses{ssh: addrs[0], ftp: addrs[1], dav: addrs[2]}, rest: "http://" + addrs[3] + "/api/v2"}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(target.call(t, http.MethodGet, "/token", nil)), &token); err != nil {
		t.Fatal(err)
	}
	target.token = token.AccessToken
	return target
}

func (s *sftpgoTarget) addresses() addresses { return s.addrs }

func (s *sftpgoTarget) addUser(t *testing.T, doc []byte) {
	t.Helper()
	s.call(t, http.MethodPost, "/users", doc)
}

func (s *sftpgoTarget) userJSON(t *testing.T, name string) string {
	t.Helper()
	var dump struct{ Users []json.RawMessage }
	if err := json.Unmarshal([]byte(s.call(t, http.MethodGet, "/dumpdata?output-data=1", nil)), &dump); err != nil {
		t.Fatal(err)
	}
	for _, raw := range dump.Users {
		var u struct{ Username string }
		if err := json.Unmarshal(raw, &u); err != nil {
			t.Fatal(err)
		}
		if u.Username == name {
			return string(raw)
		}
	}
	return ""
}

func (s *sftpgoTarget) call(t *testing.T, method, path string, body []byte) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.rest+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if s.token == "" {
		request.SetBasicAuth("boss", "bosspw")
	} else {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: loginTime}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s %v", method, path, response.Status, answer, err)
	}
	return string(answer)
}

func waitForPort(t *testing.T, addr string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return
		}
		<-tick.C
	}
	t.Fatalf("sftpgo does not listen on %s", addr)
}
