package hookhost

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/sftpgotest"
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
		KeyboardInteractiveHook: s.hook(t, s.keyint, "keyint"), ExternalAuthHook: s.hook(t, s.ext, "extauth"),
		CheckPasswordHook: s.hook(t, s.chk, "checkpwd"),
		CommandTimeout:    s.limit(), HTTPTimeout: s.limit(),
		CommandEnv: []string{scriptDirVariable + "=" + s.scripts, "SFTPGO_AUTHD_IP=shadowed", "FOR=all", noExitPause},
		Commands: []Command{{Path: filepath.Join(s.scripts, "checkpwd"), Timeout: s.limit(),
			Env: []string{"FOR=checkpwd"}, Args: []string{"-x", "y z"}}},
		HTTPHeaders: []Header{{Key: "X-Hook-Secret", Value: "s3cret"},
			{Key: "X-Elsewhere", Value: "no", URL: "http://elsewhere/"}},
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

type sftpgoTarget struct{ *sftpgotest.Server }

// startSFTPGo runs a real SFTPGo with everything switched off that would make it differ from a
// fresh login.
func startSFTPGo(t *testing.T, s setup) target {
	t.Helper()
	seconds := fmt.Sprint(int(s.limit() / time.Second))
	env := map[string]string{
		"HTTPD__BINDINGS__0__ENABLE_WEB_ADMIN": "false", "HTTPD__BINDINGS__0__ENABLE_WEB_CLIENT": "false",
		"HTTPD__BINDINGS__0__RENDER_OPENAPI": "false",
		"DATA_PROVIDER__DRIVER":              "memory", "DATA_PROVIDER__NAME": "",
		"DATA_PROVIDER__EXTERNAL_AUTH_HOOK":     s.hook(t, s.ext, "extauth"),
		"DATA_PROVIDER__EXTERNAL_AUTH_SCOPE":    fmt.Sprint(s.extScope),
		"DATA_PROVIDER__CHECK_PASSWORD_HOOK":    s.hook(t, s.chk, "checkpwd"),
		"DATA_PROVIDER__CHECK_PASSWORD_SCOPE":   fmt.Sprint(s.chkScope),
		"SFTPD__KEYBOARD_INTERACTIVE_AUTH_HOOK": s.hook(t, s.keyint, "keyint"),
		"COMMAND__TIMEOUT":                      seconds,
		"COMMAND__ENV": scriptDirVariable + "=" + s.scripts +
			",SFTPGO_AUTHD_IP=shadowed,FOR=all," + noExitPause,
		"COMMAND__COMMANDS__0__PATH":    filepath.Join(s.scripts, "checkpwd"),
		"COMMAND__COMMANDS__0__TIMEOUT": seconds,
		"COMMAND__COMMANDS__0__ENV":     "FOR=checkpwd", "COMMAND__COMMANDS__0__ARGS": "-x,y z",
		"HTTP__TIMEOUT": seconds, "HTTP__HEADERS__0__KEY": "X-Hook-Secret", "HTTP__HEADERS__0__VALUE": "s3cret",
		"HTTP__HEADERS__1__KEY": "X-Elsewhere", "HTTP__HEADERS__1__VALUE": "no",
		"HTTP__HEADERS__1__URL": "http://elsewhere/",
	}
	all := map[string]string{"PATH": "/usr/bin:/bin", "HOME": t.TempDir()}
	for name, value := range env {
		all["SFTPGO_"+name] = value
	}
	return sftpgoTarget{sftpgotest.Start(t, all)}
}

func (s sftpgoTarget) addresses() addresses { return addresses{ssh: s.SSH, ftp: s.FTP, dav: s.DAV} }

func (s sftpgoTarget) addUser(t *testing.T, doc []byte) {
	t.Helper()
	s.Call(t, http.MethodPost, "/users", json.RawMessage(doc))
}

func (s sftpgoTarget) userJSON(t *testing.T, name string) string {
	t.Helper()
	var dump struct{ Users []json.RawMessage }
	if err := json.Unmarshal(s.Call(t, http.MethodGet, "/dumpdata?output-data=1", nil), &dump); err != nil {
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
