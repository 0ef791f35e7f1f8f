//go:build unix

package hooks_test

import (
	"bufio"
	"strings"
	"syscall"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// TestSignals: SIGHUP has hookd read its configuration again, SIGTERM ends it well.
func TestSignals(t *testing.T) {
	t.Parallel()
	s := newSetting(t, authytest.Nobody(t), users, "")
	_, cmd, log := hookdProgram(t, s)
	lines := bufio.NewScanner(log)
	await := func(text string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				return
			}
		}
		t.Fatalf("it never says %s", text)
	}
	send := func(signal syscall.Signal) {
		t.Helper()
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	send(syscall.SIGHUP)
	await(`"msg":"reloaded"`)
	s.write("config.yaml", "unknown: 1\n", 0o600)
	send(syscall.SIGHUP)
	await("unknown key unknown")
	send(syscall.SIGTERM)
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}
