package admin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
)

// stub is a hookd that knows ann.
type stub struct {
	state State
	store store.Store // nil: no memory
}

func (s stub) Memory() (Memory, bool) {
	return Memory{"/memory", []byte("key"), s.store}, s.store != nil
}

func (s stub) State(context.Context) State { return s.state }
func (stub) Account(_ context.Context, name string) Account {
	if name == "broken" {
		return Account{Name: name, Problem: "the source does not answer"}
	}
	return Account{Name: name, Mapped: name == "ann/.."}
}

// serve answers on a fresh socket, in a folder of mode 0700.
func serve(t *testing.T, b Backend) string {
	t.Helper()
	path := filepath.Join(folder(t, 0o700), "admin.sock")
	socket, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: Handler(b)}
	ended := make(chan struct{})
	go func() { _ = server.Serve(socket); close(ended) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	return path
}

// folder makes a folder with a short path, for a socket's path is bounded.
func folder(t *testing.T, mode os.FileMode) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "admin")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, mode); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAskAndAnswer(t *testing.T) {
	t.Parallel()
	want := State{PID: 7, Loaded: time.Unix(1_700_000_000, 0).UTC(), Settings: map[string]any{"on_no_answer": "deny"},
		Pending: []string{"on_no_answer"}, Degraded: []string{"the store is full"}}
	client, err := NewClient(serve(t, stub{state: want}))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := client.State(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, want := range map[string]Account{
		"ann/..": {Name: "ann/..", Mapped: true}, "bob&name=ann/..": {Name: "bob&name=ann/.."},
		"broken": {Name: "broken", Problem: "the source does not answer"},
	} {
		if got, err := client.Account(t.Context(), name); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	for call, want := range map[string]string{"/account": "400 name: is missing",
		"/nothing": "404 this hookd knows no GET /nothing"} {
		if err := client.get(t.Context(), call, &struct{}{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", call, err)
		}
	}
}

func TestTheModeIsTheLock(t *testing.T) {
	t.Parallel()
	path := serve(t, stub{})
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("it leaves %v behind", entries)
	}
}

func TestASocketIsReplacedOnlyWhereNobodyAnswers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(folder(t, 0o700), "s")
	first, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(path); err == nil || !strings.Contains(err.Error(), "another hookd answers") {
		t.Errorf("beside one that answers: %v", err)
	}
	_ = first.Listener.Close() // as if it had been killed: the file stays
	second, err := Listen(path)
	if err != nil {
		t.Fatalf("over one that was left behind: %v", err)
	}
	if err := first.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Error("the first one's end removed the second one's socket")
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); err == nil {
		t.Error("the socket outlives its server")
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(path); err == nil || !strings.Contains(err.Error(), "is no socket") {
		t.Errorf("over a file: %v", err)
	}
}

func TestFoldersThatOthersMayWriteAreRefused(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o777, 0o770} {
		if _, err := Listen(filepath.Join(folder(t, mode), "s")); err == nil ||
			!strings.Contains(err.Error(), "others may not write") {
			t.Errorf("%04o: %v", mode, err)
		}
	}
	path := serve(t, stub{})
	if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := NewClient(path); err == nil {
		t.Error("a client asks where anybody could have put another socket")
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	dir := folder(t, 0o700)
	if _, err := NewClient(filepath.Join(dir, "absent")); !errors.Is(err, ErrNobody) {
		t.Errorf("absent: %v", err)
	}
	path := filepath.Join(dir, "s")
	socket, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = socket.Listener.Close()
	client, err := NewClient(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.State(t.Context()); !errors.Is(err, ErrNobody) {
		t.Errorf("left behind: %v", err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := NewClient(path); err == nil || !strings.Contains(err.Error(), "want 0600") {
		t.Errorf("a socket that everybody may write: %v", err)
	}
}
