package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"time"

	"sftpgo-authy/internal/client"
)

// Binary is an sftpgo program of this machine, started in a folder of its own on free ports for
// each scenario.
type Binary struct {
	path     string // what SFTPGO_BIN said, or ""
	found    string // set by Available
	version  string
	pages    string // folder of the web pages and mail templates, "" if they are inside
	programs Programs
}

// NewBinary returns the target. path is the sftpgo to run; "" looks on PATH.
func NewBinary(path string, programs Programs) *Binary {
	return &Binary{path: path, programs: programs}
}

// Name implements Target.
func (b *Binary) Name() string { return "binary" }

// Available implements Target.
func (b *Binary) Available(ctx context.Context, _ bool) error {
	name := b.path
	if name == "" {
		name = "sftpgo"
	}
	found, err := exec.LookPath(name)
	if err != nil && b.path == "" {
		return errors.New("no sftpgo on PATH; install SFTPGo or set SFTPGO_BIN")
	} else if err != nil {
		return fmt.Errorf("SFTPGO_BIN: %w", err)
	}
	out, err := exec.CommandContext(ctx, found, "--version").Output()
	if err != nil {
		return fmt.Errorf("%s --version: %w", found, err)
	}
	b.found = found
	if !strings.Contains(string(out), "+bundle") {
		b.pages = "/usr/share/sftpgo/" // where SFTPGo's packages put them
	}
	b.version, _, _ = strings.Cut(strings.TrimSpace(string(out)), " +")
	return nil
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
	site := &binarySite{local: base, program: b.found, settings: maps.Clone(setup.Server)}
	if err := site.start(ctx, b); err != nil {
		return nil, errors.Join(err, base.close())
	}
	return site, nil
}

type binarySite struct {
	*local
	program  string // sftpgo
	sftpgo   *process
	admin    *admin
	servers  client.Servers
	settings map[string]string // SFTPGO_…, of its environment
}

// start runs sftpgo and returns when all four of its services listen.
func (s *binarySite) start(ctx context.Context, b *Binary) error {
	first, err := s.ports.Take(4)
	if err != nil {
		return err
	}
	addr := func(offset int) string { return fmt.Sprintf("127.0.0.1:%d", first+offset) }
	s.servers = client.Servers{SSH: addr(0), FTP: addr(1), DAV: addr(2), HTTP: addr(3)}
	if s.setup.Managed {
		s.manage()
	}
	config, err := json.MarshalIndent(sftpgoConfig(s.dir, b.pages, first, s.calls()), "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path("sftpgo.json"), config, 0o600); err != nil {
		return err
	}
	cert, key, err := NewCertificate()
	if err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(s.path("ftp.crt"), cert, 0o600), os.WriteFile(s.path("ftp.key"), key, 0o600)); err != nil {
		return err
	}
	sftpgo, err := s.launch()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	// Each service says so when it listens; FTP in words of its own.
	listening := "server listener registered, address: "
	err = s.log.waitFor(ctx, sftpgo.done, listening+s.servers.SSH, listening+s.servers.DAV, listening+s.servers.HTTP,
		fmt.Sprintf(`"Port":%d,"Zone":""},"message":"Listening..."`, first+1))
	if err != nil {
		sftpgo.kill()
		return fmt.Errorf("start sftpgo: %w\n%s", err, tail(s.log.String(), 20))
	}
	s.sftpgo, s.admin = sftpgo, newAdmin(s.servers.HTTP)
	if s.setup.Managed {
		if err := s.letIn(ctx); err != nil {
			sftpgo.kill()
			return err
		}
	}
	return nil
}

// launch starts the process with the environment as it stands.
func (s *binarySite) launch() (*process, error) {
	env := []string{
		"SFTPGO_DEFAULT_ADMIN_USERNAME=" + adminName, "SFTPGO_DEFAULT_ADMIN_PASSWORD=" + adminPassword,
		"HOME=" + s.dir, "TMPDIR=" + os.TempDir(),
	}
	for name, value := range s.settings {
		env = append(env, name+"="+value)
	}
	return startProcess(s.log, s.dir, env, s.program, "serve", "--config-dir", s.dir, "--log-file-path", "")
}

// Servers implements Site.
func (s *binarySite) Servers() client.Servers { return s.servers }

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
	s.sftpgo.kill()
	return s.close()
}
