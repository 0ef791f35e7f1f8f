package doctor_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/doctor"
	"sftpgo-authy/internal/untried"
)

// TestAProcessWithAFileSystemOfItsOwn reads the configuration that such a process sees, and not the
// one of that name that we see. The process is a shell that is called as an SFTPGo is.
func TestAProcessWithAFileSystemOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, ready := filepath.Join(dir, "etc", "sftpgo.json"), filepath.Join(dir, "ready")
	put(t, map[string]string{file: `{"data_provider": {"check_password_scope": 1}}`,
		filepath.Join(dir, "theirs"): `{"data_provider": {"check_password_scope": 6}}`})
	script := `mount -t tmpfs none "$1" && cp "$2" "$1/sftpgo.json" && echo >"$3" && exec sh -c 'read -r _' ` +
		`serve -c "$1"`
	cmd := exec.Command("unshare", "-m", "sh", "-c", script, "sh", filepath.Dir(file),
		filepath.Join(dir, "theirs"), ready)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		untried.Skip(t, "no unshare: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { stdin.Close(); <-ended })
	if !appears(ready, ended) {
		untried.Skip(t, "this system does not let us mount")
	}
	p, err := doctor.ReadProcess(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	p.Args = []string{"sftpgo", "serve", "-c", filepath.Dir(file)}
	got, err := p.Settings()
	if err != nil || got.Int("data_provider.check_password_scope") != 6 || got.ConfigFile != file {
		t.Errorf("scope %q of %s, %v", got.Text("data_provider.check_password_scope"), got.ConfigFile, err)
	}
	if got.Root == "" || !strings.HasPrefix(got.Path("/usr/bin/keyint"), "/proc/") {
		t.Errorf("its root is %q", got.Root)
	}
}

// appears waits for a file of a process.
func appears(path string, ended <-chan struct{}) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(path); err == nil {
			return true
		}
		select {
		case <-ended:
			return false
		case <-tick.C:
		}
	}
}
