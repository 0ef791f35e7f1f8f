package target

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"strings"

	"sftpgo-authy/mockauthy/mockapi"
)

// sealKey is the key of every site's local TOTP, as its key file has it.
const sealKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// secretFiles are the files of local TOTP, by their names in the folder of whoever reads them; none
// where the setup has no secrets.
func (s Setup) secretFiles() map[string]string {
	if s.Secrets == "" {
		return nil
	}
	files := map[string]string{"secrets": s.Secrets, "totp-key": sealKey + "\n"}
	if s.Leaving {
		files["users"] = CastUsers()
	}
	return files
}

// withMemory returns the settings of the hooks with those of local TOTP, whose files are in dir,
// and with a memory file there where one is needed. What is remembered belongs to these people
// alone: a stack is used by many scenarios.
func (s Setup) withMemory(dir string) map[string]string {
	all := map[string]string{}
	if s.Secrets != "" {
		all = map[string]string{
			"provider": "totp", "totp.period": "1m", "totp.skew": "2",
			"totp.secrets_file": path.Join(dir, "secrets"), "totp.key_file": path.Join(dir, "totp-key"),
		}
	}
	if s.Secrets != "" || s.Verify && s.Door == Program {
		sum := sha256.Sum256([]byte(s.Secrets + s.Users))
		all["memory_file"] = path.Join(dir, fmt.Sprintf("memory-%x.db", sum[:8]))
	}
	if s.Secrets != "" && s.Door == HTTP { // authyctl asks hookd for the memory
		all["hookd.admin_socket"] = path.Join(dir, "hookd.sock")
	}
	if s.Leaving { // authyctl changes the users file, so it is in a folder where it may
		all["users_file"] = path.Join(dir, "users")
	}
	maps.Copy(all, s.Config)
	return all
}

// withVerify returns a setup whose hooks ask Twilio Verify at an address, with the credentials that
// the mock has for its API key.
func (s Setup) withVerify(ctx context.Context, mock *mockapi.Client, address string) (Setup, error) {
	if !s.Verify && !s.Leaving {
		return s, nil
	}
	apps, err := mock.Apps(ctx)
	if err != nil {
		return s, err
	}
	all := map[string]string{"provider": "verify", "verify.url": address}
	for _, app := range apps {
		if app.Key == mock.Key {
			all["verify.account_sid"], all["verify.secret"] = app.AccountSID, app.AuthToken
			all["verify.service_sid"] = app.ServiceSID
		}
	}
	maps.Copy(all, s.Config)
	s.Config = all
	return s, nil
}

// Keeper is a Site with authyctl at hand.
type Keeper interface {
	// Authyctl runs authyctl at a terminal, and returns what it prints, also with an error. typed
	// is asked for the answer to each question, with all that the screen shows.
	Authyctl(ctx context.Context, typed func(screen string) (string, error), args ...string) (string, error)
}

// Authyctl implements Keeper.
func (l *local) Authyctl(
	ctx context.Context,
	typed func(screen string) (string, error),
	args ...string,
) (string, error) {
	cmd := exec.CommandContext(ctx, l.programs.Path("authyctl"), args...)
	for name, value := range l.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return atTerminal(cmd, typed)
}

// atTerminal runs authyctl as [Keeper] says.
func atTerminal(cmd *exec.Cmd, typed func(screen string) (string, error)) (string, error) {
	in, keyboard, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer in.Close()
	defer keyboard.Close()
	t := &terminal{keyboard: keyboard, typed: typed}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, t, t
	var ended *exec.ExitError
	// 3: done, and nobody was there who could confirm it
	if err := cmd.Run(); err != nil && (!errors.As(err, &ended) || ended.ExitCode() != 3) {
		return t.screen.String(), fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, t.screen.String())
	}
	return t.screen.String(), nil
}

// terminal is where somebody answers questions.
type terminal struct {
	screen   strings.Builder
	keyboard io.Writer
	typed    func(screen string) (string, error)
}

// Write implements [io.Writer].
func (t *terminal) Write(text []byte) (int, error) {
	n, _ := t.screen.Write(text) // never fails
	if !strings.HasSuffix(string(text), ": ") {
		return n, nil
	}
	answer, err := t.typed(t.screen.String())
	if err == nil {
		_, err = io.WriteString(t.keyboard, answer+"\n")
	}
	return n, err
}
