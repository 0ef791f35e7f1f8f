package target

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/internal/process"
	"sftpgo-authy/internal/sftpgotest"
	"sftpgo-authy/mockauthy/mockapi"
)

// stack is one compose project: SFTPGo, hookd and mockauthy.
type stack struct {
	engine  *engine
	project string
	door    Door

	env                  []string // of compose commands
	sftpgo, hookd, authy string   // container ids
	servers              client.Servers
	admin                *admin
	mock                 *mockapi.Client
	configured           string // the configKey that it was prepared for last
	hookdDown, authyDown bool
}

// Ports of a stack, as offsets from its first one. Passive FTP has the rest.
const (
	portSFTP = iota
	portFTP
	portDAV
	portHTTP
	portAuthy
	portPassive
	portCount = portPassive + 5
)

// stackKey is the API key of every stack's mockauthy.
const stackKey = "e2e-api-key"

// start brings the project up on the ports from first on, and returns when every container is
// healthy and every service answers.
func (s *stack) start(ctx context.Context, first int) (err error) {
	addr := func(offset int) string { return fmt.Sprintf("127.0.0.1:%d", first+offset) }
	s.env = append([]string{
		"COMPOSE_HTTP_TIMEOUT=200",
		fmt.Sprint("SFTP_PORT=", first+portSFTP), fmt.Sprint("FTP_PORT=", first+portFTP),
		fmt.Sprint("WEBDAV_PORT=", first+portDAV), fmt.Sprint("WEB_PORT=", first+portHTTP),
		fmt.Sprint("MOCKAUTHY_PORT=", first+portAuthy),
		fmt.Sprint("FTP_PASSIVE_START=", first+portPassive), fmt.Sprint("FTP_PASSIVE_END=", first+portCount-1),
		"FTP_PASSIVE_IP=127.0.0.1", "AUTHY_API_KEY=" + stackKey, "HOOKD_SECRET=" + hookdSecret,
		"SFTPGO_ADMIN_PASSWORD=" + sftpgotest.Password,
	}, s.hookVariables()...)
	// Created first and started after: hookd wants its configuration when it starts.
	if err := s.compose(ctx, "up", "--no-start", "--no-build"); err != nil {
		return err
	}
	for service, id := range map[string]*string{"sftpgo": &s.sftpgo, "hookd": &s.hookd, "mockauthy": &s.authy} {
		if *id, err = s.container(ctx, service); err != nil {
			return err
		}
	}
	if err := s.configure(ctx, Setup{Door: s.door}); err != nil {
		return err
	}
	if err := s.compose(ctx, "up", "-d", "--no-build", "--no-recreate"); err != nil {
		return fmt.Errorf("%w\n%s", err, s.logs(ctx, time.Time{}))
	}
	s.servers = client.Servers{SSH: addr(portSFTP), FTP: addr(portFTP), DAV: addr(portDAV), HTTP: addr(portHTTP)}
	s.admin = newAdmin(s.servers.HTTP)
	s.mock = &mockapi.Client{URL: "http://" + addr(portAuthy), Key: stackKey}
	return s.waitServing(ctx)
}

// hookVariables say through which door SFTPGo reaches the hooks.
func (s *stack) hookVariables() []string {
	var env []string
	for name, hook := range map[string]Hook{"KEYINT_HOOK": Keyint, "EXTAUTH_HOOK": Extauth, "CHECKPWD_HOOK": Checkpwd} {
		value := "/usr/local/bin/" + string(hook)
		if s.door == HTTP {
			value = "http://hookd:8890/" + string(hook)
		}
		env = append(env, name+"="+value)
	}
	return env
}

// waitServing waits for SFTPGo's services. An open port tells nothing: the engine's proxy accepts
// before SFTPGo does.
func (s *stack) waitServing(ctx context.Context) error {
	var text string
	deadline := time.Now().Add(2 * time.Minute)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		// Four services: SFTP, FTP in words of its own, WebDAV, HTTP.
		text, _ = s.engine.logs(ctx, s.sftpgo, time.Time{})
		if strings.Count(text, "server listener registered") >= 3 &&
			strings.Contains(text, `"message":"Listening..."`) {
			return nil
		}
	}
	return fmt.Errorf("SFTPGo of %s does not serve\n%s", s.project, process.Tail(text, 30))
}

func (s *stack) compose(ctx context.Context, args ...string) error {
	return s.engine.composeRun(ctx, s.project, s.env, args...)
}

// container returns the id of a service's container. Compose puts the label there, whatever its
// version names things.
func (s *stack) container(ctx context.Context, service string) (string, error) {
	out, err := s.engine.docker(ctx, nil, "ps", "-a", "-q", "--no-trunc",
		"--filter", "label=com.docker.compose.project="+s.project, "--filter",
		"label=com.docker.compose.service="+service)
	id := strings.TrimSpace(string(out))
	if err == nil && id == "" {
		err = fmt.Errorf("project %s has no container of %s", s.project, service)
	}
	return id, err
}

// configure writes users file and configuration of the hooks for a setup.
func (s *stack) configure(ctx context.Context, setup Setup) error {
	users := setup.Users
	if users == "" {
		users = CastUsers()
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	var errs []error
	put := func(name, text string, mode int64, uid int) {
		header := tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Uid: uid, Gid: uid, Size: int64(len(text))}
		errs = append(errs, w.WriteHeader(&header))
		_, err := io.WriteString(w, text)
		errs = append(errs, err)
	}
	// Each reader has a file of its own: the key in it is for nobody else's eyes, and the hooks
	// insist on that.
	cert, key, err := NewCertificate()
	if err != nil {
		return err
	}
	put("users", users, 0o644, 0)
	put("ftp.crt", string(cert), 0o644, 0)
	put("ftp.key", string(key), 0o600, 1000)
	for reader, uid := range map[string]int{"hookd": 65532, "program": 1000} {
		own := setup
		own.Config = setup.withMemory("/e2e/" + reader)
		put(reader+".yaml", string(own.containerConfig(auditFile(reader))), 0o600, uid)
		errs = append(errs, w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: reader + "/", Mode: 0o700, Uid: uid,
			Gid: uid}))
		for name, text := range setup.secretFiles() {
			put(reader+"/"+name, text, 0o600, uid)
		}
	}
	if err := errors.Join(append(errs, w.Close())...); err != nil {
		return err
	}
	_, err = s.engine.docker(ctx, archive.Bytes(), "cp", "-", s.sftpgo+":/e2e")
	s.configured = setup.configKey()
	return err
}

// auditFile is where "hookd" or "program" write their audit: on a volume that is read through
// SFTPGo's container. A file is complete when the login is decided; what a container prints reaches
// its log some time later.
func auditFile(reader string) string { return "/e2e/" + reader + "/audit.jsonl" }

// containerConfig is the configuration file of the hooks of a stack: what docker-compose.yml gives
// as variables, and the setup's own settings on top, those that are variables elsewhere included.
func (s Setup) containerConfig(audit string) []byte {
	config := map[string]string{
		"api_url": "http://mockauthy:8880", "allow_http": "true", "api_key": stackKey, "users_file": "/e2e/users",
		"audit": audit,
	}
	maps.Copy(config, s.Config)
	for name, value := range s.Env {
		key := strings.ToLower(strings.TrimPrefix(name, "AUTHY_"))
		if rest, ok := strings.CutPrefix(key, "verify_"); ok {
			key = "verify." + rest
		}
		config[key] = value
	}
	for variable, key := range map[string]string{
		"AUTHY_API_KEY_FILE": "api_key", "AUTHY_VERIFY_SECRET_FILE": "verify.secret",
		"AUTHY_API_URL": "allow_http", "AUTHY_VERIFY_URL": "allow_http",
	} {
		if s.Env[variable] != "" {
			delete(config, key)
		}
	}
	if s.Verify {
		delete(config, "api_key")
		delete(config, "api_url")
	}
	return Setup{Config: config}.configFile()
}

// configKey is equal for setups with equal configuration of the hooks.
func (s Setup) configKey() string {
	return Setup{Door: s.Door, Config: s.Config, Env: s.Env, Users: s.Users, Secrets: s.Secrets, Verify: s.Verify,
		Leaving: s.Leaving}.Key()
}

// logs returns what the three containers printed since a time; the zero time means all.
func (s *stack) logs(ctx context.Context, since time.Time) string {
	var b strings.Builder
	for _, one := range []struct{ name, id string }{{"sftpgo", s.sftpgo}, {"hookd", s.hookd}, {"mockauthy", s.authy}} {
		if one.id == "" {
			continue
		}
		out, err := s.engine.logs(ctx, one.id, since)
		fmt.Fprintf(&b, "-- %s\n%s", one.name, out)
		if err != nil {
			fmt.Fprintf(&b, "(%v)\n", err)
		}
	}
	return b.String()
}

// remove takes the project away with all that it stored.
func (s *stack) remove(ctx context.Context) error {
	return s.compose(ctx, "down", "--volumes", "--remove-orphans", "--timeout", "0")
}
