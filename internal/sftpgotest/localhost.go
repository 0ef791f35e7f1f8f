package sftpgotest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sftpgo-authy/internal/untried"
)

// inner marks a test that runs below a file of names of its own.
const inner = "SFTPGOTEST_TWO_LOCALHOSTS"

// TwoLocalhosts says whether the test shall go on: where localhost stands for 127.0.0.1 and ::1, as
// on most machines. Where it does not, the test is run to its end by another process that has such
// a file /etc/hosts for itself, and the answer is no. t must not be a subtest.
func TwoLocalhosts(t *testing.T) bool {
	t.Helper()
	probe, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		untried.Skip(t, "this machine has no address ::1: %v", err)
	}
	_ = probe.Close()
	if ips, err := net.LookupIP("localhost"); err == nil && len(ips) > 1 {
		return true
	}
	if os.Getenv(inner) != "" {
		t.Fatal("localhost stands for one address even with two in /etc/hosts")
	}
	unshare := untried.Program(t, "util-linux", "unshare")
	if os.Geteuid() != 0 {
		untried.Skip(t, "localhost stands for one address here, and only root can change that")
	}
	hosts := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(hosts, []byte("127.0.0.1 localhost\n::1 localhost\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(unshare, "-m", "sh", "-c", `mount --bind "$0" /etc/hosts || exit 77; exec "$@"`,
		hosts, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1", "-test.v")
	cmd.Env = append(os.Environ(), inner+"=1")
	out, err := cmd.CombinedOutput()
	switch {
	case cmd.ProcessState.ExitCode() == 77:
		untried.Skip(t, "this machine lets nobody mount: %s", out)
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}
