package hookd

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// far is a provider at a distance, by the clock that [far.now] is, and a hookd before it.
type far struct {
	t       *testing.T
	url     string // of hookd
	out     *output
	reload  chan struct{}
	looks   atomic.Int64
	asked   atomic.Int64     // questions about codes that were read
	unasked chan error       // how the wait for a question ended, where none came
	dies    func(int64) bool // whether the n-th question ends without an answer
}

// now goes on by 10 ms at each look, so that a dial seems to take that long.
func (f *far) now() time.Time {
	return time.Unix(1_700_000_000, 0).Add(time.Duration(f.looks.Add(1)) * 10 * time.Millisecond)
}

func (f *far) provide(c net.Conn) {
	request, err := http.ReadRequest(bufio.NewReader(c))
	switch {
	case err != nil:
		f.unasked <- err
	case !strings.Contains(request.URL.Path, "/verify/"):
		_, _ = io.WriteString(c, authytest.Whole(200, `{"app":{"app_id":1},"success":true,"message":"x"}`))
	case !f.dies(f.asked.Add(1)):
		_, _ = io.WriteString(c, authytest.Whole(200, authytest.Valid))
	}
}

// newFar starts both.
func newFar(t *testing.T, dies func(int64) bool) *far {
	t.Helper()
	f := &far{t: t, reload: make(chan struct{}), unasked: make(chan error, 100), dies: dies}
	provider := authytest.Talk(t, f.provide)
	users, config := filepath.Join(t.TempDir(), "users"), filepath.Join(t.TempDir(), "config.yaml")
	writeConfig(t, users, "ann: 1000\n")
	writeConfig(t, config, "on_no_answer: allow\nhookd: {breaker_failures: 1, max_calls: 1}\n")
	addr, out, _ := hosted(t, Host{
		Args: []string{"--listen", "127.0.0.1:0", "--config", config}, Now: f.now, Reload: f.reload,
		Env: []string{"AUTHY_API_KEY=k", "AUTHY_USERS_FILE=" + users, "AUTHY_API_URL=" + provider.URL},
	})
	f.url, f.out = "http://"+addr, out
	return f
}

// login has ann try a code of her own.
func (f *far) login(code string) string {
	f.t.Helper()
	body := fmt.Sprintf(`{"username":"ann","password":"password%s","ip":"192.0.2.1","protocol":"FTP"}`, code)
	res, err := http.Post(f.url+"/checkpwd", "application/json", strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(text)
}

// until waits for a line of the metrics.
func (f *far) until(line string) {
	f.t.Helper()
	var text []byte
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); <-poll.C {
		res, err := http.Get(f.url + "/metrics")
		if err != nil {
			f.t.Fatal(err)
		}
		text, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			f.t.Fatal(err)
		}
		if strings.Contains(string(text), "\n"+line+"\n") {
			return
		}
	}
	f.t.Fatalf("never came: %s\n%s", line, text)
}

// TestAConnectionDialledAheadThatDiesDenies also where *no answer* passes, and does not open the
// breaker, after which everybody would pass.
func TestAConnectionDialledAheadThatDiesDenies(t *testing.T) {
	t.Parallel()
	f := newFar(t, func(n int64) bool { return n == 3 })
	for _, code := range []string{"1000001", "1000002"} {
		if got := f.login(code); !strings.Contains(got, `"status":2`) {
			t.Fatalf("got %s, want a yes", got)
		}
	}
	f.until(`authy_hooks_spare_connections{provider="authy"} 1`)
	if got := f.login("1000003"); !strings.Contains(got, `"status":0`) {
		t.Errorf("got %s, want a denial", got)
	}
	f.out.await(t, `"reason":"provider_limited"`)
	f.until(`authy_hooks_breaker_open{provider="authy"} 0`)
	f.until(`authy_hooks_connections_total{fate="used",provider="authy"} 1`)
	f.until(`authy_hooks_connections_total{fate="direct",provider="authy"} 2`)
	if got := f.asked.Load(); got != 3 {
		t.Errorf("%d questions for 3 logins", got)
	}
}

// TestAReloadHangsUp: the connections of the configuration before are closed at once.
func TestAReloadHangsUp(t *testing.T) {
	t.Parallel()
	f := newFar(t, func(int64) bool { return false })
	f.login("1000001")
	f.login("1000002")
	f.until(`authy_hooks_spare_connections{provider="authy"} 1`)
	f.reload <- struct{}{}
	if err := <-f.unasked; err != io.EOF {
		t.Errorf("the wait for a question ended with %v, want the end of the connection", err)
	}
	f.until(`authy_hooks_spare_connections{provider="authy"} 0`)
	if got := f.login("1000003"); !strings.Contains(got, `"status":2`) {
		t.Errorf("got %s, want a yes", got)
	}
}
