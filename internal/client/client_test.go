package client

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindListsTheNamesThereAre(t *testing.T) {
	t.Parallel()
	way, err := Find("SFTP with prompts")
	if err != nil || !way.Prompts() || way.Protocol != "SSH" {
		t.Fatalf("got %+v, %v", way, err)
	}
	if _, err := Find("telnet"); err == nil || !strings.Contains(err.Error(), "WebDAV with curl") {
		t.Fatalf("got %v, want the names of the clients", err)
	}
}

func TestNamesOfWaysAreDifferent(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, way := range All() {
		if seen[way.Name] || way.open == nil || way.Protocol == "" {
			t.Errorf("%+v: a second one of that name, or something is missing", way)
		}
		seen[way.Name] = true
	}
}

// A server that is not there is no refusal: a scenario must not pass because nothing runs.
func TestNobodyThereIsNoRefusal(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	who := Person{Account: "ann", Password: func() string { return "x" }, Answer: func(int, string) (string, error) {
		return "x", nil
	}}
	for _, way := range All() {
		if way.Missing() || strings.Contains(way.Name, "key") {
			continue
		}
		session, err := way.Open(t.Context(), Servers{SSH: addr, FTP: addr, DAV: addr, HTTP: addr}, who)
		if err == nil {
			t.Errorf("%s: logged in at a closed port", way.Name)
			_ = session.Close()
		} else if errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v counts as a refusal", way.Name, err)
		}
	}
}

func TestAnswersLieInOrder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "answers")
	p := Answering("ann", "one", "two")
	if err := writeAnswers(dir, "keyboard-interactive", p); err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{"one", "two"} {
		got, err := os.ReadFile(filepath.Join(dir, []string{"0", "1"}[n]))
		if err != nil || string(got) != want {
			t.Errorf("answer %d: got %q, %v, want %q", n, got, err, want)
		}
	}
}

func TestConfigOfCurlQuotes(t *testing.T) {
	t.Parallel()
	if got, want := curlConfig("user", `ann:a"b\c`), "user = \"ann:a\\\"b\\\\c\"\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
