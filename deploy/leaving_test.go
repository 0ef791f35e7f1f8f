package deploy_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/untried"
)

// TestTheRehearsalOfLeavingAuthy: the commands of docs/leaving-authy.md run as they stand, in their
// order and in one shell, with other ports.
func TestTheRehearsalOfLeavingAuthy(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl", "jq", "awk"} {
		untried.Program(t, program, program)
	}
	dir, err := os.MkdirTemp("", "leave") // a short path: a Unix socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	bin := t.TempDir()
	buildInto(t, bin, "./mockauthy", "./hooks/hookd", "./hooks/authyctl")
	addrs := ports.Addrs(t, 2)
	_, mock, _ := net.SplitHostPort(addrs[0])
	_, hookd, _ := net.SplitHostPort(addrs[1])
	script := strings.NewReplacer(":8880", ":"+mock, ":8890", ":"+hookd, "hookd &", "hookd --listen "+addrs[1]+" &").
		Replace("trap 'kill $(jobs -p)' EXIT\n" + strings.Join(blocks(t, "docs/leaving-authy.md", "sh"), "\n"))
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "MOCKAUTHY_LISTEN=" + addrs[0]}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"error 60154", "3 people at Authy", `have the Authy app           1 "eve"`, "1 person moved to totp",
		"1 person moved to verify, 1 before this run", "ann: totp  # was 5550101", "2 people at Authy again",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the page does not print %q:\n%s", want, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "users.before-migration")); err != nil {
		t.Error(err)
	}
}
