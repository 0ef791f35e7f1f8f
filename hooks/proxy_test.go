package hooks_test

import (
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/process"
	"sftpgo-authy/internal/untried"
)

// proxyProgram is a proxy that other people wrote, with files of its own.
type proxyProgram struct {
	name string
	// configure writes files into dir and returns the arguments of a proxy that listens on addr,
	// asks for user and password if wanted, and opens a way to one port alone.
	configure func(t *testing.T, dir, addr, port string, login bool) []string
}

var proxyPrograms = []proxyProgram{{"tinyproxy", tinyproxy}, {"squid", squid}}

// The proxy's user, as its configuration and as its URL have him.
const (
	proxyUser     = "hooks"
	proxyPassword = "the-proxy-password"
)

func file(t *testing.T, dir, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func tinyproxy(t *testing.T, dir, addr, port string, login bool) []string {
	t.Helper()
	host, own, _ := net.SplitHostPort(addr)
	text := fmt.Sprintf("Listen %s\nPort %s\nTimeout 60\nMaxClients 20\nAllow 127.0.0.1\nConnectPort %s\nLogFile %q\n",
		host, own, port, filepath.Join(dir, "log"))
	if login {
		text += "BasicAuth " + proxyUser + " " + proxyPassword + "\n"
	}
	return []string{"-d", "-c", file(t, dir, "tinyproxy.conf", text, 0o600)}
}

func squid(t *testing.T, dir, addr, port string, login bool) []string {
	t.Helper()
	// Squid drops its rights where it is started as root.
	for path := dir; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf(
		"http_port %s\npid_filename none\ncache deny all\naccess_log none\ncache_log /dev/null\ncoredump_dir none\n"+
			"hosts_file %s\nshutdown_lifetime 0 seconds\nacl there port %s\n", addr,
		file(t, dir, "hosts", "127.0.0.1 example.com\n", 0o644), port)
	allow := "http_access allow there\n"
	if login {
		helper := file(t, dir, "helper", "#!/bin/sh\nwhile read -r user password rest; do\n"+
			"  if [ \"$user $password\" = '"+proxyUser+" "+proxyPassword+
			"' ]; then echo OK; else echo ERR; fi\ndone\n", 0o755)
		text += "auth_param basic program " + helper + "\nauth_param basic realm x\nacl known proxy_auth REQUIRED\n"
		allow = "http_access allow there known\n"
	}
	return []string{"-N", "-f", file(t, dir, "squid.conf", text+allow+"http_access deny all\n", 0o644)}
}

// start starts the proxy for a test and returns its address. Where it is not installed the test is
// skipped, or fails if everything must be tried.
func (p proxyProgram) start(t *testing.T, port string, login bool) string {
	t.Helper()
	path, err := exec.LookPath(p.name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + p.name)
	}
	if err != nil {
		untried.Skip(t, "%s is not installed (Debian: apt-get install %s)", p.name, p.name)
	}
	addr, dir, said := ports.Addrs(t, 1)[0], t.TempDir(), process.NewOutput()
	running, err := process.Start(said, dir, os.Environ(), path, p.configure(t, dir, addr, port, login)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.Kill)
	if err := process.WaitListening(t.Context(), addr, running.Done); err != nil {
		t.Fatalf("%s: %v: %s", p.name, err, said)
	}
	return addr
}

// secureAPI is an API with TLS that accepts every code; a setting vouches for it as ca_file.
func secureAPI(t *testing.T) (url, port string, certificate []byte) {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, authytest.Valid)
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return server.URL, port, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// TestRealProxies: every hook gets through a proxy that lets it, with user and password where they
// are wanted, and a refusal denies where *no answer* may pass.
func TestRealProxies(t *testing.T) {
	t.Parallel()
	for _, program := range proxyPrograms {
		t.Run(program.name, func(t *testing.T) {
			t.Parallel()
			url, port, certificate := secureAPI(t)
			open, locked := program.start(t, port, false), program.start(t, port, true)
			elsewhere := program.start(t, "1", false)
			user := proxyUser + ":" + proxyPassword + "@"
			for name, c := range map[string]struct{ proxy, reason string }{
				"it lets everybody through": {"http://" + open, "code_right"},
				"it wants a password":       {"http://" + user + locked, "code_right"},
				"without the password":      {"http://" + locked, "provider_protocol"},
				"with a wrong password": {"http://" + proxyUser + ":x" + proxyPassword + "@" + locked,
					"provider_protocol"},
				"it does not open the way": {"http://" + user + elsewhere, "provider_protocol"},
				"it is gone":               {authytest.Nobody(t), "bypass_unreachable"},
			} {
				for doorName, via := range doors() {
					s := newSetting(t, url, users, "on_no_answer: allow\n")
					s.write("ca.pem", string(certificate), 0o644)
					s.write("config.yaml", "on_no_answer: allow\nca_file: "+filepath.Join(s.dir, "ca.pem")+"\n", 0o644)
					s.env = append(s.env, "AUTHY_PROXY_URL="+c.proxy)
					v := via(t, s, "checkpwd", call{username: "alice", password: "the-Passw0rd7654321"})
					records := s.records()
					if len(records) != 1 || records[0]["reason"] != c.reason ||
						v.failed() != (c.reason == "provider_protocol") {
						t.Errorf("%s, %s: got %+v and %v, want %s", name, doorName, v, records, c.reason)
					}
					if text := fmt.Sprint(v, records); strings.Contains(text, proxyPassword) ||
						strings.Contains(text, "aG9va3M6") {
						t.Errorf("%s, %s: the proxy's password is shown: %s", name, doorName, text)
					}
				}
			}
		})
	}
}

// TestProxyOfTheEnvironment: HTTPS_PROXY counts where the hook has it, and NO_PROXY takes names
// out. Only the proxy knows where the names lead.
func TestProxyOfTheEnvironment(t *testing.T) {
	t.Parallel()
	_, port, certificate := secureAPI(t)
	proxy := proxyPrograms[1].start(t, port, false)
	for name, c := range map[string]struct{ host, variable, reason string }{
		"through the proxy":       {"example.com", "NO_PROXY=192.0.2.0/24", "code_right"},
		"a name it does not know": {"nobody.invalid", "NO_PROXY=example.com", "provider_protocol"},
		"not through the proxy":   {"nobody.invalid", "no_proxy=.invalid", "provider_unreachable"},
	} {
		for doorName, via := range doors() {
			s := newSetting(t, "https://"+c.host+":"+port, users, "")
			s.write("ca.pem", string(certificate), 0o644)
			s.write("config.yaml", "ca_file: "+filepath.Join(s.dir, "ca.pem")+"\n", 0o644)
			s.env = append(s.env, "HTTPS_PROXY=http://"+proxy, c.variable)
			via(t, s, "extauth", call{username: "alice", password: "7654321", user: stored})
			if records := s.records(); len(records) != 1 || records[0]["reason"] != c.reason {
				t.Errorf("%s, %s: got %v, want %s", name, doorName, records, c.reason)
			}
		}
	}
}
