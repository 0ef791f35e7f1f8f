package deploy_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/sftpgotest"
	"sftpgo-authy/internal/untried"
)

// Each line of docs/cheatsheet.md does its task: it runs in a shell of its own, beside what the
// lines before it started, on a machine whose ports and folders are others.
func TestCheatSheet(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl", "timeout"} {
		untried.Program(t, program, program)
	}
	root, err := os.MkdirTemp("", "sheet") // a short path: a Unix socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	addrs := ports.Addrs(t, 5)
	sftpgo := sftpgotest.Start(t, nil)
	for _, name := range []string{"ann", "bob", "carol"} {
		sftpgo.AddUser(t, name, "a long password of "+name, nil)
	}
	files := map[string]string{
		"etc/sftpgo-authy/hookd.yaml": strings.NewReplacer("ROOT", root, "MOCK", addrs[0], "HOOKD", addrs[4], "SFTPGO",
			sftpgo.HTTP).Replace(`
api_key: mock-api-key
api_url: http://MOCK
provider: authy
users_file: ROOT/etc/sftpgo-authy/users
audit: ROOT/audit.log
memory_file: ROOT/memory.db
sftpgo_url: http://SFTPGO
sftpgo_api_key_file: ROOT/etc/sftpgo-authy/sftpgo-key
totp: {secrets_file: ROOT/etc/sftpgo-authy/totp-secrets, key_file: ROOT/etc/sftpgo-authy/totp-key}
hookd: {listen: HOOKD, admin_socket: ROOT/hookd.sock}
`),
		"etc/sftpgo-authy/users": "", "etc/sftpgo-authy/totp-secrets": "",
		"etc/sftpgo-authy/sftpgo-key": sftpgo.APIKey(t), "root/sftpgo-admin": sftpgotest.Password,
		"run/sftpgo.pid": fmt.Sprint(sftpgo.PID()), "people.csv": "account\ncarol\n",
		"deploy/demo/seed.yaml": read(t, "deploy/demo/seed.yaml"), "tmp/.keep": "",
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	buildInto(t, filepath.Join(root, "bin"), "./mockauthy", "./hooks/hookd", "./hooks/authyctl")
	here := strings.NewReplacer("127.0.0.1:8880", addrs[0], "127.0.0.1:8881", addrs[1], "127.0.0.1:8888", addrs[2],
		"127.0.0.1:8443", addrs[3], "127.0.0.1:8890", addrs[4], "127.0.0.1:8080", sftpgo.HTTP,
		"/tmp/", root+"/tmp/", "/root/", root+"/root/", "/run/", root+"/run/")
	env := append(os.Environ(), "PATH="+filepath.Join(root, "bin")+":"+os.Getenv("PATH"), "MOCKAUTHY_LISTEN="+addrs[0],
		"AUTHY_HOOKS_CONFIG="+filepath.Join(root, "etc/sftpgo-authy/hookd.yaml"))
	ran := 0
	for _, block := range blocks(t, "docs/cheatsheet.md", "sh") {
		for line := range strings.Lines(block) {
			ran++
			if out, err := sheetLine(t, root, here.Replace(line), env); err != nil {
				t.Errorf("%v\n%s%s", err, line, out)
			}
		}
	}
	if ran < 60 {
		t.Errorf("%d lines were run, want all", ran)
	}
}

// sheetLine runs a line in a group of processes that ends with the test, and returns what it
// printed so far: what it leaves in the background goes on.
func sheetLine(t *testing.T, dir, line string, env []string) (string, error) {
	t.Helper()
	out, err := os.CreateTemp(dir, "out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", line)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	group := -cmd.Process.Pid
	t.Cleanup(func() { _ = syscall.Kill(group, syscall.SIGKILL) })
	err = cmd.Wait()
	text, _ := os.ReadFile(out.Name()) // only to show
	return string(text), err
}
