package hookhost

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bits of Config.ExternalAuthScope: for which logins the external authentication hook is asked.
// Zero means all.
const (
	ExternalAuthPassword            = 1
	ExternalAuthPublicKey           = 2
	ExternalAuthKeyboardInteractive = 4
)

// Bits of Config.CheckPasswordScope: for which protocols the check password hook is asked. Zero
// means all.
const (
	CheckPasswordSSH = 1
	CheckPasswordFTP = 2
	CheckPasswordDAV = 4
)

// Config says which hooks there are and how they are called. A hook is an absolute path of a
// program, or a URL; whatever begins with "http" is a URL; empty is no hook.
type Config struct {
	// Dir is an existing folder. A user without home_dir gets the folder Dir/username.
	Dir string

	KeyboardInteractiveHook string
	ExternalAuthHook        string
	ExternalAuthScope       int // bits ExternalAuth…; 0 is all; outside 0..15 counts as 0
	CheckPasswordHook       string
	CheckPasswordScope      int // bits CheckPassword…; 0 is all

	// NoKeyboardInteractive removes that method from SSH. Without it and without a hook, the
	// built-in prompt asks.
	NoKeyboardInteractive bool
	// NoSSHPassword removes the method password from SSH; FTP and WebDAV keep it.
	NoSSHPassword bool

	// CommandTimeout limits a hook program, for keyboard-interactive the whole conversation. 0 is
	// 30 s.
	CommandTimeout time.Duration
	// CommandEnv ("key=value") and the SFTPGO_AUTHD_ variables are all that a hook program finds in
	// its environment.
	CommandEnv []string
	// Commands are settings for single programs; the first entry that fits counts.
	Commands []Command

	// HTTPTimeout limits one HTTP call of a hook, from connect to the last byte. 0 is 20 s.
	HTTPTimeout time.Duration
	// HTTPHeaders are added to the HTTP calls.
	HTTPHeaders []Header

	// Log receives each login result, each line that the external authentication or check password
	// program writes to stderr (level warn, attribute "sender"), and errors. Nil drops them.
	Log slog.Handler
	// Now is the time for expiration dates, built-in codes and timestamps of users. Nil is
	// time.Now.
	Now func() time.Time
}

// Command is what one hook program gets beyond the settings for all.
type Command struct {
	Path    string        // equal to the hook's string
	Timeout time.Duration // 0 is Config.CommandTimeout
	Env     []string      // "key=value", after Config.CommandEnv
	Args    []string
	Hook    string // keyboard_interactive, external_auth or check_password; empty is all three
}

// Header is an HTTP header for hooks whose URL begins with URL (empty: for all).
type Header struct {
	Key, Value, URL string
}

// hookNames are the values that Command.Hook may have.
var hookNames = [...]string{hookKeyboardInteractive, hookExternalAuth, hookCheckPassword}

const (
	hookKeyboardInteractive = "keyboard_interactive"
	hookExternalAuth        = "external_auth"
	hookCheckPassword       = "check_password"
)

// withDefaults fills in what may be left out, and reports every setting that cannot work.
func (c Config) withDefaults() (Config, error) {
	if c.CommandTimeout == 0 {
		c.CommandTimeout = 30 * time.Second
	}
	if c.HTTPTimeout == 0 {
		c.HTTPTimeout = 20 * time.Second
	}
	if c.ExternalAuthScope < 0 || c.ExternalAuthScope > 15 {
		c.ExternalAuthScope = 0
	}
	if c.Log == nil {
		c.Log = slog.DiscardHandler
	}
	if c.Now == nil {
		c.Now = time.Now
	}

	var errs []error
	if info, err := os.Stat(c.Dir); err != nil || !info.IsDir() || !filepath.IsAbs(c.Dir) {
		errs = append(errs, fmt.Errorf("dir %q: want the absolute path of an existing folder", c.Dir))
	}
	errs = append(errs, checkProgram(hookExternalAuth, c.ExternalAuthHook),
		checkProgram(hookCheckPassword, c.CheckPasswordHook))
	errs = append(errs, checkEnv("command env", c.CommandEnv))
	for _, cmd := range c.Commands {
		if cmd.Path == "" {
			errs = append(errs, errors.New("command without path: want the hook's path"))
		}
		if cmd.Hook != "" && !slices.Contains(hookNames[:], cmd.Hook) {
			errs = append(errs, fmt.Errorf("command %q: hook %q, want one of %q", cmd.Path, cmd.Hook, hookNames))
		}
		errs = append(errs, checkEnv("command "+cmd.Path, cmd.Env))
	}
	return c, errors.Join(errs...)
}

// isHTTP is the same prefix test that SFTPGo makes, nothing finer.
func isHTTP(hook string) bool { return strings.HasPrefix(hook, "http") }

// checkProgram looks whether a hook that is a program is there. Whether it can be executed shows at
// the first login.
func checkProgram(name, hook string) error {
	if hook == "" || isHTTP(hook) {
		return nil
	}
	if !filepath.IsAbs(hook) {
		return fmt.Errorf("%s hook %q: want an absolute path or an http URL", name, hook)
	}
	if _, err := os.Stat(hook); err != nil {
		return fmt.Errorf("%s hook: %w", name, err)
	}
	return nil
}

func checkEnv(what string, env []string) error {
	for _, e := range env {
		if !strings.Contains(e, "=") {
			return fmt.Errorf("%s: %q, want key=value", what, e)
		}
	}
	return nil
}

// launch returns the time limit, environment and arguments of a hook program. The first entry of
// Commands with the same path counts, provided that it is for every hook or for this one.
func (c Config) launch(path, hook string) (timeout time.Duration, env, args []string) {
	timeout = c.CommandTimeout
	env = append(make([]string, 0, len(c.CommandEnv)+8), c.CommandEnv...)
	for _, cmd := range c.Commands {
		if cmd.Path != path || cmd.Hook != "" && cmd.Hook != hook {
			continue
		}
		if cmd.Timeout != 0 {
			timeout = cmd.Timeout
		}
		return timeout, append(env, cmd.Env...), cmd.Args
	}
	return timeout, env, nil
}
