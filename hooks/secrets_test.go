package hooks_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/hookd/hookdtest"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// secrets are the words that nobody may read anywhere: key, password, codes, hash, hookd's secret,
// and what stands around them.
var secrets = []string{"the-api-key", "the-Passw0rd", "7654321", "8765432", "$2a$04$hash", "the-hook-secret",
	"the-redis-password", "/protected/json/verify"}

// clean fails where text holds a secret.
func clean(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows %q:\n%s", where, secret, text)
		}
	}
}

// states are providers in all kinds of shape, and a configuration that is broken where its secrets
// are.
func states() map[string]func(t *testing.T) (url, settings string) {
	says := func(status int, body string) func(t *testing.T) (string, string) {
		return func(t *testing.T) (string, string) { return authytest.Says(t, status, body).URL, "" }
	}
	return map[string]func(t *testing.T) (string, string){
		"yes":          says(200, authytest.Valid),
		"key rejected": says(401, authytest.Error("60001")),
		"repeats what it was asked": func(t *testing.T) (string, string) {
			return authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusInternalServerError)
				fmt.Fprint(w, r.URL, r.Header)
			}).URL, ""
		},
		"redirects":      func(t *testing.T) (string, string) { return redirect(t), "" },
		"nobody listens": func(t *testing.T) (string, string) { return authytest.Nobody(t), "" },
		"broken settings": func(t *testing.T) (string, string) {
			return authytest.Nobody(t), "hookd: the-hook-secret\n"
		},
	}
}

// TestSecretsStaySecret looks for them in all that the hooks say, in their arguments and in
// /metrics.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	for name, state := range states() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, settings := state(t)
			s := newSetting(t, url, users, settings)
			s.write("secret", "the-hook-secret\n", 0o600)
			s.env = append(s.env, "AUTHY_HOOKD_SECRET_FILE="+filepath.Join(s.dir, "secret"))
			for _, typed := range []string{"the-Passw0rd7654321", "7654321", "the-Passw0rd7654321\x1b\n"} {
				for hook, c := range map[string]call{
					"checkpwd": {username: "alice", password: typed},
					"extauth":  {username: "alice", password: typed, user: stored},
					"keyint":   {username: "alice", answers: []string{"OK", "8765432"}},
				} {
					clean(t, hook+"'s stderr", viaProgram(t, s, hook, c).stderr)
				}
			}
			if settings == "" {
				watchHookd(t, s)
			}
			text, err := os.ReadFile(s.audit)
			if err != nil && settings == "" {
				t.Error(err)
			}
			clean(t, "the audit", string(text))
		})
	}
}

// watchHookd runs a hookd whose store is gone, has it judge and refuse, and reads all that it
// shows.
func watchHookd(t *testing.T, s *setting) {
	t.Helper()
	s.write("config.yaml", "hookd: {on_store_failure: allow, lockout: {per_ip: 100}}\n", 0o600)
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "hookd"), "-listen", "127.0.0.1:0")
	cmd.Dir = "/"
	cmd.Env = append(append([]string(nil), s.env...),
		"AUTHY_HOOKD_REDIS_URL=redis://u:the-redis-password@127.0.0.1:1/0")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	lines := bufio.NewReader(io.TeeReader(stderr, &said))
	url := hookdtest.Listening(t, lines)
	drained := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, lines); close(drained) }()
	if argv, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid)); err == nil {
		clean(t, "argv", string(argv))
	}
	for _, header := range []string{"the-hook-secret", "the-Passw0rd"} {
		for path, body := range map[string]string{
			"/checkpwd":     `{"username":"alice","password":"the-Passw0rd7654321","ip":"192.0.2.7"}`,
			"/extauth":      `{"username":"alice","password":"7654321","user":` + stored + `}`,
			"/keyint":       `{"step":3,"username":"alice","questions":["Authy code: "],"answers":["8765432"]}`,
			"/the-Passw0rd": `the-Passw0rd`,
		} {
			tell(t, url+path, header, body)
			tell(t, url+path, header, strings.Replace(body, `"password":"`, `"password":{"`, 1))
			tell(t, url+path, header, body+"7654321")
		}
	}
	res, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || !strings.Contains(string(metrics), `authy_hooks_attempts_total{hook="checkpwd"`) ||
		strings.Contains(string(metrics), "alice") {
		t.Errorf("metrics: %v\n%s", err, metrics)
	}
	clean(t, "/metrics", string(metrics))
	_ = cmd.Process.Signal(os.Interrupt)
	<-drained
	_ = cmd.Wait()
	clean(t, "hookd's stderr", said.String())
}

// tell sends hookd a call, whatever comes back.
func tell(t *testing.T, url, secret, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Hook-Secret", secret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
}
