package deploy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/ssh"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/mockapi"
)

// pasted is a server set up from docs/production.md in a folder of its own: paths and ports are
// changed, owners and systemd are left out, and everything else runs as it stands on the page.
type pasted struct {
	t       *testing.T
	root    string // takes the place of /
	work    string // the folder in which a person pastes
	env     []string
	replace *strings.Replacer
	ssh     string
	web     string
	hookd   string
	mock    *mockapi.Client
	shown   map[string]string // addresses of secrets of local TOTP, by account, as authyctl showed them
}

// newPasted builds the programs and starts a mock of Authy, which answers for api.authy.com behind
// a proxy.
func newPasted(t *testing.T) *pasted {
	t.Helper()
	sftpgo := os.Getenv("SFTPGO_BIN")
	if sftpgo == "" {
		sftpgo = untried.Program(t, "none; SFTPGo has its own packages", "sftpgo")
	}
	for _, program := range []string{"bash", "curl", "openssl"} {
		untried.Program(t, program, program)
	}
	root, err := os.MkdirTemp("", "page") // a short path: a Unix socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	addrs := ports.Addrs(t, 5)
	port := func(i int) string { _, p, _ := net.SplitHostPort(addrs[i]); return p }
	p := &pasted{t: t, root: root, work: filepath.Join(root, "work"), ssh: addrs[0], web: "http://" + addrs[1],
		hookd: addrs[2]}
	p.replace = strings.NewReplacer(
		"/etc/", root+"/etc/", "/usr/local/bin/", root+"/usr/local/bin/", "/var/", root+"/var/", "/run/", root+"/run/",
		"/srv/", root+"/srv/", "/root/", root+"/root/",
		`"port": 2022`, `"port": `+port(0), `"port": 8080`, `"port": `+port(1), ":8080", ":"+port(1), ":8890",
		":"+port(2),
	)
	for _, dir := range []string{"etc/systemd/system", "etc/sftpgo", "usr/local/bin", "var/log", "var/lib/sftpgo",
		"run", "srv", "root", "etc/logrotate.d", "work/deploy/systemd", "work/deploy/logrotate"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.write(filepath.Join(p.work, "deploy/systemd/hookd.service"),
		p.replace.Replace(read(t, "deploy/systemd/hookd.service")))
	p.write(filepath.Join(p.work, "deploy/logrotate/sftpgo-authy"),
		logrotateFor(t, filepath.Join(root, "var/log/sftpgo-authy")))
	buildInto(t, filepath.Join(p.work, "bin"), "./mockauthy", "./hooks/hookd", "./hooks/authyctl")
	p.startMock(addrs[3], "--proxy-listen", addrs[4])
	stubs, err := filepath.Abs("testdata/stubs")
	if err != nil {
		t.Fatal(err)
	}
	p.env = []string{
		"PATH=" + stubs + ":" + filepath.Join(root, "usr/local/bin") + ":" + os.Getenv("PATH"), "HOME=" + root,
		"ROOT=" + root, "SFTPGO=" + sftpgo,
		"HTTPS_PROXY=http://" + addrs[4], "NO_PROXY=127.0.0.1", "SSL_CERT_FILE=" + filepath.Join(root, "ca.pem"),
		// authyctl's own default is a path that this test cannot have.
		"AUTHY_HOOKS_CONFIG=" + filepath.Join(root, "etc/sftpgo-authy/hookd.yaml"),
	}
	t.Cleanup(p.stop)
	return p
}

// stopOne ends a program that systemctl's stub started.
func (p *pasted) stopOne(program string) error {
	cmd := exec.Command("systemctl", "stop", program)
	cmd.Path, cmd.Env = "testdata/stubs/systemctl", p.env
	return cmd.Run()
}

// stop ends all that systemctl's stub started.
func (p *pasted) stop() {
	for _, program := range []string{"sftpgo", "hookd"} {
		_ = p.stopOne(program)
		if p.t.Failed() {
			text, _ := os.ReadFile(filepath.Join(p.root, program+".log"))
			p.t.Logf("%s said:\n%s", program, text)
		}
	}
}

// buildInto builds programs of this repository, named from its root. Unlike `go build`, `go run`
// keeps what it has linked, so each program is linked once for all tests: cp is run with it.
func buildInto(t *testing.T, dir string, packages ...string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range packages {
		cmd := exec.Command("go", "run", "-ldflags=-s -w", "-exec=cp", name, filepath.Join(dir, filepath.Base(name)))
		cmd.Dir = ".."
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, out)
		}
	}
}

// startMock runs mockauthy with flags, and keeps the certificate of its authority as ca.pem.
func (p *pasted) startMock(listen string, flags ...string) {
	p.t.Helper()
	cmd := exec.Command(filepath.Join(p.work, "bin/mockauthy"), append([]string{"--listen", listen}, flags...)...)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	p.mock = &mockapi.Client{URL: "http://" + listen, Key: "mock-api-key"}
	p.eventually(func() error { return getInto("http://"+listen+"/_mock/ca.pem", filepath.Join(p.root, "ca.pem")) })
}

// getInto fetches a file.
func getInto(url, path string) error {
	res, err := http.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %w", res.Status, err)
	}
	return os.WriteFile(path, text, 0o600)
}

// eventually waits until a program that was started does what it should.
func (p *pasted) eventually(try func() error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatal(err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (p *pasted) write(path, text string) {
	p.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// paste does what the page says, and returns what the last block printed.
func (p *pasted) paste(steps []step) string {
	p.t.Helper()
	var last string
	for _, s := range steps {
		if s.file != "" {
			p.write(p.replace.Replace(s.file), p.replace.Replace(s.text))
			continue
		}
		typed := ""
		if strings.Contains(s.text, "/dev/stdin /etc/sftpgo-authy/api-key") {
			typed = "mock-api-key\n"
		}
		if strings.Contains(s.text, "-sftpgo-otp") {
			secret := p.secondFactorOfAdmin()
			code, err := totp.GenerateCode(secret, time.Now())
			if err != nil {
				p.t.Fatal(err)
			}
			typed = code + "\n"
		}
		last = p.shell(s.text, typed)
	}
	return last
}

// shell runs commands as they stand on a page, and returns what they print. Somebody sits at the
// terminal who types what is given, and a code of each secret that is drawn there.
func (p *pasted) shell(commands, typed string) string {
	p.t.Helper()
	text := p.replace.Replace(commands)
	in, keyboard, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	defer in.Close()
	defer keyboard.Close()
	if _, err := io.WriteString(keyboard, typed); err != nil {
		p.t.Fatal(err)
	}
	if !strings.Contains(commands, "authyctl enroll") {
		_ = keyboard.Close()
	}
	who := &person{p: p, keyboard: keyboard}
	cmd := exec.CommandContext(p.t.Context(), "bash", "-euo", "pipefail", "-c", text)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.work, p.env, in, who, who
	if err := cmd.Run(); err != nil {
		p.t.Fatalf("%v\n%s\n%s", err, text, who.screen.String())
	}
	return who.screen.String()
}

// secondFactorOfAdmin does what the administrator does in the web admin, and returns the secret of
// the phone.
func (p *pasted) secondFactorOfAdmin() string {
	p.t.Helper()
	password, err := os.ReadFile(filepath.Join(p.root, "root/sftpgo-admin"))
	if err != nil {
		p.t.Fatal(err)
	}
	call := func(method, path, body string, auth func(*http.Request), into any) {
		p.t.Helper()
		req, err := http.NewRequestWithContext(p.t.Context(), method, p.web+"/api/v2"+path, strings.NewReader(body))
		if err != nil {
			p.t.Fatal(err)
		}
		auth(req)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			p.t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(into); err != nil || res.StatusCode != http.StatusOK {
			p.t.Fatalf("%s %s: %s, %v", method, path, res.Status, err)
		}
	}
	var token struct {
		Token string `json:"access_token"`
	}
	call("GET", "/token", "", func(r *http.Request) { r.SetBasicAuth("admin", strings.TrimSpace(string(password))) },
		&token)
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Token) }
	var made struct{ Secret string }
	call("POST", "/admin/totp/generate", `{"config_name":"Default"}`, bearer, &made)
	call("POST", "/admin/totp/save",
		`{"enabled":true,"config_name":"Default","secret":{"status":"Plain","payload":"`+made.Secret+`"}}`, bearer,
		&struct{}{})
	return made.Secret
}

// person is somebody at a terminal, who scans what is drawn there, and types a code of it.
type person struct {
	p        *pasted
	keyboard io.Writer
	screen   strings.Builder
	seen     int // secrets
}

var secretShown = regexp.MustCompile(`otpauth://totp/\w+:(\w+)\?\S+\n`)

// Write implements [io.Writer]: the screen.
func (s *person) Write(text []byte) (int, error) {
	n, _ := s.screen.Write(text) // it cannot fail
	for _, last := range secretShown.FindAllStringSubmatch(s.screen.String(), -1)[s.seen:] {
		s.seen++
		if s.p.shown == nil {
			s.p.shown = map[string]string{}
		}
		address := strings.TrimSpace(last[0])
		s.p.shown[last[1]] = address
		if _, err := io.WriteString(s.keyboard, localCode(s.p.t, address, time.Now())+"\n"); err != nil {
			return n, err
		}
	}
	return n, nil
}

// localCode returns the code of a secret at a moment.
func localCode(t *testing.T, address string, at time.Time) string {
	t.Helper()
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(key.Secret(), at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// code returns a code of an account that counts: of local TOTP the next one, for the present one
// was typed to enrol.
func (p *pasted) code(account string) string {
	p.t.Helper()
	if address, local := p.shown[account]; local {
		return localCode(p.t, address, time.Now().Add(30*time.Second))
	}
	text, err := os.ReadFile(filepath.Join(p.root, "etc/sftpgo-authy/users"))
	if err != nil {
		p.t.Fatal(err)
	}
	id := regexp.MustCompile(`(?m)^` + account + `: (\d+)\b`).FindSubmatch(text)
	if id == nil {
		p.t.Fatalf("%s has no line in the users file: %s", account, text)
	}
	token, err := p.mock.Token(p.t.Context(), string(id[1]), "", 0)
	if err != nil {
		p.t.Fatal(err)
	}
	return token.Token
}

// logIn logs in over SSH.
func (p *pasted) logIn(account string, method ssh.AuthMethod) error {
	conn, err := ssh.Dial("tcp", p.ssh, &ssh.ClientConfig{
		User: account, Auth: []ssh.AuthMethod{method}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		Timeout: 20 * time.Second,
	})
	if err == nil {
		err = conn.Close()
	}
	return err
}

// answers returns one answer to each question.
func answers(list ...string) ssh.AuthMethod {
	return ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		n := min(len(questions), len(list))
		if n < len(questions) {
			return nil, errors.New("asked for more")
		}
		given := list[:n]
		list = list[n:]
		return given, nil
	})
}

// awaitSSH waits until SFTPGo has made its host keys: it is healthy before.
func (p *pasted) awaitSSH() {
	p.t.Helper()
	p.eventually(func() error {
		conn, err := net.Dial("tcp", p.ssh)
		if err == nil {
			err = conn.Close()
		}
		return err
	})
}

// logins tries to get in, as each account, with what suffices and with what does not.
func (p *pasted) logins() {
	p.t.Helper()
	p.awaitSSH()
	for _, c := range []struct {
		who, how string
		in       bool
		method   func() ssh.AuthMethod
	}{
		{"alice", "her password alone", false, func() ssh.AuthMethod { return ssh.Password("CHANGE-ME-alice") }},
		{"alice", "a wrong code", false, func() ssh.AuthMethod { return answers("CHANGE-ME-alice", "0000000") }},
		{"alice", "password and code", true, func() ssh.AuthMethod {
			return answers("CHANGE-ME-alice", p.code("alice"))
		}},
		{"bob", "a wrong code", false, func() ssh.AuthMethod { return ssh.Password("0000000") }},
		{"bob", "the code", true, func() ssh.AuthMethod { return ssh.Password(p.code("bob")) }},
		{"carol", "her password alone", false, func() ssh.AuthMethod { return ssh.Password("CHANGE-ME-carol") }},
		{"carol", "password and code", true, func() ssh.AuthMethod {
			return ssh.Password("CHANGE-ME-carol" + p.code("carol"))
		}},
	} {
		if err := p.logIn(c.who, c.method()); (err == nil) != c.in {
			p.t.Errorf("%s with %s: %v, want in: %v", c.who, c.how, err, c.in)
		}
	}
}
