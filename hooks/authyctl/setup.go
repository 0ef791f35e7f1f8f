package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/plainhttp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/safefile"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/hooks/internal/tlsfile"
)

// adminTimeout bounds one exchange with SFTPGo. It is long, because a page of accounts may take a
// while and nobody waits to log in.
const adminTimeout = 30 * time.Second

// options are what the flags say about configuration and SFTPGo.
type options struct {
	config                       string
	url, keyFile, admin, pwdFile string
	otp                          bool
}

// configFlag adds the flag for the configuration.
func (s *options) configFlag(set *flag.FlagSet) {
	set.StringVar(&s.config, "config", "",
		"configuration `FILE` of the hooks; default $AUTHY_HOOKS_CONFIG, else "+config.Installed)
}

// sftpgoFlags adds the flags for SFTPGo's REST API.
func (s *options) sftpgoFlags(set *flag.FlagSet) {
	set.StringVar(&s.url, "sftpgo-url", "", "`URL` of SFTPGo's REST API; default sftpgo_url of the configuration")
	set.StringVar(&s.keyFile, "sftpgo-api-key-file", "",
		"`FILE` with an API key of scope 1; default sftpgo_api_key_file of the configuration")
	set.StringVar(&s.admin, "sftpgo-admin", "", "`NAME` of an administrator of SFTPGo, instead of an API key")
	set.StringVar(&s.pwdFile, "sftpgo-password-file", "", "`FILE` with the administrator's password")
	set.BoolVar(&s.otp, "sftpgo-otp", false, "ask for the code of the administrator's second factor")
}

// tools is what a command works with.
type tools struct {
	config  config.Config
	authy   *authy.Client     // nil where the configuration has none
	verify  *verify.Client    // nil where the configuration has none
	sftpgo  *sftpgoapi.Client // nil where nothing says how to reach it
	people  provider.Set
	sources accounts.Chain
	now     func() time.Time
}

// open reads the configuration and makes the clients.
func (c *cli) open(s options) (tools, error) {
	cfg, err := config.Load(s.config, c.lookup)
	if err != nil {
		return tools{}, err
	}
	t := tools{config: cfg, now: c.now}
	if cfg.Authy() || !cfg.HasOther() {
		if t.authy, err = setup.Authy(cfg); err != nil {
			return t, err
		}
	}
	if cfg.Verify.Enabled() {
		if t.verify, err = setup.Verify(cfg); err != nil {
			return t, err
		}
	}
	if t.people, err = setup.References(cfg); err != nil {
		return t, err
	}
	if t.sftpgo, err = c.sftpgo(s, cfg); err != nil {
		return t, err
	}
	t.sources, err = c.sources(t.sftpgo, t.people, cfg)
	return t, err
}

// sources makes the sources of accounts. They reach SFTPGo through api, if there is one.
func (c *cli) sources(api *sftpgoapi.Client, people provider.Set, cfg config.Config) (accounts.Chain, error) {
	var users accounts.Users
	if api != nil {
		users = accounts.REST{Client: api}
	}
	return setup.AccountsVia(cfg, people, users, c.now, nil)
}

// sftpgo makes the client of SFTPGo's REST API. It returns nil if neither flags nor configuration
// say where that is.
func (c *cli) sftpgo(s options, cfg config.Config) (*sftpgoapi.Client, error) {
	o := sftpgoapi.Options{URL: s.url, Admin: s.admin, Timeout: adminTimeout}
	if o.URL == "" {
		o.URL = cfg.SFTPGoURL
	}
	if o.URL == "" {
		if s.admin != "" || s.keyFile != "" {
			return nil, errors.New("--sftpgo-url: is missing; want the URL of SFTPGo's REST API")
		}
		return nil, nil
	}
	if err := secure(o.URL, cfg.AllowHTTP); err != nil {
		return nil, fmt.Errorf("--sftpgo-url: %w", err)
	}
	var err error
	switch {
	case s.admin != "" && s.keyFile != "":
		return nil, errors.New("--sftpgo-admin and --sftpgo-api-key-file: both are set; want one of them")
	case (s.admin == "") != (s.pwdFile == ""):
		return nil, errors.New(
			"--sftpgo-admin and --sftpgo-password-file: one is set without the other; they belong together")
	case s.admin != "":
		if o.Password, err = secretFile(s.pwdFile); err == nil && s.otp {
			o.OTP, err = c.line("code of administrator " + s.admin + ": ")
		}
	case s.keyFile != "":
		o.Key, err = secretFile(s.keyFile)
	default:
		o.Key = cfg.SFTPGoAPIKey
	}
	if err != nil {
		return nil, err
	}
	if o.Roots, err = tlsfile.Pool("sftpgo_ca_file", cfg.SFTPGoCAFile); err != nil {
		return nil, err
	}
	client, err := sftpgoapi.New(o)
	if err != nil {
		return nil, fmt.Errorf("sftpgo: %w (--sftpgo-url, --sftpgo-api-key-file, --sftpgo-admin)", err)
	}
	return client, nil
}

// line asks a person for a line.
func (c *cli) line(question string) (string, error) {
	fmt.Fprint(c.err, question)
	if c.typed == nil {
		c.typed = bufio.NewReader(c.in)
	}
	line, err := c.typed.ReadString('\n')
	if line = strings.TrimSpace(line); line == "" && err != nil {
		return "", errors.New("the standard input has no answer")
	}
	return line, nil
}

// secure refuses to send a key over plain http to another machine.
func secure(address string, allow bool) error {
	u, err := sftpgoapi.ParseURL(address)
	if err != nil {
		return err
	}
	return plainhttp.Check(u, allow, "the key")
}

// secretFile reads a file that holds one secret.
func secretFile(path string) (string, error) {
	secret, err := safefile.ReadSecret(path)
	if err != nil {
		return "", fmt.Errorf("file %s: %w", path, err)
	}
	return secret, nil
}

// person finds who the account is at a provider.
func (t tools) person(ctx context.Context, name string) (provider.Person, error) {
	found, err := t.sources.Lookup(ctx, gate.Account{Name: name})
	switch {
	case err != nil:
		return nil, err
	case !found.Mapped:
		return nil, fmt.Errorf("account %q has no second factor; authyctl enroll gives it one", name)
	}
	return found.Person, nil
}

// account finds the account's id at Authy.
func (t tools) account(ctx context.Context, name string) (authy.ID, error) {
	person, err := t.person(ctx, name)
	if err != nil {
		return authy.ID{}, err
	}
	id, ok := person.(authy.ID)
	if !ok {
		return authy.ID{}, fmt.Errorf("account %q is %s, who is not at Authy", name, provider.Key(person))
	}
	return id, nil
}
