package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/conversation"
)

// programTimes runs each program without any SFTPGo, as SFTPGo would, from its start to its end;
// ours and the yardsticks by turns. The figures are milliseconds.
func (b *bench) programTimes(ctx context.Context) (map[cell]figures, error) {
	dir, err := os.MkdirTemp("", "bench-programs-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	users := filepath.Join(dir, "users")
	if err := os.WriteFile(users, []byte(usersFile(b.crowd())), 0o600); err != nil {
		return nil, err
	}
	env := []string{
		"AUTHY_API_URL=" + b.mock.URL, "AUTHY_API_KEY=" + b.mock.Key,
		"AUTHY_USERS_FILE=" + users, "AUTHY_AUDIT=" + filepath.Join(dir, "audit.jsonl"),
	}
	times := map[cell]figures{}
	for _, hook := range hooks {
		f := form{hook, target.Program}
		for pair := range b.options.pairs {
			if pair%10 == 0 {
				if err := renew(b.programs); err != nil {
					return nil, err
				}
			}
			if err := turnClock(ctx, b.mock.Client); err != nil {
				return nil, err
			}
			for n := range kinds {
				k := kinds[turn(n, pair, len(kinds))]
				if k == none {
					continue
				}
				p := people(hook, k, 1)[0]
				codes, err := look(ctx, b.mock.Client, []person{p})
				if err != nil {
					return nil, err
				}
				took, err := runProgram(ctx, b.programs[k].Path(string(hook)), env, hook, p, codes[0])
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", f, k, err)
				}
				c := cell{f, 1, k}
				times[c] = append(times[c], float64(took)/float64(time.Millisecond))
			}
		}
	}
	return times, nil
}

// runProgram runs a hook as SFTPGo does and returns the time from its start to its end. It must say
// yes.
func runProgram(
	ctx context.Context, path string, env []string, hook target.Hook, p person, code string,
) (time.Duration, error) {
	typed := map[target.Hook]string{target.Extauth: code, target.Checkpwd: password + code}[hook]
	user, err := json.Marshal(p.account.Document())
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, path)
	cmd.Env = append(env[:len(env):len(env)], "SFTPGO_AUTHD_USERNAME="+p.account.Name, "SFTPGO_AUTHD_IP=127.0.0.1",
		"SFTPGO_AUTHD_PASSWORD="+typed)
	switch hook {
	case target.Keyint:
		return converse(cmd, "OK", code)
	case target.Extauth:
		cmd.Env = append(cmd.Env, "SFTPGO_AUTHD_USER="+string(user))
	}
	cmd.Env = append(cmd.Env, "SFTPGO_AUTHD_PROTOCOL=SSH")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err = cmd.Run()
	took := time.Since(began)
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", path, err, &stderr)
	}
	var said struct {
		Username string `json:"username"`
		Status   int    `json:"status"`
		Password string `json:"to_verify"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &said); err != nil {
		return 0, fmt.Errorf("%s said %q: %w", path, &stdout, err)
	}
	if hook == target.Extauth && said.Username != p.account.Name ||
		hook == target.Checkpwd && (said.Status != 2 || said.Password != password) {
		return 0, fmt.Errorf("%s said %q, want a yes\n%s", path, &stdout, &stderr)
	}
	return took, nil
}

// converse answers the questions of a keyboard-interactive hook, at once and in order, and wants it
// to end in a yes.
func converse(cmd *exec.Cmd, answers ...string) (time.Duration, error) {
	began := time.Now()
	_, last, err := conversation.Hold(cmd, answers...)
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	var said conversation.Round
	if err := json.Unmarshal([]byte(last), &said); err != nil || said.AuthResult != 1 {
		return 0, fmt.Errorf("%s said %q, want a yes", cmd.Path, last)
	}
	return took, nil
}
