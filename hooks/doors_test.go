// Package hooks_test runs the built hooks as SFTPGo does, through both doors: as programs in an
// empty environment and an odd folder, and over HTTP.
package hooks_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/hookd"
	"sftpgo-authy/hooks/internal/hookd/hookdtest"
	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/internal/conversation"
)

// bin is the folder of the built programs, set once before the tests.
var bin string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "hooks")
	if err != nil {
		panic(err)
	}
	bin = dir
	redis.Silence()
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin+"/", "./keyint", "./extauth", "./checkpwd",
		"./hookd")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s\n", out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// setting is a configuration for one test: files in a folder of its own and the variables that name
// them.
type setting struct {
	t     *testing.T
	dir   string
	audit string
	env   []string
}

// newSetting makes a configuration with the given provider, users file and further settings (YAML).
func newSetting(t *testing.T, provider, users, settings string) *setting {
	t.Helper()
	s := &setting{t: t, dir: t.TempDir()}
	s.audit = filepath.Join(s.dir, "audit.log")
	s.write("key", "the-api-key\n", 0o600)
	s.write("users", users, 0o644)
	s.write("config.yaml", settings, 0o644)
	s.env = []string{
		"AUTHY_HOOKS_CONFIG=" + filepath.Join(s.dir, "config.yaml"),
		"AUTHY_API_KEY_FILE=" + filepath.Join(s.dir, "key"),
		"AUTHY_API_URL=" + provider,
		"AUTHY_USERS_FILE=" + filepath.Join(s.dir, "users"),
		"AUTHY_AUDIT=" + s.audit,
	}
	return s
}

// configure writes the configuration file. DIR in it is the setting's folder.
func (s *setting) configure(settings string) {
	s.t.Helper()
	s.write("config.yaml", strings.ReplaceAll(settings, "DIR", s.dir), 0o644)
}

func (s *setting) write(name, text string, mode os.FileMode) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // past the umask
		s.t.Fatal(err)
	}
}

// records returns the audit's lines.
func (s *setting) records() []map[string]any {
	s.t.Helper()
	text, err := os.ReadFile(s.audit)
	if err != nil {
		s.t.Fatalf("audit: %v", err)
	}
	var list []map[string]any
	for line := range strings.Lines(string(text)) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			s.t.Fatalf("audit: line %q: %v", line, err)
		}
		list = append(list, r)
	}
	return list
}

// call is a login as SFTPGo hands it to a hook, for any of the three.
type call struct {
	username string
	password string   // checkpwd, extauth
	user     string   // extauth: the stored account
	extra    []string // extauth: further fields as name=value, in HTTP's spelling
	answers  []string // keyint
	ip       string   // default 192.0.2.7, "-" for none
	protocol string   // checkpwd and extauth; default FTP
}

// address returns where the call comes from, "" where SFTPGo does not say.
func (c call) address() string { return strings.Trim(or(c.ip, "192.0.2.7"), "-") }

// verdict is what SFTPGo got back.
type verdict struct {
	reply  string // the document, without its newline
	exit   int    // program's
	status int    // hookd's
	asked  []string
	stderr string
}

// failed says whether the hook reported a failure of its own.
func (v verdict) failed() bool { return v.exit == 1 || v.status == http.StatusInternalServerError }

// door lets a call in.
type door func(t *testing.T, s *setting, hook string, c call) verdict

// doors are all of them, by their name in the audit.
func doors() map[string]door { return map[string]door{"program": viaProgram, "http": viaHTTP} }

// command makes a program as SFTPGo starts it: nothing is inherited.
func command(t *testing.T, s *setting, hook string, c call) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, hook))
	cmd.Dir = "/"
	cmd.Env = append(append([]string(nil), s.env...), "SFTPGO_AUTHD_USERNAME="+c.username,
		"SFTPGO_AUTHD_IP="+c.address())
	switch hook {
	case "keyint":
		cmd.Env = append(cmd.Env, "SFTPGO_AUTHD_PASSWORD=$2a$04$hash")
		return cmd
	case "extauth":
		cmd.Env = append(cmd.Env, "SFTPGO_AUTHD_USER="+c.user)
		for _, field := range c.extra {
			name, value, _ := strings.Cut(field, "=")
			cmd.Env = append(cmd.Env, "SFTPGO_AUTHD_"+strings.ToUpper(name)+"="+value)
		}
	}
	cmd.Env = append(cmd.Env, "SFTPGO_AUTHD_PASSWORD="+c.password, "SFTPGO_AUTHD_PROTOCOL="+or(c.protocol, "FTP"))
	return cmd
}

func viaProgram(t *testing.T, s *setting, hook string, c call) verdict {
	t.Helper()
	cmd := command(t, s, hook, c)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	var v verdict
	rounds, reply, err := conversation.Hold(cmd, c.answers...)
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	for _, r := range rounds {
		v.asked = append(v.asked, question(t, r))
	}
	v.reply = reply
	v.exit, v.stderr = cmd.ProcessState.ExitCode(), errs.String()
	return v.oneDocument(t)
}

// oneDocument checks what holds for every answer: one JSON document on one line, and never nothing.
func (v verdict) oneDocument(t *testing.T) verdict {
	t.Helper()
	body, found := strings.CutSuffix(v.reply, "\n")
	if !found || strings.Contains(body, "\n") || !json.Valid([]byte(body)) {
		t.Fatalf("answer %q (exit %d, status %d), want one JSON document on one line\nstderr: %s", v.reply, v.exit,
			v.status, v.stderr)
	}
	v.reply = body
	return v
}

// round is what a keyboard-interactive hook says.
type round = conversation.Round

// question checks a round that asks, and returns its question.
func question(t *testing.T, r round) string {
	t.Helper()
	if len(r.Questions) != 1 || len(r.Echos) != 1 || r.Echos[0] {
		t.Fatalf("round %+v, want one question without echo", r)
	}
	if r.CheckPassword == 1 {
		return "(check) " + r.Questions[0]
	}
	return r.Questions[0]
}

// inside runs hookd in this process and returns its URL: the same code, configured by the same
// variables, without the start of a program for each row of a table.
func inside(t *testing.T, s *setting) string {
	t.Helper()
	return insideWith(t, s, nil)
}

// insideWith is inside with a way to call functions later.
func insideWith(t *testing.T, s *setting, after func(time.Duration, func()) func() bool) string {
	t.Helper()
	url, _ := hookdtest.Run(t, hookd.Host{Args: []string{"--listen", "127.0.0.1:0"}, Env: s.env, After: after})
	return url
}

// startHookd starts the program and returns its URL.
func startHookd(t *testing.T, s *setting) string {
	t.Helper()
	url, _, log := hookdProgram(t, s)
	go func() { _, _ = io.Copy(io.Discard, log) }() // ends with the program
	return url
}

// hookdProgram starts the program, which the test ends, and returns its URL and what it logs from
// then on.
func hookdProgram(t *testing.T, s *setting) (url string, cmd *exec.Cmd, log *bufio.Reader) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd = exec.CommandContext(ctx, filepath.Join(bin, "hookd"), "--listen", "127.0.0.1:0")
	cmd.Dir, cmd.Env = "/", s.env
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() }) // it may have ended
	log = bufio.NewReader(stderr)
	return hookdtest.Listening(t, log), cmd, log
}

// viaHTTP runs a hookd of its own and calls it.
func viaHTTP(t *testing.T, s *setting, hook string, c call) verdict {
	t.Helper()
	url := inside(t, s) + "/" + hook
	if hook == "keyint" {
		return converseHTTP(t, url, c)
	}
	body := map[string]any{"username": c.username, "password": c.password, "ip": c.address(),
		"protocol": or(c.protocol, "FTP")}
	if hook == "extauth" {
		body["public_key"], body["tls_cert"], body["keyboard_interactive"] = "", "", ""
		if c.user != "" {
			body["user"] = json.RawMessage(c.user)
		}
		for _, field := range c.extra {
			name, value, _ := strings.Cut(field, "=")
			body[name] = value
		}
	}
	return post(t, url, body).oneDocument(t)
}

// converseHTTP takes the steps that SFTPGo takes.
func converseHTTP(t *testing.T, url string, c call) (v verdict) {
	t.Helper()
	ip := c.address()
	request := "r" + ip
	body := map[string]any{"request_id": request, "step": 1, "username": c.username, "ip": ip,
		"password": "$2a$04$hash"}
	var asked []string
	for step := 2; ; step++ {
		v = post(t, url, body).oneDocument(t)
		var r round
		if err := json.Unmarshal([]byte(v.reply), &r); err != nil || r.AuthResult != 0 || v.status != http.StatusOK {
			v.asked = asked
			return v
		}
		asked = append(asked, question(t, r))
		if len(c.answers) < len(asked) {
			t.Fatalf("asked %q and the test has no answer", asked)
		}
		body = map[string]any{"request_id": request, "step": step, "username": c.username, "password": "$2a$04$hash",
			"answers": []string{c.answers[len(asked)-1]}, "questions": r.Questions}
	}
}

func post(t *testing.T, url string, body any) verdict {
	t.Helper()
	return postWith(t, url, body, http.Header{})
}

// postWith is post with headers.
func postWith(t *testing.T, url string, body any, header http.Header) verdict {
	t.Helper()
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // a raw account stays byte for byte
	if err := enc.Encode(body); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, &text)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	reply, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return verdict{reply: string(reply), status: res.StatusCode}
}
