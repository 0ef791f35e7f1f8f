package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/internal/process"
	"sftpgo-authy/internal/sftpgotest"
)

// Binary is an sftpgo program of this machine, started in a folder of its own on free ports for
// each scenario.
type Binary struct {
	name     string
	path     string // what SFTPGO_BIN or SFTPGO_BIN_NEXT said, or ""
	found    string // set by Available
	version  string
	pages    string // folder of the web pages and mail templates, "" if they are inside
	programs Programs
}

// NewBinary returns the target. path is the sftpgo to run; "" looks on PATH.
func NewBinary(path string, programs Programs) *Binary {
	return &Binary{name: "binary", path: path, programs: programs}
}

// ErrNoNext says that nobody named a next SFTPGo. There need not be one.
var ErrNoNext = errors.New("SFTPGO_BIN_NEXT names no sftpgo")

// NewNext returns a target for the SFTPGo that comes after the one that people have: what will
// break is then known before. path is the sftpgo to run; "" is [ErrNoNext].
func NewNext(path string, programs Programs) *Binary {
	return &Binary{name: "next", path: path, programs: programs}
}

// Name implements Target.
func (b *Binary) Name() string { return b.name }

// Available implements Target.
func (b *Binary) Available(ctx context.Context, _ bool) error {
	if b.name == "next" && b.path == "" {
		return ErrNoNext
	}
	found, err := sftpgotest.Find(b.path)
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, found, "--version").Output()
	if err != nil {
		return fmt.Errorf("%s --version: %w", found, err)
	}
	b.found = found
	if !strings.Contains(string(out), "+bundle") {
		b.pages = pagesOf(found)
	}
	b.version, _, _ = strings.Cut(strings.TrimSpace(string(out)), " +")
	return nil
}

// pagesOf returns the folder with the web pages of an sftpgo: its own, as where it was built, or
// that of SFTPGo's packages.
func pagesOf(program string) string {
	dir := filepath.Dir(program)
	if _, err := os.Stat(filepath.Join(dir, "templates")); err == nil && filepath.IsAbs(dir) {
		return dir + "/"
	}
	return "/usr/share/sftpgo/"
}

// Describe implements Target.
func (b *Binary) Describe() string { return b.version + ", " + b.found }

// Concurrency implements Target.
func (b *Binary) Concurrency() int { return localConcurrency }

// Processes implements Target.
func (b *Binary) Processes() bool { return true }

// Addresses implements Target.
func (b *Binary) Addresses() bool { return true }

// SFTPGo implements Target.
func (b *Binary) SFTPGo() bool { return true }

// Close implements Target.
func (b *Binary) Close() error { return nil }

// Lease implements Target.
func (b *Binary) Lease(ctx context.Context, setup Setup) (Site, error) {
	base, err := newLocal(ctx, setup, b.programs)
	if err != nil {
		return nil, err
	}
	site := &binarySite{local: base}
	if err := site.start(ctx, b); err != nil {
		return nil, errors.Join(err, base.close())
	}
	return site, nil
}

type binarySite struct {
	*local
	sftpgo *sftpgotest.Server
	admin  *admin
}

// start runs sftpgo and returns when all four of its services listen.
func (s *binarySite) start(ctx context.Context, b *Binary) error {
	first, err := s.ports.Take(4)
	if err != nil {
		return err
	}
	addr := func(offset int) string { return fmt.Sprintf("127.0.0.1:%d", first+offset) }
	s.sftpgo = &sftpgotest.Server{
		Servers: client.Servers{SSH: addr(0), FTP: addr(1), DAV: addr(2), HTTP: addr(3)},
		Program: b.found, Dir: s.dir, Flags: []string{"--config-dir", s.dir, "--log-file-path", ""},
		Env: map[string]string{"HOME": s.dir, "TMPDIR": os.TempDir()}, Out: s.log,
	}
	maps.Copy(s.sftpgo.Env, s.setup.Server)
	if s.setup.Managed {
		s.manage()
	}
	config, err := json.MarshalIndent(sftpgoConfig(s.dir, b.pages, first, s.calls()), "", "  ")
	if err != nil {
		return err
	}
	cert, key, err := NewCertificate()
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{"sftpgo.json": config, "ftp.crt": cert, "ftp.key": key} {
		if err := os.WriteFile(s.path(name), data, 0o600); err != nil {
			return err
		}
	}
	if err := s.launch(ctx); err != nil {
		return err
	}
	if s.setup.Managed {
		if err := s.letIn(ctx); err != nil {
			s.sftpgo.Kill()
			return err
		}
	}
	return nil
}

// launch starts the process with the environment as it stands.
func (s *binarySite) launch(ctx context.Context) error {
	if err := s.sftpgo.Launch(ctx); err != nil {
		return fmt.Errorf("%w\n%s", err, process.Tail(s.log.String(), 20))
	}
	s.admin = &admin{s.sftpgo.API}
	return nil
}

// Servers implements Site.
func (s *binarySite) Servers() client.Servers { return s.sftpgo.Servers }

// PutAccount implements Site.
func (s *binarySite) PutAccount(ctx context.Context, account Account) error {
	return s.admin.put(ctx, account)
}

// ReadAccount implements Site.
func (s *binarySite) ReadAccount(ctx context.Context, name string) (map[string]any, error) {
	return s.admin.read(ctx, name)
}

// ChangeAccount implements Site.
func (s *binarySite) ChangeAccount(ctx context.Context, name string, change func(map[string]any)) error {
	return s.admin.change(ctx, name, change)
}

// Release implements Site. SFTPGo is killed: there is nothing in its memory that anybody would
// miss.
func (s *binarySite) Release() error {
	s.sftpgo.Kill()
	return s.close()
}
