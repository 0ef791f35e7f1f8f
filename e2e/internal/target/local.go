package target

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/process"
	"sftpgo-authy/internal/redistest"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// localConcurrency is how many servers of one local target run at a time. Scenarios wait more than
// they compute.
const localConcurrency = 8

// local is what the targets without containers share: a folder, a mockauthy in this process behind
// a cable, the users file, the audit file and, for the HTTP door, a hookd.
type local struct {
	setup    Setup
	programs Programs
	dir      string
	mock     *mockauthytest.Server
	cable    *cable
	ports    *ports.Block
	log      *process.Output // of server and hooks
	env      map[string]string
	hookAddr string            // where SFTPGo finds hookd
	hookds   []*hookd          // none: no HTTP door
	front    *front            // nil: no cluster
	redis    *redistest.Server // nil: no cluster
}

// newLocal makes all of it, ready to be asked.
func newLocal(ctx context.Context, setup Setup, programs Programs) (_ *local, err error) {
	dir, err := os.MkdirTemp("", "e2e-site-")
	if err != nil {
		return nil, err
	}
	l := &local{setup: setup, programs: programs, dir: dir, log: process.NewOutput()}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	if l.ports, err = ports.Reserve(); err != nil {
		return nil, err
	}
	if l.mock, err = mockauthytest.Start(); err != nil {
		return nil, fmt.Errorf("start mockauthy: %w", err)
	}
	upstream, err := url.Parse(l.mock.URL)
	if err != nil {
		return nil, err
	}
	addr, err := l.ports.Addr()
	if err != nil {
		return nil, err
	}
	if l.cable, err = newCable(addr, upstream.Host); err != nil {
		return nil, err
	}
	users := setup.Users
	if users == "" {
		users = CastUsers()
	}
	if err := os.WriteFile(l.path("users"), []byte(users), 0o600); err != nil {
		return nil, err
	}
	l.env = map[string]string{
		"AUTHY_API_URL":    "http://" + l.cable.addr,
		"AUTHY_API_KEY":    l.mock.Key,
		"AUTHY_USERS_FILE": l.path("users"),
		"AUTHY_AUDIT":      l.path("audit.jsonl"),
		"TMPDIR":           l.dir, // where the keyint program keeps when it had a code sent
	}
	if setup.Verify {
		delete(l.env, "AUTHY_API_URL")
		delete(l.env, "AUTHY_API_KEY")
	}
	if setup, err = setup.withVerify(ctx, l.mock.Client, "http://"+l.cable.addr); err != nil {
		return nil, err
	}
	for name, text := range setup.secretFiles() {
		if err := os.WriteFile(l.path(name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	setup.Config = setup.withMemory(l.dir)
	if l.setup.Config = setup.Config; len(setup.Config) > 0 {
		l.env["AUTHY_HOOKS_CONFIG"] = l.path("hooks.yaml")
		if err := l.writeConfig(setup.Config); err != nil {
			return nil, err
		}
	}
	maps.Copy(l.env, setup.Env)
	if setup.Door == HTTP {
		if err := l.placeHookds(ctx); err != nil {
			return nil, err
		}
		if !setup.Managed { // that one needs an API key of SFTPGo first
			return l, l.StartHookd(ctx)
		}
	}
	return l, nil
}

// writeConfig replaces the hooks' configuration file.
func (l *local) writeConfig(settings map[string]string) error {
	return os.WriteFile(l.path("hooks.yaml"), Setup{Config: settings}.configFile(), 0o600)
}

func (l *local) path(name string) string { return filepath.Join(l.dir, name) }

// calls says how the server reaches the hooks.
func (l *local) calls() hookCalls {
	path := func(hook Hook) string { return l.programs.Path(string(hook)) }
	return l.setup.calls(path, "http://"+l.hookAddr, l.env)
}

// Authy implements Site.
func (l *local) Authy() *mockapi.Client { return l.mock.Client }

// WriteUsers implements Site.
func (l *local) WriteUsers(_ context.Context, text string) error {
	if err := os.WriteFile(l.path("users.new"), []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(l.path("users.new"), l.path("users"))
}

// Audit implements Site.
func (l *local) Audit(context.Context) ([]AuditLine, error) {
	data, err := os.ReadFile(l.path("audit.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return parseAudit(string(data)), err
}

// ServerLog implements Site.
func (l *local) ServerLog(context.Context) string { return l.log.String() }

// StopAuthy implements Site.
func (l *local) StopAuthy(context.Context) error {
	l.cable.pull()
	return nil
}

// StartAuthy implements Site.
func (l *local) StartAuthy(context.Context) error { return l.cable.plug() }

// close ends hookd and mock and deletes the folder. Parts that were never made are skipped.
func (l *local) close() error {
	var errs []error
	for _, one := range l.hookds {
		if one.process != nil {
			errs = append(errs, one.process.Stop())
		}
	}
	if l.front != nil {
		errs = append(errs, l.front.close())
	}
	if l.redis != nil {
		l.redis.Kill()
	}
	if l.cable != nil {
		l.cable.pull()
	}
	if l.mock != nil {
		errs = append(errs, l.mock.Close())
	}
	if l.ports != nil {
		errs = append(errs, l.ports.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(l.dir))...)
}

// logHandler writes a hook host's log into the output of its site, one JSON line per record.
func logHandler(out *process.Output) slog.Handler {
	return slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})
}
