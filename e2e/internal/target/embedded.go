package target

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"sftpgo-authy/e2e/internal/hookhost"
	"sftpgo-authy/internal/client"
)

// Embedded is the target inside this process: a hook host with SSH, FTP and WebDAV. It is no
// SFTPGo.
type Embedded struct {
	programs Programs
}

// NewEmbedded returns the target; the programs are the hooks to call.
func NewEmbedded(programs Programs) *Embedded {
	return &Embedded{programs: programs}
}

// Name implements Target.
func (e *Embedded) Name() string { return "embedded" }

// Available implements Target: it needs nothing.
func (e *Embedded) Available(context.Context, bool) error { return nil }

// Describe implements Target.
func (e *Embedded) Describe() string { return "hook host in the test process, not SFTPGo" }

// Concurrency implements Target.
func (e *Embedded) Concurrency() int { return localConcurrency }

// Processes implements Target.
func (e *Embedded) Processes() bool { return true }

// Addresses implements Target.
func (e *Embedded) Addresses() bool { return true }

// SFTPGo implements Target.
func (e *Embedded) SFTPGo() bool { return false }

// Close implements Target.
func (e *Embedded) Close() error { return nil }

// Lease implements Target.
func (e *Embedded) Lease(ctx context.Context, setup Setup) (Site, error) {
	base, err := newLocal(ctx, setup, e.programs)
	if err != nil {
		return nil, err
	}
	calls := base.calls()
	config := hookhost.Config{
		Dir:                     base.path("data"),
		KeyboardInteractiveHook: calls.keyint,
		ExternalAuthHook:        calls.extauth,
		ExternalAuthScope:       hookhost.ExternalAuthPassword,
		CheckPasswordHook:       calls.checkpwd,
		CommandTimeout:          keyintTimeout * time.Second,
		CommandEnv:              calls.env,
		Log:                     logHandler(base.log),
	}
	if calls.secret != "" {
		config.HTTPHeaders = []hookhost.Header{{Key: "X-Hook-Secret", Value: calls.secret}}
	}
	if err := os.Mkdir(config.Dir, 0o700); err != nil {
		return nil, errors.Join(err, base.close())
	}
	host, err := hookhost.Start(config)
	if err != nil {
		return nil, errors.Join(err, base.close())
	}
	return &embeddedSite{local: base, host: host}, nil
}

type embeddedSite struct {
	*local
	host *hookhost.Host
}

// Servers implements Site. There is no HTTP service.
func (s *embeddedSite) Servers() client.Servers {
	return client.Servers{SSH: s.host.SSHAddr(), FTP: s.host.FTPAddr(), DAV: s.host.DAVAddr()}
}

// PutAccount implements Site.
func (s *embeddedSite) PutAccount(_ context.Context, account Account) error {
	document, err := json.Marshal(account.Document())
	if err != nil {
		return err
	}
	_ = s.host.DeleteUser(account.Name) // it may not be there
	return s.host.AddUser(document)
}

// ReadAccount implements Site.
func (s *embeddedSite) ReadAccount(_ context.Context, name string) (map[string]any, error) {
	data, err := s.host.UserJSON(name)
	if err != nil {
		return nil, err
	}
	return decodeDocument(data)
}

// ChangeAccount implements Site.
func (s *embeddedSite) ChangeAccount(ctx context.Context, name string, change func(map[string]any)) error {
	document, err := s.ReadAccount(ctx, name)
	if err != nil {
		return err
	}
	change(document)
	data, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return s.host.UpdateUser(data)
}

// Release implements Site.
func (s *embeddedSite) Release() error { return errors.Join(s.host.Close(), s.close()) }
