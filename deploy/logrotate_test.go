package deploy_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/untried"
)

// turns is how often the audit is turned. It is fewer than the file keeps.
const turns = 25

// The logrotate file turns the audit while hookd and a program write to it, and each attempt stands
// once in what is there afterwards.
func TestNoLineIsLostWhileTheAuditTurns(t *testing.T) {
	t.Parallel()
	logrotate := untried.Program(t, "logrotate", "logrotate", "/usr/sbin/logrotate")
	dir := t.TempDir()
	buildInto(t, dir, "./hooks/hookd", "./hooks/checkpwd")
	audit := filepath.Join(dir, "audit.jsonl")
	users := filepath.Join(dir, "users")
	conf := filepath.Join(dir, "logrotate.conf")
	// Debian's own file says create, which ours overrides.
	for path, text := range map[string]string{users: "nobody: 1\n", conf: "create\n" + logrotateFor(t, dir)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"AUTHY_API_KEY=k", "AUTHY_USERS_FILE=" + users, "AUTHY_API_URL=http://127.0.0.1:1",
		"AUTHY_AUDIT=" + audit}
	addr := ports.Addrs(t, 1)[0]
	startHere(t, addr, dir, env, "hookd", "--listen", addr)
	load := newAttempts()
	for range 4 {
		load.run(func(account string) error {
			return callHook(
				"http://"+addr+"/checkpwd",
				"",
				fmt.Sprintf(`{"username":%q,"password":"x1234567"}`, account),
			)
		})
	}
	load.run(func(account string) error {
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "checkpwd"))
		cmd.Env = append(env, "SFTPGO_AUTHD_USERNAME="+account, "SFTPGO_AUTHD_PASSWORD=x1234567")
		return cmd.Run()
	})
	for range turns {
		load.await(20) // or there may be nothing to turn
		out, err := exec.Command(logrotate, "--force", "--state", filepath.Join(dir, "state"), conf).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Fatalf("logrotate: %v\n%s", err, out)
		}
	}
	sent := load.stop(t)
	lines := auditLines(t, dir)
	for account := range sent {
		if lines[account] != 1 {
			t.Errorf("%s has %d lines in the audit, want one", account, lines[account])
		}
	}
	if len(lines) != len(sent) {
		t.Errorf("%d accounts in the audit, want %d", len(lines), len(sent))
	}
	t.Logf("%d attempts, %d turns", len(sent), turns)
}

// logrotateFor returns our file for a folder of this user's.
func logrotateFor(t *testing.T, dir string) string {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("/var/log/sftpgo-authy/", dir+"/", "su sftpgo-authy sftpgo-authy",
		"su "+me.Username+" "+group.Name).Replace(read(t, "deploy/logrotate/sftpgo-authy"))
	if !strings.Contains(text, "\n    rotate 52\n") {
		t.Fatalf("keeps another number of files than the test takes for granted:\n%s", text)
	}
	return text
}

// callHook calls a hook of hookd as SFTPGo does. It is no error that somebody is denied.
func callHook(url, secret, body string) error {
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set("X-Hook-Secret", secret)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, said)
	}
	return err
}

// attempts are logins of accounts that are all different, until it is stopped.
type attempts struct {
	running sync.WaitGroup
	done    chan struct{}

	mu     sync.Mutex
	more   *sync.Cond
	begun  int
	sent   map[string]bool
	failed []error
}

func newAttempts() *attempts {
	a := &attempts{done: make(chan struct{}), sent: map[string]bool{}}
	a.more = sync.NewCond(&a.mu)
	return a
}

// run makes one attempt after another.
func (a *attempts) run(try func(account string) error) {
	a.running.Go(func() {
		for {
			select {
			case <-a.done:
				return
			default:
			}
			a.mu.Lock()
			a.begun++
			account := fmt.Sprintf("account-%d", a.begun)
			a.mu.Unlock()
			err := try(account)
			a.mu.Lock()
			if err != nil {
				a.failed = append(a.failed, err)
			}
			a.sent[account] = true
			a.more.Broadcast()
			a.mu.Unlock()
		}
	})
}

// await waits for so many more attempts.
func (a *attempts) await(more int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for want := len(a.sent) + more; len(a.sent) < want && len(a.failed) == 0; {
		a.more.Wait()
	}
}

// stop returns the accounts for which attempts were made.
func (a *attempts) stop(t *testing.T) map[string]bool {
	t.Helper()
	close(a.done)
	a.running.Wait()
	for _, err := range a.failed {
		t.Error(err)
	}
	return a.sent
}

// auditLines counts the lines of each account in all files of an audit.
func auditLines(t *testing.T, dir string) map[string]int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "audit.jsonl*"))
	if err != nil || len(files) < turns {
		t.Fatalf("%d files after %d turns, %v", len(files), turns, err)
	}
	lines := map[string]int{}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err == nil && strings.HasSuffix(path, ".gz") {
			var unpacked *gzip.Reader
			if unpacked, err = gzip.NewReader(bytes.NewReader(text)); err == nil {
				text, err = io.ReadAll(unpacked)
			}
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for line := range bytes.Lines(text) {
			var record struct{ Account string }
			if err := json.Unmarshal(line, &record); err != nil {
				t.Errorf("%s: %v: %s", path, err, line)
			}
			lines[record.Account]++
		}
	}
	return lines
}
