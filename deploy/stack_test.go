package deploy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/ssh"
)

// The stack as a user gets it, once for each door, side by side on ports of their own: the accounts
// of the README log in as it says, and nothing less than that will do.
func TestStack(t *testing.T) {
	needImages(t)
	for _, stage := range []string{"mockauthy", "hookd", "sftpgo"} {
		build(t, stage) // so that the two stacks below find everything built
	}
	for name, door := range map[string]string{"hookd": "http://hookd:8890", "programs": "/usr/local/bin"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, door)
			s.loginsOfTheReadme(t)
			s.waysRound(t)
		})
	}
}

func (s stack) loginsOfTheReadme(t *testing.T) {
	t.Helper()
	for _, login := range []struct {
		name string
		try  func() error
	}{
		{"alice over SSH, with prompts", func() error {
			return s.prompts("alice", "alice-password", s.code(t, "alice"))
		}},
		{"bob over FTP, with the code", func() error { return s.ftp("bob", s.code(t, "bob")) }},
		{"carol over WebDAV, with password and code", func() error {
			return s.webdav("carol", "carol-password"+s.code(t, "carol"))
		}},
		{"erin over SSH, with a code of her own", func() error {
			return s.prompts("erin", "erin-password", erinsCode(t))
		}},
		{"dave over SSH, with the password", func() error { return s.password("dave", "dave-password") }},
	} {
		if err := login.try(); err != nil {
			t.Errorf("%s: %v", login.name, err)
		}
	}
}

// erinsCode returns a code of the secret that the demo has for erin.
func erinsCode(t *testing.T) string {
	t.Helper()
	address := regexp.MustCompile(`otpauth://\S+`).FindString(read(t, "deploy/demo/totp-secrets"))
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(key.Secret(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// waysRound tries less than both factors. The last one would replace alice's password by the code,
// had extauth said yes.
func (s stack) waysRound(t *testing.T) {
	t.Helper()
	for account, password := range map[string]string{"alice": "alice-password", "carol": "carol-password"} {
		for way, try := range map[string]func(string, string) error{"SSH password": s.password, "FTP": s.ftp,
			"WebDAV": s.webdav, "REST": s.rest} {
			s.refused(t, account+" by password alone over "+way, try(account, password))
		}
	}
	code := s.code(t, "alice")
	s.refused(t, "alice by code alone over FTP", s.ftp("alice", code))
	s.turnClock(t)
	s.refused(t, "alice by two codes over SSH", s.prompts("alice", code, s.code(t, "alice")))
	if err := s.prompts("alice", "alice-password", s.code(t, "alice")); err != nil {
		t.Errorf("alice with both, after all that: %v", err)
	}
}

var errRefused = errors.New("refused")

func (s stack) refused(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, errRefused) {
		t.Errorf("%s: %v, want it refused", what, err)
	}
}

// stack is a running compose project.
type stack struct {
	ssh, ftpAddr, dav, web, mock string
	docker                       func(...string) ([]byte, error)
}

func start(t *testing.T, door string) stack {
	t.Helper()
	// The last two are for passive FTP: docker-compose 1.29 takes a range of one port for something
	// else.
	const sftp, ftp, dav, web, mock, passive, end = 0, 1, 2, 3, 4, 5, 6
	first := takePorts(t, end+1)
	port := func(offset int) string { return strconv.Itoa(first + offset) }
	addr := func(offset int) string { return "127.0.0.1:" + port(offset) }
	s := stack{ssh: addr(sftp), ftpAddr: addr(ftp), dav: addr(dav), web: addr(web), mock: addr(mock)}
	env := append(os.Environ(),
		"SFTP_PORT="+port(sftp), "FTP_PORT="+port(ftp), "WEBDAV_PORT="+port(dav), "WEB_PORT="+port(web),
		"MOCKAUTHY_PORT="+port(mock),
		"FTP_PASSIVE_START="+port(passive), "FTP_PASSIVE_END="+port(end),
		"KEYINT_HOOK="+door+"/keyint", "EXTAUTH_HOOK="+door+"/extauth", "CHECKPWD_HOOK="+door+"/checkpwd")
	compose := []string{"docker", "compose"}
	if exec.Command("docker", "compose", "version").Run() != nil {
		compose = []string{"docker-compose"}
	}
	compose = append(compose, "-f", "../docker-compose.yml", "-p", "stack"+port(sftp))
	s.docker = func(args ...string) ([]byte, error) {
		args = append(compose[1:len(compose):len(compose)], args...)
		cmd := exec.Command(compose[0], args...)
		cmd.Env = env
		return cmd.CombinedOutput()
	}
	t.Cleanup(func() {
		if t.Failed() {
			logs, _ := s.docker("logs", "--no-color")
			t.Logf("%s", logs)
		}
		if out, err := s.docker("down", "-v", "--remove-orphans"); err != nil {
			t.Errorf("down: %v\n%s", err, out)
		}
	})
	if out, err := s.docker("up", "-d", "--build"); err != nil {
		t.Fatalf("up: %v\n%s", err, out)
	}
	id, err := s.docker("ps", "-q", "sftpgo")
	if err != nil {
		t.Fatalf("ps: %v\n%s", err, id)
	}
	healthy(t, string(bytes.TrimSpace(id)))
	greets(t, s.ssh)
	return s
}

// greets waits until SSH answers. SFTPGo is healthy as soon as its web server is, and makes its
// host keys meanwhile: on a busy machine for seconds, in which the engine takes connections and
// drops them.
func greets(t *testing.T, addr string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		err := greeting(addr)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no SSH on %s after a minute: %v", addr, err)
		}
		<-time.After(200 * time.Millisecond)
	}
}

func greeting(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second)) // what fails here fails the read
	_, err = io.ReadFull(conn, make([]byte, len("SSH-")))
	return err
}

// healthy waits until a running container's health check has passed.
func healthy(t *testing.T, id string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		state := docker(t, "inspect", "-f", "{{.State.Health.Status}}", id)
		if state == "healthy" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is %s after a minute", id, state)
		}
		<-time.After(200 * time.Millisecond)
	}
}

// code is what the person's phone shows.
func (s stack) code(t *testing.T, name string) string {
	t.Helper()
	reply, err := http.Get("http://" + s.mock + "/_mock/users/" + name + "/token")
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	var token struct{ Token string }
	if err := json.NewDecoder(reply.Body).Decode(&token); err != nil || token.Token == "" {
		t.Fatalf("code of %s: status %d, %v", name, reply.StatusCode, err)
	}
	return token.Token
}

// turnClock returns everybody a fresh code.
func (s stack) turnClock(t *testing.T) {
	t.Helper()
	reply, err := http.Post("http://"+s.mock+"/_mock/clock", "application/json", strings.NewReader(`{"advance":"60s"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		t.Fatalf("clock: status %d", reply.StatusCode)
	}
}

func (s stack) prompts(account, password, code string) error {
	return s.login(account, ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		var answers []string
		for _, q := range questions {
			switch q {
			case "Password: ":
				answers = append(answers, password)
			case "Authy code: ":
				answers = append(answers, code)
			default:
				return nil, fmt.Errorf("asked %q", q)
			}
		}
		return answers, nil
	}))
}

func (s stack) password(account, password string) error {
	return s.login(account, ssh.Password(password))
}

func (s stack) login(account string, method ssh.AuthMethod) error {
	client, err := ssh.Dial("tcp", s.ssh, &ssh.ClientConfig{
		User: account, Auth: []ssh.AuthMethod{method}, Timeout: 10 * time.Second,
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), // a container of this test
	})
	if err != nil {
		var network net.Error
		if errors.As(err, &network) {
			return err
		}
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	return client.Close()
}

func (s stack) ftp(account, password string) error {
	conn, err := ftp.Dial(s.ftpAddr, ftp.DialWithTimeout(10*time.Second))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Quit() }()
	var protocol *textproto.Error
	if err := conn.Login(account, password); errors.As(err, &protocol) && protocol.Code == ftp.StatusNotLoggedIn {
		return errRefused
	} else if err != nil {
		return err
	}
	_, err = conn.List("/") // through the passive port
	return err
}

func (s stack) webdav(account, password string) error {
	return get("PROPFIND", "http://"+s.dav+"/", http.StatusMultiStatus, account, password)
}

func (s stack) rest(account, password string) error {
	return get(http.MethodGet, "http://"+s.web+"/api/v2/user/token", http.StatusOK, account, password)
}

func get(method, url string, want int, account, password string) error {
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		return err
	}
	r.SetBasicAuth(account, password)
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	_ = reply.Body.Close()
	switch reply.StatusCode {
	case want:
		return nil
	case http.StatusUnauthorized, http.StatusForbidden:
		return errRefused
	}
	return fmt.Errorf("%s: status %d", url, reply.StatusCode)
}
