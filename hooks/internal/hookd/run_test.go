package hookd

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// output is what a running hookd prints.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	lines chan string
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	select {
	case o.lines <- string(p):
	default:
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// await waits for a line that holds text, among those that nobody waited for yet.
func (o *output) await(t *testing.T, text string) {
	t.Helper()
	for end := time.After(10 * time.Second); ; {
		select {
		case line := <-o.lines:
			if strings.Contains(line, text) {
				return
			}
		case <-end:
			t.Fatalf("it never says %q: %s", text, o)
		}
	}
}

// daemon runs hookd until stop is called, which returns its exit code.
func daemon(t *testing.T, args []string, env ...string) (addr string, out *output, stop func() int) {
	t.Helper()
	return reloadable(t, nil, args, env...)
}

// reloadable is daemon with a way to send it a SIGHUP.
func reloadable(
	t *testing.T, reload <-chan struct{}, args []string, env ...string,
) (addr string, out *output, stop func() int) {
	t.Helper()
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("ann: 1000\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	env = append([]string{"AUTHY_API_KEY=k", "AUTHY_USERS_FILE=" + users, "AUTHY_API_URL=http://127.0.0.1:1"}, env...)
	return hosted(t, Host{Args: args, Env: env, Now: time.Now, Reload: reload})
}

// hosted runs a hookd on a host, whose Stderr and Rand are filled in.
func hosted(t *testing.T, h Host) (addr string, out *output, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out = &output{lines: make(chan string, 1000)}
	ended := make(chan int, 1)
	h.Stderr, h.Rand, h.Draw = out, rand.Reader, mathrand.Uint64
	go func() { ended <- Main(ctx, h) }()
	stop = sync.OnceValue(func() int { cancel(); return <-ended })
	t.Cleanup(func() { stop() })
	for {
		select {
		case code := <-ended:
			ended <- code
			return "", out, stop
		case line := <-out.lines:
			var entry struct{ Msg, Addr string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
				return entry.Addr, out, stop
			}
		}
	}
}

func TestRunAndStop(t *testing.T) {
	t.Parallel()
	addr, out, stop := daemon(t, []string{"--listen", "127.0.0.1:0"})
	if err := Healthcheck(t.Context(), addr, false); err != nil {
		t.Error(err)
	}
	if code := Main(t.Context(), Host{Args: []string{"-healthcheck", "-listen", addr}, Stderr: out}); code != 0 {
		t.Errorf("healthcheck exits %d", code)
	}
	if code := stop(); code != 0 {
		t.Errorf("exits %d: %s", code, out)
	}
	if err := Healthcheck(t.Context(), addr, false); err == nil {
		t.Error("healthy after its end")
	}
	if code := Main(t.Context(), Host{Args: []string{"-healthcheck", "-listen", addr}, Stderr: out}); code != 1 {
		t.Errorf("healthcheck of nobody exits %d", code)
	}
}

func TestWillNotStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	writeConfig(t, filepath.Join(dir, "open"), "")
	if err := os.Chmod(filepath.Join(dir, "open"), 0o622); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		env  string
		want string
	}{
		"open to the world without a secret": {[]string{"-listen", "0.0.0.0:0"}, "", "set AUTHY_HOOKD_SECRET"},
		"open on all addresses":              {[]string{"-listen", ":0"}, "", "set AUTHY_HOOKD_SECRET"},
		"no key":                             {nil, "AUTHY_API_KEY=", "api_key: is missing"},
		"unknown flag":                       {[]string{"-nonsense"}, "", "nonsense"},
		"argument":                           {[]string{"serve"}, "", "want flags only"},
		"audit below a file": {[]string{"-listen", "127.0.0.1:0"}, "AUTHY_AUDIT=/dev/null/x",
			"audit: "},
		"audit into a pipe": {[]string{"-listen", "127.0.0.1:0"}, "AUTHY_AUDIT=" + dir + "/pipe",
			"not a regular file"},
		"audit into a folder": {[]string{"-listen", "127.0.0.1:0"}, "AUTHY_AUDIT=" + dir,
			"not a regular file"},
		"audit that others may write": {[]string{"-listen", "127.0.0.1:0"}, "AUTHY_AUDIT=" + dir + "/open",
			"mode 0622"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, out, stop := daemon(t, c.args, c.env)
			if code := stop(); code == 0 || !strings.Contains(out.String(), c.want) {
				t.Errorf("exits %d, says %q, want it to say %s", code, out, c.want)
			}
		})
	}
	if _, _, stop := daemon(t, []string{"-listen", "0.0.0.0:0"}, "AUTHY_HOOKD_SECRET=s"); stop() != 0 {
		t.Error("with a secret it does not start")
	}
}

// TestStopFinishesLogins: a login in flight when hookd is told to stop gets its answer.
func TestStopFinishesLogins(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	provider := authytest.New(t, holding(asked, release))
	addr, _, stop := daemon(t, []string{"-listen", "127.0.0.1:0"}, "AUTHY_API_URL="+provider.URL)
	answered := make(chan string)
	go func() {
		_, body := ask(t, "POST", "http://"+addr+"/checkpwd", "application/json",
			`{"username":"ann","password":"secret1234567"}`)
		answered <- body
	}()
	<-asked
	stopped := make(chan int)
	go func() { stopped <- stop() }()
	select {
	case <-stopped:
		t.Error("stopped before the login was answered")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if body := <-answered; body != `{"status":2,"to_verify":"secret"}` {
		t.Errorf("got %s", body)
	}
	if code := <-stopped; code != 0 {
		t.Errorf("exits %d", code)
	}
}

// holding is a provider that says yes when it may.
func holding(asked, release chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-release
		_, _ = io.WriteString(w, authytest.Valid)
	}
}
