package process_test

import (
	"net"
	"strings"
	"testing"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/process"
)

func TestWhatAProgramPrintsWakesWhoWaits(t *testing.T) {
	t.Parallel()
	out := process.NewOutput()
	before, changed := out.Snapshot()
	p, err := process.Start(out, t.TempDir(), []string{"WORD=hello"}, "/bin/sh", "-c",
		"echo $WORD $HOME; exec cat /dev/zero >/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	<-changed
	if after := out.String(); before != "" || strings.TrimSpace(after) != "hello" {
		t.Errorf("printed %q and then %q, want hello, without the HOME of this test", before, after)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	<-p.Done
}

// This one does not run beside the test that starts a program: until a child is that program, it
// has the listener too, which then goes on listening.
func TestWhoEndedDoesNotListen(t *testing.T) {
	addr := ports.Addrs(t, 1)[0] // which nobody else takes once this listener is closed
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.WaitListening(t.Context(), addr, nil); err != nil {
		t.Error(err)
	}
	_ = listener.Close()
	ended := make(chan struct{})
	close(ended)
	if err := process.WaitListening(t.Context(), addr, ended); err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("got %v, want an error that says that it ended", err)
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "a\nb\nc": "b\nc", "a\n": "a\n"} {
		if got := process.Tail(text, 2); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
