package hookd

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// readiness is what /readyz answers.
type readiness struct {
	status   int
	Ready    bool
	Reasons  []string
	Degraded []string
}

func readyz(t *testing.T, addr string) readiness {
	t.Helper()
	status, body := ask(t, "GET", "http://"+addr+"/readyz", "", "")
	r := readiness{status: status}
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatalf("readyz %d %q: %v", status, body, err)
	}
	if r.Ready != (status == http.StatusOK) || r.Ready != (len(r.Reasons) == 0) {
		t.Errorf("readyz %d %s: contradicts itself", status, body)
	}
	return r
}

// standIn is an Authy whose answers can be changed: about the key, and about codes.
type standIn struct {
	URL      string
	key      atomic.Value // func(http.ResponseWriter)
	code     atomic.Value
	askedKey atomic.Int32
}

func says(status int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(status); _, _ = w.Write([]byte(body)) }
}

const goodKey = `{"app":{"app_id":1,"name":"x"},"message":"m","success":true}`

func newProvider(t *testing.T) *standIn {
	t.Helper()
	p := &standIn{}
	p.key.Store(says(200, goodKey))
	p.code.Store(says(200, authytest.Valid))
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		which := &p.code
		if r.URL.Path == "/protected/json/app/details" {
			p.askedKey.Add(1)
			which = &p.key
		}
		which.Load().(func(http.ResponseWriter))(w)
	}))
	t.Cleanup(web.Close)
	p.URL = web.URL
	return p
}

// TestAFullMemoryIsDegraded: what attackers can fill must not make a balancer send everybody
// elsewhere.
func TestAFullMemoryIsDegraded(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(0)
	memory := inprocess.New(func() time.Time { return now })
	var check func(context.Context) health.Finding
	for _, c := range (watched{own: memory}).checks() {
		if c.Part == partMemory {
			check = c.Run
		}
	}
	if found := check(t.Context()); found != (health.Finding{}) {
		t.Errorf("empty: %+v", found)
	}
	for n := range 100_000 {
		if err := memory.Set(t.Context(), storetest.Key(store.Address, n), "a", time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if found, want := check(t.Context()),
		(health.Finding{Level: health.Degraded, Why: "full of addresses"}); found != want {
		t.Errorf("full: %+v, want %+v", found, want)
	}
	now = now.Add(time.Hour)
	for range 100 { // calls clear away what has ended
		_ = memory.Full()
	}
	if found := check(t.Context()); found != (health.Finding{}) {
		t.Errorf("an hour later: %+v", found)
	}
}

// TestReadySaysWhetherAnybodyCanLogIn: 503 where nobody can, whatever else is well, and 200 with a
// word where some can.
func TestReadySaysWhetherAnybodyCanLogIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	users := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	full := "/dev/full"
	for name, c := range map[string]struct {
		env      []string
		config   string
		key      func(http.ResponseWriter)
		status   int
		sentence string // "" for none
	}{
		"all is well": {status: 200},
		"no users file": {env: []string{"AUTHY_USERS_FILE=" + dir + "/none"}, status: 503,
			sentence: "users file: it does not exist"},
		"writable by others": {env: []string{"AUTHY_USERS_FILE=" + users("open", "ann: 1\n", 0o664)}, status: 503,
			sentence: "users file: it is refused: mode 0664, want 0644 or stricter"},
		"nothing but rubbish": {env: []string{"AUTHY_USERS_FILE=" + users("rubbish", "zoe secret\n", 0o644)},
			status: 503, sentence: "users file: no line is sound: line 1: has no colon; want name: id"},
		"nobody in it": {env: []string{"AUTHY_USERS_FILE=" + users("empty", accounts.Nobody+"\n", 0o644)},
			status: 503, sentence: "users file: it names nobody"},
		"one line is broken": {
			env: []string{"AUTHY_USERS_FILE=" + users("half", "zoe: secret\nann: 1\n", 0o644)}, status: 200,
			sentence: "users file: line 1: authy id: want 1 to 10 digits, the first not 0; accounts on these " +
				"lines are denied",
		},
		"lines that were lost": {
			env: []string{"AUTHY_USERS_FILE=" + users("lost", "# staff\n", 0o644)}, status: 503,
			sentence: `users file: it has no line with an account; want one, or the line "# nobody" where ` +
				`that is meant`,
		},
		"nobody in it, and passwords do": {
			env:    []string{"AUTHY_USERS_FILE=" + users("empty2", accounts.Nobody, 0o644)},
			config: "unmapped: {keyint: password_only}", status: 200,
		},
		"the key is refused": {key: says(401, authytest.Error("60001")), status: 503,
			sentence: "Authy: refuses the API key"},
		"the key is good, and the call refused": {key: says(403, authytest.Error("60004")), status: 200},
		"too many calls":                        {key: says(429, authytest.Error("60003")), status: 200},
		"not Authy": {key: says(404, "<html>"), status: 200,
			sentence: "Authy: what answered is not Authy; are api_url and the proxy right?"},
		"Authy is down": {env: []string{"AUTHY_API_URL=http://127.0.0.1:1"}, status: 200,
			sentence: "Authy: does not answer"},
		"no shared store": {config: "hookd: {redis_url: 'redis://127.0.0.1:1/0'}", status: 503,
			sentence: "shared store: does not answer"},
		"no shared store, and none is needed": {
			config: "hookd: {redis_url: 'redis://127.0.0.1:1/0', on_store_failure: allow}", status: 200,
			sentence: "shared store: does not answer; logins go on without lockout and memory of codes",
		},
		"no REST API": {
			config: "account_sources: [file, additional_info]\nsftpgo_url: http://127.0.0.1:1\nsftpgo_api_key_file: " +
				users("api.key", "k.secret\n", 0o600),
			status: 200,
			sentence: "SFTPGo's REST API: does not answer as it should; keyint and checkpwd cannot find out who " +
				"an account is",
		},
		"an audit that is no file": {env: []string{"AUTHY_AUDIT=" + full}, status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			if c.key != nil {
				p.key.Store(c.key)
			}
			addr, out, stop := configured(t, c.config, append([]string{"AUTHY_API_URL=" + p.URL}, c.env...)...)
			got := readyz(t, addr)
			if all := append(got.Reasons, got.Degraded...); got.status != c.status ||
				strings.Join(all, "|") != c.sentence {
				t.Errorf("got %+v, want %d %q", got, c.status, c.sentence)
			}
			stop()
			if c.sentence != "" && !strings.Contains(out.String(), `"level":"WARN"`) {
				t.Errorf("no warning at start: %s", out)
			}
			for _, secret := range []string{dir, "zoe", "k.secret", "127.0.0.1"} {
				if text := strings.Join(append(got.Reasons, got.Degraded...), " "); strings.Contains(text, secret) {
					t.Errorf("readyz shows %q: %s", secret, text)
				}
			}
		})
	}
}

// TestLoginsShowWhetherTheKeyIsGood: without another question about it, at once and both ways.
func TestLoginsShowWhetherTheKeyIsGood(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	addr, out, _ := daemon(t, []string{"-listen", "127.0.0.1:0"}, "AUTHY_API_URL="+p.URL)
	expect := func(when string, status int) {
		t.Helper()
		if got := readyz(t, addr); got.status != status {
			t.Errorf("%s: %+v, want %d", when, got, status)
		}
	}
	expect("at start", 200)
	p.code.Store(says(401, authytest.Error("60001")))
	login(t, addr, "1234567")
	expect("after a login that Authy refused the key for", 503)
	out.await(t, "not ready: nobody can log in")
	for _, limited := range []func(http.ResponseWriter){says(503, "<html>"), says(429, authytest.Error("60003"))} {
		p.code.Store(limited)
		login(t, addr, "1234568")
		expect("after an answer that says nothing about the key", 503)
	}
	p.code.Store(says(401, authytest.Invalid))
	login(t, addr, "1234569")
	expect("after a wrong code", 200)
	out.await(t, `"msg":"ready"`)
	if n := p.askedKey.Load(); n != 1 {
		t.Errorf("Authy was asked about the key %d times, want once", n)
	}
}

// TestStrangersCannotMakeItUnready: whatever is typed, and however often, hookd stays ready.
func TestStrangersCannotMakeItUnready(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter){
		"wrong codes": says(401, authytest.Invalid), "an overloaded Authy": says(429, authytest.Error("60003")),
		"a suspended user": says(503, authytest.Error("60017")), "no answers": says(502, "<html>"),
		"nonsense": says(200, "<html>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			p.code.Store(answer)
			addr, _, _ := daemon(t, []string{"-listen", "127.0.0.1:0"}, "AUTHY_API_URL="+p.URL)
			for i := range 20 {
				login(t, addr, "12345"+string(rune('0'+i/10))+string(rune('0'+i%10)))
			}
			if got := readyz(t, addr); got.status != http.StatusOK {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestAnotherServerInAuthysPlace: what is neither Authy's answer about the key nor about a code is
// a wrong api_url.
func TestAnotherServerInAuthysPlace(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.key.Store(says(404, "<html>"))
	p.code.Store(says(404, "<html>"))
	addr, _, _ := daemon(t, []string{"-listen", "127.0.0.1:0"}, "AUTHY_API_URL="+p.URL)
	if got := readyz(t, addr); got.status != http.StatusOK || len(got.Degraded) != 1 {
		t.Errorf("before a login: %+v", got)
	}
	login(t, addr, "1234567")
	if got := readyz(t, addr); got.status != http.StatusServiceUnavailable {
		t.Errorf("after a login: %+v", got)
	}
}

// TestReadyFollowsTheUsersFile: it comes and goes, and nobody has to log in for that.
func TestReadyFollowsTheUsersFile(t *testing.T) {
	t.Parallel()
	users := filepath.Join(t.TempDir(), "users")
	addr, out, _ := daemon(t, []string{"-listen", "127.0.0.1:0"}, "AUTHY_USERS_FILE="+users,
		"AUTHY_API_URL="+newProvider(t).URL)
	if got := readyz(t, addr); got.status != http.StatusServiceUnavailable {
		t.Errorf("without the file: %+v", got)
	}
	writeConfig(t, users, "ann: 1000\n")
	if got := readyz(t, addr); got.status != http.StatusOK || len(got.Degraded) != 0 {
		t.Errorf("with the file: %+v", got)
	}
	if err := os.Remove(users); err != nil {
		t.Fatal(err)
	}
	if got := readyz(t, addr); got.status != http.StatusOK || len(got.Degraded) != 1 ||
		!strings.Contains(got.Degraded[0], "; the content read before counts until ") {
		t.Errorf("the file gone again, its content in force: %+v", got)
	}
	out.await(t, "ready, but degraded")
	if status, text := ask(t, "GET", "http://"+addr+"/metrics", "", ""); status != 200 ||
		!strings.Contains(text, "\nauthy_hooks_ready 1\n") || !strings.Contains(text, "\nauthy_hooks_degraded 1\n") {
		t.Errorf("metrics do not say so: %s", text)
	}
}

// TestReadyOverAReload: the findings of the configuration that was count no more.
func TestReadyOverAReload(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.key.Store(says(401, authytest.Error("60001")))
	reload := make(chan struct{})
	config := filepath.Join(t.TempDir(), "config.yaml")
	writeConfig(t, config, "hookd: {redis_url: 'redis://127.0.0.1:1/0'}\n")
	addr, out, _ := reloadable(t, reload, []string{"-listen", "127.0.0.1:0", "-config", config}, "AUTHY_API_URL="+p.URL)
	if got := readyz(t, addr); len(got.Reasons) != 2 {
		t.Errorf("before: %+v", got)
	}
	p.key.Store(says(200, goodKey))
	writeConfig(t, config, "hookd: {max_calls: 5}\n")
	reload <- struct{}{}
	out.await(t, `"msg":"reloaded"`)
	if got := readyz(t, addr); got.status != http.StatusOK {
		t.Errorf("after: %+v", got)
	}
	if !strings.Contains(out.String(), `"msg":"ready"`) { // it may have come before the other line
		out.await(t, `"msg":"ready"`)
	}
}
