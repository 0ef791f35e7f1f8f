//go:build unix

package program_test

import (
	"crypto/rand"
	"encoding/json"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/program"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/internal/conversation"
)

// TestMain is the hooks too: started with KILL_HOOK it is that hook, killed at one of its writes.
func TestMain(m *testing.M) {
	hook := map[string]func(program.Host) int{"keyint": program.Keyint, "extauth": program.ExternalAuth,
		"checkpwd": program.CheckPassword}[os.Getenv("KILL_HOOK")]
	if hook == nil {
		os.Exit(m.Run())
	}
	at, _ := strconv.Atoi(os.Getenv("KILL_AT"))
	count := &counter{at: at, half: os.Getenv("KILL_HALF") != ""}
	os.Exit(hook(program.Host{
		Env: os.Environ(), Stdin: os.Stdin, Stdout: dying{os.Stdout, count}, Stderr: dying{os.Stderr, count},
		Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64,
	}))
}

// counter counts the writes of a process.
type counter struct {
	n, at int
	half  bool
}

// dying is an output at whose at-th write the process is killed: before it, or with half of it
// written.
type dying struct {
	io.Writer
	c *counter
}

func (d dying) Write(p []byte) (int, error) {
	if d.c.n++; d.c.n == d.c.at {
		if d.c.half {
			_, _ = d.Writer.Write(p[:len(p)/2])
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return d.Writer.Write(p)
}

// TestKilledAtEveryWrite: whatever a hook has said when it is killed, SFTPGo cannot take it for a
// yes, and a hook that was not killed says its yes. The external authentication hook counts as
// accepted by silence only with exit 0, which a killed one has not.
func TestKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	server := authytest.Says(t, 200, authytest.Valid)
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("alice: 1000\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, hook := range []string{"keyint", "extauth", "checkpwd"} {
		for _, half := range []string{"", "1"} {
			t.Run(hook+half, func(t *testing.T) {
				t.Parallel()
				for at := 1; at < 20; at++ {
					cmd := exec.Command(os.Args[0])
					cmd.Env = []string{"KILL_HOOK=" + hook, "KILL_AT=" + strconv.Itoa(at), "KILL_HALF=" + half,
						"AUTHY_AUDIT=stderr",
						"AUTHY_API_KEY=k", "AUTHY_API_URL=" + server.URL, "AUTHY_USERS_FILE=" + users,
						"SFTPGO_AUTHD_USERNAME=alice",
						"SFTPGO_AUTHD_PASSWORD=secret1234567", `SFTPGO_AUTHD_USER={"username":"alice","status":1}`}
					if hook == "extauth" {
						cmd.Env = append(cmd.Env, "SFTPGO_AUTHD_PASSWORD=1234567")
					}
					_, out, err := conversation.Hold(cmd, "OK", "1234567")
					if err == nil {
						if !accepted(hook, out) {
							t.Fatalf("not killed and no yes: %q", out)
						}
						if at == 1 {
							t.Fatal("never killed")
						}
						return
					}
					if accepted(hook, out) {
						t.Errorf("killed at write %d with a yes on its lips: %q", at, out)
					}
				}
				t.Error("writes without end")
			})
		}
	}
}

// accepted is SFTPGo's reading of an output, leaving out the exit code, which keyint has none of
// for it.
func accepted(hook, out string) bool {
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	last := lines[len(lines)-1]
	var doc struct {
		AuthResult int    `json:"auth_result"`
		Status     int    `json:"status"`
		Username   string `json:"username"`
	}
	if json.Unmarshal([]byte(last), &doc) != nil {
		return false
	}
	return map[string]bool{"keyint": doc.AuthResult == 1, "extauth": doc.Username != "",
		"checkpwd": doc.Status != 0}[hook]
}
