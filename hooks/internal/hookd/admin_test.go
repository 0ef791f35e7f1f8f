package hookd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/admin"
)

// socketFolder is a folder with a short path.
func socketFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hookd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestTheAdminSocketTellsWhatIsInForce(t *testing.T) {
	t.Parallel()
	dir := socketFolder(t)
	file, socket, key := filepath.Join(dir, "hookd.yaml"), filepath.Join(dir, "s"), filepath.Join(dir, "key")
	put := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(key, "first-key")
	before := "on_no_answer: allow\nhookd: {admin_socket: " + socket + "}\n"
	put(file, before)
	reload := make(chan struct{})
	addr, out, stop := reloadable(t, reload, []string{"-listen", "127.0.0.1:0", "-config", file}, "AUTHY_API_KEY=",
		"AUTHY_API_KEY_FILE="+key,
		"AUTHY_HOOKD_SECRET=5f0c9b7d2e8146a3c17be04d9a6f2835")
	if addr == "" {
		t.Fatal(out)
	}
	client, err := admin.NewClient(socket)
	if err != nil {
		t.Fatal(err)
	}
	ask := func() admin.State {
		t.Helper()
		s, err := client.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := ask()
	if s.PID != os.Getpid() || !slices.Equal(s.Listening, []string{addr}) || s.ConfigFile != file ||
		s.Loaded.IsZero() || len(s.Pending) > 0 {
		t.Errorf("got %+v", s)
	}
	if s.Settings["on_no_answer"] != "allow" || s.Secrets["hookd.secret"].Bits != 128 ||
		s.Secrets["api_key"].Length != len("first-key") {
		t.Errorf("got %+v", s)
	}
	if !slices.Contains(s.Variables, "AUTHY_API_KEY_FILE") || slices.Contains(s.Variables, "AUTHY_API_KEY") {
		t.Errorf("the variables are %v", s.Variables)
	}

	put(file, strings.Replace(before, "allow", "deny", 1))
	put(key, "second-key")
	if s = ask(); !slices.Equal(s.Pending, []string{"api_key", "on_no_answer"}) ||
		s.Settings["on_no_answer"] != "allow" {
		t.Errorf("before a reload: %v, %v", s.Pending, s.Settings["on_no_answer"])
	}
	put(file, "on_no_answer: perhaps\n")
	if s = ask(); !strings.Contains(s.PendingProblem, "on_no_answer") {
		t.Errorf("a file that cannot be taken: %q", s.PendingProblem)
	}
	put(file, "on_no_answer: deny\n")
	reload <- struct{}{}
	out.await(t, "only with a restart")
	put(file, strings.Replace(before, "allow", "deny", 1))
	reload <- struct{}{}
	out.await(t, "reloaded")
	if s = ask(); len(s.Pending) > 0 || s.Settings["on_no_answer"] != "deny" {
		t.Errorf("after a reload: %v, %v", s.Pending, s.Settings["on_no_answer"])
	}

	for name, mapped := range map[string]bool{"ann": true, "bob": false} {
		if a, err := client.Account(t.Context(), name); err != nil || a.Mapped != mapped || a.Problem != "" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	if code := stop(); code != 0 {
		t.Errorf("exits %d", code)
	}
	if _, err := os.Lstat(socket); err == nil {
		t.Error("the socket outlives hookd")
	}
}

func TestHookdDoesNotStartWithoutItsAdminSocket(t *testing.T) {
	t.Parallel()
	dir := socketFolder(t)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	addr, out, stop := daemon(t, []string{"-listen", "127.0.0.1:0"},
		"AUTHY_HOOKD_ADMIN_SOCKET="+filepath.Join(dir, "s"))
	if addr != "" || stop() != 1 || !strings.Contains(out.String(), "hookd.admin_socket: folder") {
		t.Errorf("got %s", out)
	}
}
