package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/internal/cli"
	"sftpgo-authy/mockauthy/mockapi"
)

// buffer is a bytes.Buffer for a writer and a reader in different goroutines.
type buffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}

// running is a server started through the command line.
type running struct {
	url      string
	out, err *buffer
	stop     func() int // stops it and gives the exit code
}

// launch starts the server with these arguments and waits until it is ready.
func launch(t *testing.T, env []string, args ...string) running {
	t.Helper()
	portFile := filepath.Join(t.TempDir(), "port")
	ctx, cancel := context.WithCancel(t.Context())
	r := running{out: &buffer{}, err: &buffer{}}
	code := make(chan int, 1)
	sys := cli.System{Out: r.out, Err: r.err, Env: env, Now: time.Now}
	go func() { code <- cli.Main(ctx, append(args, "--listen", "127.0.0.1:0", "--port-file", portFile), sys) }()
	var once sync.Once
	result := 0
	r.stop = func() int {
		cancel()
		once.Do(func() { result = <-code })
		return result
	}
	t.Cleanup(func() { r.stop() })
	health := cli.System{Out: io.Discard, Err: r.err,
		Env: []string{"MOCKAUTHY_LISTEN=127.0.0.1:0", "MOCKAUTHY_PORT_FILE=" + portFile}, Now: time.Now}
	if got := cli.Main(ctx, []string{"healthcheck", "--wait", "1m"}, health); got != 0 {
		t.Fatalf("not ready: %s", r.err)
	}
	port, err := os.ReadFile(portFile)
	if err != nil || !regexp.MustCompile(`^[0-9]+\n$`).Match(port) {
		t.Fatalf("port file %q: %v", port, err)
	}
	r.url = "http://127.0.0.1:" + strings.TrimSpace(string(port))
	return r
}

// maxStop is a second and what a busy machine adds.
const maxStop = 5 * time.Second

func TestServeFromStartToEnd(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"serve"}} {
		r := launch(t, nil, args...)
		begin := time.Now()
		if code := r.stop(); code != 0 {
			t.Errorf("exit code %d, want 0: %s", code, r.err)
		}
		if took := time.Since(begin); took > maxStop {
			t.Errorf("stopping took %v, want about half a second", took)
		}
		if !strings.Contains(r.err.String(), `"msg":"ready"`) ||
			!strings.Contains(r.err.String(), `"url":"`+r.url+`"`) {
			t.Errorf("the log does not announce the address: %s", r.err)
		}
	}
}

func TestItStopsAtOnceWhileSomebodyHangsOn(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	conn, err := http.Get(r.url + "/_mock/readyz") // leaves an idle connection
	if err != nil {
		t.Fatal(err)
	}
	conn.Body.Close()
	begin := time.Now()
	if code := r.stop(); code != 0 || time.Since(begin) > maxStop {
		t.Errorf("exit code %d after %v, want 0 in about half a second", code, time.Since(begin))
	}
}

func TestTheBannersCurlLineWorks(t *testing.T) {
	t.Parallel()
	r := launch(t, nil, "--api-key", "it's-a-key")
	line := regexp.MustCompile(`(?m)^  curl .*$`).FindString(r.out.String())
	for _, want := range []string{r.url, "alice", "otpauth://totp/", "it's-a-key", "/_mock/users/4815162/code", line} {
		if want == "" || !strings.Contains(r.out.String(), want) {
			t.Fatalf("the banner has no %q:\n%s", want, r.out)
		}
	}
	if _, err := exec.LookPath("curl"); err != nil {
		untried.Skip(t, "curl is not installed: the line is not run")
	}
	client := &mockapi.Client{URL: r.url}
	if _, err := client.TurnClock(t.Context(), mockapi.ClockChange{Advance: mockapi.Duration(time.Hour)}); err != nil {
		// as long as somebody looks at the screen
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", line).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "200 OK") || !strings.Contains(string(out), `"token":"is valid"`) {
		t.Errorf("%s\ngave %v\n%s", line, err, out)
	}
}

// TestCallsOfTheTutorial runs the calls of Authy's tutorial with real curl, only the host changed.
func TestCallsOfTheTutorial(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		untried.Skip(t, "curl is not installed")
	}
	r := launch(t, nil)
	curl := func(script string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
		cmd.Env = append(os.Environ(), "URL="+r.url, "KEY=X-Authy-API-Key: mock-api-key")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		return string(out)
	}
	if got := curl(`curl -s "$URL/protected/json/app/details" -H "$KEY"`); !strings.Contains(got,
		`"message":"Application information."`) {
		t.Errorf("app details: %s", got)
	}
	made := curl(`curl -s -XPOST "$URL/protected/json/users/new" -H "$KEY" --data-urlencode ` +
		`user[email]="user@domain.com" --data-urlencode user[cellphone]="317-338-9302" --data-urlencode ` +
		`user[country_code]="54"`)
	id := regexp.MustCompile(`"user":\{"id":([0-9]+)\}`).FindStringSubmatch(made)
	if id == nil {
		t.Fatalf("users/new: %s", made)
	}
	token := regexp.MustCompile(`"token":"([0-9]{7})"`).FindStringSubmatch(
		curl(`curl -s "$URL/_mock/users/` + id[1] + `/token"`))
	if token == nil {
		t.Fatal("no token")
	}
	got := curl(`curl -s -i "$URL/protected/json/verify/` + token[1] + `/` + id[1] + `" -H "$KEY"`)
	if !strings.HasPrefix(got, "HTTP/1.1 200 OK") || !strings.Contains(got, `"token":"is valid"`) ||
		!strings.Contains(got, `"success":"true"`) {
		t.Errorf("verify: %s", got)
	}
	got = curl(`curl -s -i "$URL/protected/json/verify/` + token[1] + `/` + id[1] + `" -H "$KEY"`)
	if !strings.HasPrefix(got, "HTTP/1.1 401") || !strings.Contains(got, `"error_code":"60019"`) {
		t.Errorf("verify again: %s", got)
	}
}

func TestSeedFiles(t *testing.T) {
	t.Parallel()
	write := func(text string) string {
		file := filepath.Join(t.TempDir(), "seed.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	r := launch(t, nil, "--seed", write("users:\n- name: bob\n  cellphone: 2015550123\n"), "--api-key", "k")
	if strings.Contains(r.out.String(), "alice") || !strings.Contains(r.out.String(), "bob") {
		t.Errorf("the banner shows another user: %s", r.out)
	}
	for name, row := range map[string]struct{ text, want string }{
		"an unknown field":     {"user: []", "user: there is no such field"},
		"a phone that is none": {"users: [{cellphone: abc}]", "users[0].cellphone"},
		"an unknown setting": {"settings: {sms: false}",
			"settings.sms: there is no such field, want one of app_id, "},
		"a misspelt field": {"users: [{name: ann, cellphone: 2015550123}, {name: bob, cellfone: 1}]",
			"users[1].cellfone: there is no such field (bob), want one of id, name, email, "},
		"somebody's phone": {"users: [{name: bob, cellphone: abc}]",
			"users[0].cellphone: \"abc\" is no telephone number: want 4 to 15 digits, with spaces, dashes, dots or " +
				"parentheses between them (user bob)"},
		"a phone taken": {
			"users: [{name: ann, cellphone: 2015550123}, {email: bob@x.test, cellphone: 201-555-0123}]",
			"users[1].cellphone: +12015550123 already belongs to another user (user bob@x.test)"},
		"an impossible one": {"settings: {delete_grace: -1h}", "delete_grace"},
		"no YAML":           {"users: [", "not YAML"},
		"a loop":            {"users: &a [*a]", "nested too deep"},
	} {
		var out, errs buffer
		code := cli.Main(t.Context(), []string{"--listen", "127.0.0.1:0", "--seed", write(row.text)},
			cli.System{Out: &out, Err: &errs, Now: time.Now})
		if code != 2 || !strings.Contains(errs.String(), row.want) {
			t.Errorf("%s: exit code %d, want 2 and %q in:\n%s", name, code, row.want, &errs)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{"/dev/zero": "too long", "/": "directory", "/gone": "no such file"} {
		for _, flag := range []string{"--seed", "--config"} {
			var all buffer
			code := cli.Main(t.Context(), []string{"--listen", "127.0.0.1:0", flag, file},
				cli.System{Out: &all, Err: &all, Now: time.Now})
			if code != 2 || !strings.Contains(all.String(), want) {
				t.Errorf("%s %s: exit code %d: %s", flag, file, code, &all)
			}
		}
	}
}

// TestAllMistakesAreToldAtOnce: also those that are found only when the first world is made.
func TestAllMistakesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--log-level", "loud", "--seed", "/gone", "--quirk", "odd", "--quirk", "sandbox", "--quirk", "queer", "--set",
			"nonsense=1", "--set", "sms_code.digits=99"},
		{"--log-level", "loud", "--seed", "/gone", "--quirk", "odd", "--quirk", "queer", "--set", "nonsense=1", "--set",
			"sms_code.digits=99", "--flag"},
	} {
		var all buffer
		code := cli.Main(t.Context(), args, cli.System{Out: &all, Err: &all, Now: time.Now})
		for _, want := range []string{"--log-level", "/gone", `quirk "odd"`, `quirk "queer"`, "--set nonsense=1",
			"--set sms_code.digits=99"} {
			if code != 2 || strings.Count(all.String(), want) != 1 {
				t.Errorf("%q: exit code %d, want 2 and %s once in:\n%s", args, code, want, &all)
			}
		}
	}
}

func TestMistakesOnTheCommandLine(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"help": {[]string{"--help"}, 0,
			[]string{"--listen", "MOCKAUTHY_LISTEN", "127.0.0.1:8880"}},
		"an unknown command":        {[]string{"srve"}, 2, []string{"srve", "hint:"}},
		"an unknown flag, and more": {[]string{"--lisen=1", "--log-level=loud"}, 2, []string{"--lisen", "hint:"}},
		"bad values": {[]string{"--listen=1", "--log-level=loud"}, 2,
			[]string{"--listen", "--log-level", "hint:"}},
		"exposed by accident":      {[]string{"--listen=0.0.0.0:0"}, 2, []string{"--expose"}},
		"a health check of nobody": {[]string{"healthcheck", "--url", "http://127.0.0.1:1"}, 1, []string{"not ready"}},
		"a health check of no URL": {[]string{"healthcheck", "--url", "::", "--wait", "10s"}, 2, []string{"--url"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all buffer
			code := cli.Main(t.Context(), row.args, cli.System{Out: &all, Err: &all, Now: time.Now})
			if code != row.code {
				t.Errorf("exit code %d, want %d: %s", code, row.code, &all)
			}
			for _, want := range row.want {
				if !strings.Contains(all.String(), want) {
					t.Errorf("nothing about %q in:\n%s", want, &all)
				}
			}
		})
	}
}

func TestAPortThatIsTaken(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	var all buffer
	code := cli.Main(t.Context(), []string{"--listen", strings.TrimPrefix(r.url, "http://")},
		cli.System{Out: &all, Err: &all, Now: time.Now})
	if code != 1 || !strings.Contains(all.String(), "choose a port") {
		t.Errorf("exit code %d: %s", code, &all)
	}
}
