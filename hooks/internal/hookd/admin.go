package hookd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"sftpgo-authy/hooks/internal/admin"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/memory/bolt"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// backend is what a running hookd answers on its admin socket.
type backend struct {
	host      Host
	flags     flags
	now       *atomic.Pointer[inForce]
	file      *bolt.Owner // nil: there is no memory file
	look      func(context.Context) health.State
	started   time.Time
	listening []string
}

// openAdmin serves the admin socket, if one is configured, until shut is called.
func (b backend) openAdmin() (shut func(), err error) {
	path := b.now.Load().config.Hookd.AdminSocket
	if path == "" {
		return func() {}, nil
	}
	socket, err := admin.Listen(path)
	if err != nil {
		return nil, fmt.Errorf("hookd.admin_socket: %w", err)
	}
	server := &http.Server{Handler: admin.Handler(b), ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second}
	return background(server, socket), nil
}

// background serves until shut is called.
func background(server *http.Server, l net.Listener) (shut func()) {
	ended := make(chan struct{})
	go func() {
		_ = server.Serve(l)
		close(ended)
	}()
	return func() {
		_ = server.Close()
		<-ended
	}
}

// State implements [admin.Backend].
func (b backend) State(ctx context.Context) admin.State {
	s := b.now.Load()
	state := admin.State{
		PID: os.Getpid(), Started: b.started, Loaded: s.loaded, Listening: b.listening, TLS: s.tls != nil,
		ConfigFile: b.flags.config, Variables: b.variables(),
		Settings: s.config.Effective(), Secrets: s.config.Secrets(), Files: changes(s.files),
	}
	if state.ConfigFile == "" {
		state.ConfigFile, _ = sftpgo.Env(b.host.Env).Lookup("AUTHY_HOOKS_CONFIG")
	}
	next, err := b.host.load(b.flags)
	if err == nil {
		err = setup.CheckUsersFile(next)
	}
	if err != nil {
		state.PendingProblem = err.Error()
	} else {
		state.Pending = config.Differences(s.config, next)
	}
	found := b.look(ctx)
	state.Reasons, state.Degraded = found.Reasons, found.Degraded
	return state
}

// variables returns the names of our variables that hookd was started with.
func (b backend) variables() []string {
	names := map[string]bool{}
	env := sftpgo.Env(b.host.Env)
	for _, entry := range b.host.Env {
		name, _, _ := strings.Cut(entry, "=")
		if value, _ := env.Lookup(name); strings.HasPrefix(name, "AUTHY_") && value != "" {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Account implements [admin.Backend]. It looks the account up as a login would, and has SFTPGo
// asked anew: what hookd remembers of its answers may be from before a change, and does not count
// for logins any more either.
func (b backend) Account(ctx context.Context, name string) admin.Account {
	s := b.now.Load()
	s.sources.Forget(name)
	found, err := s.sources.Lookup(ctx, gate.Account{Name: name})
	if err == nil && !found.Mapped && s.grace != nil {
		err = s.grace.End(ctx, name)
	}
	account := admin.Account{Name: name, Mapped: found.Mapped, Vanished: found.Vanished, Stale: found.Stale}
	if err != nil {
		account.Problem = err.Error()
	}
	return account
}

// Memory implements [admin.Backend].
func (b backend) Memory() (admin.Memory, bool) {
	if b.file == nil {
		return admin.Memory{}, false
	}
	return admin.Memory{File: b.now.Load().config.MemoryFile, Key: b.file.Key(), Store: b.file}, true
}

// live are the files that hookd reads again whenever they change, or keeps.
var live = []string{"users_file", "memory_file", "totp.secrets_file", "totp.key_file"}

// filesOf returns the files that the settings name, as they are.
func filesOf(c config.Config) []admin.File {
	var files []admin.File
	settings := c.Effective()
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if path, _ := settings[key].(string); strings.HasSuffix(key, "_file") && path != "" {
			files = append(files, admin.File{Key: key, Path: path, Modified: modified(path),
				Live: slices.Contains(live, key)})
		}
	}
	return files
}

// changes marks the files that have changed.
func changes(files []admin.File) []admin.File {
	out := slices.Clone(files)
	for i, f := range out {
		out[i].Changed = !modified(f.Path).Equal(f.Modified)
	}
	return out
}

func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// restartOnly returns an error if a reload would have to change what only a restart can.
func restartOnly(old, next *inForce) error {
	a, b := old.config.Hookd, next.config.Hookd
	if a.Listen != b.Listen || a.AdminListen != b.AdminListen || a.AdminSocket != b.AdminSocket ||
		(old.tls == nil) != (next.tls == nil) || old.config.MemoryFile != next.config.MemoryFile {
		return errors.New("hookd.listen, hookd.admin_listen, hookd.admin_socket, memory_file and whether tls is on " +
			"change only with a restart")
	}
	return nil
}
