package hookhost

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Host is a running server. Its methods may be called from any goroutine.
type Host struct {
	config Config
	users  *users
	log    *slog.Logger
	http   *http.Client

	ctx     context.Context // ends with the host; hooks are killed then
	cancel  context.CancelFunc
	running sync.WaitGroup
	servers []server
}

// server is one protocol's door.
type server interface {
	addr() string
	serve() // until close
	close() // stops accepting, ends the sessions and returns when they are gone
}

// Start checks the configuration and serves SSH, FTP and WebDAV, each on a free port of the
// loopback address. When it returns, all three accept connections. A keyboard-interactive program
// that is not there is no error: that method silently disappears and password stays, as on SFTPGo.
func Start(config Config) (*Host, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("hook host: %w", err)
	}
	h := &Host{config: config, users: newUsers(config.Dir, config.Now), log: slog.New(config.Log)}
	if err := checkProgram(hookKeyboardInteractive, config.KeyboardInteractiveHook); err != nil {
		h.config.NoKeyboardInteractive = true
		h.log.Warn("keyboard-interactive is off", "error", err)
	}
	h.http = &http.Client{Timeout: config.HTTPTimeout, Transport: newTransport()}
	h.ctx, h.cancel = context.WithCancel(context.Background())

	for _, open := range []func(*Host, net.Listener) (server, error){newSSHServer, newFTPServer, newDAVServer} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(fmt.Errorf("hook host: %w", err), h.Close())
		}
		s, err := open(h, listener)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("hook host: %w", err), listener.Close(), h.Close())
		}
		h.servers = append(h.servers, s)
	}
	for _, s := range h.servers {
		h.running.Go(s.serve)
	}
	return h, nil
}

// newTransport is Go's default one: SFTPGo sets nothing on it either.
func newTransport() http.RoundTripper {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return t.Clone()
	}
	return &http.Transport{Proxy: http.ProxyFromEnvironment}
}

// SSHAddr is the host:port for SSH.
func (h *Host) SSHAddr() string { return h.servers[0].addr() }

// FTPAddr is the host:port for FTP.
func (h *Host) FTPAddr() string { return h.servers[1].addr() }

// DAVAddr is the host:port for WebDAV, plain HTTP, the user's files at "/".
func (h *Host) DAVAddr() string { return h.servers[2].addr() }

// Close ends sessions, kills hooks that still run, and returns when nothing of the host runs any
// more. It can be called again.
func (h *Host) Close() error {
	h.cancel()
	for _, s := range h.servers {
		s.close()
	}
	h.running.Wait()
	h.http.CloseIdleConnections()
	return nil
}

// loginName trims the name that a client gave; the hooks get it so.
func loginName(name string) string { return strings.TrimSpace(name) }

// loginPassword judges a password over SSH, FTP or WebDAV. Refusals by account come back as errors
// too; denied says that the credentials were right and only the filters refused.
func (h *Host) loginPassword(name, password, ip, protocol string) (u user, denied bool, err error) {
	c := credentials{name: loginName(name), ip: ip, protocol: protocol, password: password}
	if u, err = h.account(c, ExternalAuthPassword); err == nil {
		err = h.verifyPassword(u, password, ip, protocol)
	}
	if err == nil {
		err = admit(u, methodPassword, protocol, ip)
		denied = err != nil
	}
	return u, denied, h.finish(u, name, methodPassword, protocol, ip, err)
}

// finish writes the result of a login to the log and makes the home folder of who may enter.
func (h *Host) finish(u user, name, method, protocol, ip string, err error) error {
	if err == nil {
		if err = os.MkdirAll(u.HomeDir, 0o755); err != nil {
			err = fmt.Errorf("home folder: %w", err)
		}
	}
	attrs := []any{"username", name, "method", method, "protocol", protocol, "ip", ip}
	if err != nil {
		h.log.Info("login refused", append(attrs, "error", err)...)
		return err
	}
	h.users.touch(u.Username)
	h.log.Info("login accepted", append(attrs, "home", filepath.Base(u.HomeDir))...)
	return nil
}

// addressOnly cuts the port off; IPv6 comes without brackets.
func addressOnly(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host
}
