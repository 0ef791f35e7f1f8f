// Package config reads the configuration of the hooks: a file in YAML or JSON, overridden by
// environment variables. Every default is the strict one, and all problems are reported at once.
package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/plainhttp"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/safefile"
)

// Words of the settings that choose between deny and something weaker.
const (
	Deny         = "deny"
	Allow        = "allow"
	PasswordOnly = "password_only"
)

// Config is the configuration, with the names it has in the file. After [Load] the secrets are
// filled in, and the paths they were read from are not needed any more.
type Config struct {
	APIKey     string `yaml:"api_key"`
	APIKeyFile string `yaml:"api_key_file"`
	APIURL     string `yaml:"api_url"`
	AllowHTTP  bool   `yaml:"allow_http"` // allows plain http to hosts other than loopback
	CAFile     string `yaml:"ca_file"`    // PEM; trusted for the API instead of the system's certificates
	UsersFile  string `yaml:"users_file"`

	// Provider is the provider that a bare reference in the users file means: authy, totp or
	// verify. "" is the first of these that is configured.
	Provider string `yaml:"provider"`
	TOTP     TOTP   `yaml:"totp"`
	Verify   Verify `yaml:"verify"`

	WayOut
	Accounts

	Audit          string `yaml:"audit"`            // stderr, syslog or a path; "" is the hook's default
	OnAuditFailure string `yaml:"on_audit_failure"` // deny, allow
	OnNoAnswer     string `yaml:"on_no_answer"`     // deny, allow; never for extauth

	// MemoryFile is where one machine keeps what must be remembered between logins, for hookd and
	// programs alike. Without it hookd forgets everything at a restart, and programs remember
	// nothing.
	MemoryFile string `yaml:"memory_file"`

	// Grace is how long a code stays good for the same hook, account and address, where there is a
	// memory. 0 turns it off.
	Grace time.Duration `yaml:"grace"`

	// TrustedNetworks are the networks from which the password alone is enough for keyint and
	// checkpwd. It is never enough for extauth, and never over WebDAV.
	TrustedNetworks []string `yaml:"trusted_networks"`

	Unmapped Unmapped `yaml:"unmapped"`
	Keyint   Keyint   `yaml:"keyint"`
	Checkpwd Checkpwd `yaml:"checkpwd"`
	Push     Push     `yaml:"push"`
	Hookd    Hookd    `yaml:"hookd"`
}

// Unmapped says what happens to accounts that no source knows: deny or password_only. extauth
// always denies them.
type Unmapped struct {
	Keyint   string `yaml:"keyint"`
	Checkpwd string `yaml:"checkpwd"`
}

// Keyint holds the questions of the conversation, its time limit, and what may be answered.
type Keyint struct {
	// programs: for all that is typed; below SFTPGo's command timeout
	TypingTimeout    time.Duration `yaml:"typing_timeout"`
	PasswordQuestion string        `yaml:"password_question"`
	CodeQuestion     string        `yaml:"code_question"`
	SentQuestion     string        `yaml:"sent_question"`
	RetryQuestion    string        `yaml:"retry_question"`
	// answers that ask for a code to be sent: sms, call; default none
	SendCodes []string `yaml:"send_codes"`
	Retries   int      `yaml:"retries"`    // questions after a wrong code, 0 or 1
	CodeAlone []string `yaml:"code_alone"` // accounts that are asked for the code and no password
}

// Checkpwd says where in the password the code is.
type Checkpwd struct {
	CodeLength int    `yaml:"code_length"` // digits at the end, where no separator is set
	Separator  string `yaml:"separator"`   // stands between password and code
}

// maxFile bounds a configuration file.
const maxFile = 64 << 10

// Defaults returns the configuration that a file and variables start from.
func Defaults() Config {
	return Config{
		APIURL:         authy.DefaultURL,
		Accounts:       Accounts{AccountSources: []string{SourceFile}},
		OnAuditFailure: Deny,
		OnNoAnswer:     Deny,
		Unmapped:       Unmapped{Keyint: Deny, Checkpwd: Deny},
		Keyint: Keyint{
			TypingTimeout: 90 * time.Second, PasswordQuestion: "Password: ", CodeQuestion: "Authy code: ",
			SentQuestion: "A code is on its way. Authy code: ", RetryQuestion: "Wrong or already used. Authy code: ",
		},
		Checkpwd: Checkpwd{CodeLength: 7},
		TOTP:     defaultTOTP(),
		Verify:   Verify{URL: verify.DefaultURL},
		Push:     Push{Message: "Log in to SFTPGo?", Wait: 15 * time.Second},
		Hookd:    defaultHookd(),
	}
}

// Load reads the configuration. path is the file that a flag names; if it is empty,
// AUTHY_HOOKS_CONFIG may name one. lookup is the environment. The error joins all problems and
// repeats no secret. A configuration that comes with an error only tells where the audit goes.
func Load(path string, lookup func(string) (string, bool)) (Config, error) {
	return load(path, lookup, (*Config).checkAccounts)
}

// LoadProvider is [Load] for a command that talks to the provider and looks up no account: it does
// not check the sources of accounts.
func LoadProvider(path string, lookup func(string) (string, bool)) (Config, error) {
	return load(path, lookup, func(*Config, *problems) {})
}

func load(path string, lookup func(string) (string, bool), checkAccounts func(*Config, *problems)) (Config, error) {
	c := Defaults()
	p := &problems{}
	if path == "" {
		path, _ = lookup("AUTHY_HOOKS_CONFIG")
	}
	if path != "" {
		c.readFile(path, p)
	}
	c.readEnv(lookup, p)
	c.readSecrets(p)
	c.readProxy(lookup, p)
	c.complete()
	c.check(p)
	checkAccounts(&c, p)
	return c, errors.Join(p.list...)
}

// problems collects everything that is wrong.
type problems struct{ list []error }

func (p *problems) add(format string, args ...any) {
	p.list = append(p.list, fmt.Errorf(format, args...))
}

// readSecrets fills in the secrets that have files of their own.
func (c *Config) readSecrets(p *problems) {
	c.APIKey = secret(p, "api_key", c.APIKey, c.APIKeyFile)
	c.Verify.Secret = secret(p, "verify.secret", c.Verify.Secret, c.Verify.SecretFile)
	c.ProxyURL = secret(p, "proxy_url", c.ProxyURL, c.ProxyURLFile)
	c.SFTPGoAPIKey = secret(p, "sftpgo_api_key", "", c.SFTPGoAPIKeyFile)
	c.Hookd.Secret = secret(p, "hookd.secret", c.Hookd.Secret, c.Hookd.SecretFile)
	c.Hookd.PreviousSecret = secret(p, "hookd.previous_secret", "", c.Hookd.PreviousSecretFile)
	c.Hookd.RedisURL = secret(p, "hookd.redis_url", c.Hookd.RedisURL, c.Hookd.RedisURLFile)
	switch {
	case len(p.list) > 0: // said already
	case c.APIKey == "" && !c.HasOther():
		p.add("api_key: is missing; set AUTHY_API_KEY or AUTHY_API_KEY_FILE, verify for Twilio Verify, or " +
			"totp.secrets_file for codes that no third party judges")
	case c.Verify.Enabled() && c.Verify.Secret == "":
		p.add("verify.secret: is missing; set verify.secret_file")
	}
}

// secret returns the secret called name, from its value or from its file, never from both.
func secret(p *problems, name, value, file string) string {
	switch {
	case value != "" && file != "":
		p.add("%s: is set both as a value and as a file; want one of the two", name)
		return ""
	case file != "":
		if !filepath.IsAbs(file) {
			p.add("%s_file: %q is relative; want an absolute path, hooks run in any folder", name, file)
			return ""
		}
		var err error
		if value, err = safefile.ReadSecret(file); err != nil {
			p.add("%s_file %s: %w", name, file, err)
			return ""
		}
	}
	for i := range len(value) {
		if value[i] <= ' ' || value[i] > '~' {
			p.add("%s: has a blank, control or non-ASCII character; want it exactly as issued", name)
			return ""
		}
	}
	return value
}

// check adds a problem for each value that makes no sense.
func (c *Config) check(p *problems) {
	oneOf(p, "on_audit_failure", c.OnAuditFailure, Deny, Allow)
	oneOf(p, "on_no_answer", c.OnNoAnswer, Deny, Allow)
	oneOf(p, "unmapped.keyint", c.Unmapped.Keyint, Deny, PasswordOnly)
	oneOf(p, "unmapped.checkpwd", c.Unmapped.Checkpwd, Deny, PasswordOnly)
	c.checkURL(p)
	c.checkKeyint(p)
	c.checkNetworks(p)
	for name, path := range map[string]string{
		"users_file": c.UsersFile, "ca_file": c.CAFile, "sftpgo_ca_file": c.SFTPGoCAFile, "memory_file": c.MemoryFile,
	} {
		if path != "" && !filepath.IsAbs(path) {
			p.add("%s: %q is relative; want an absolute path, hooks run in any folder", name, path)
		}
	}
	if to := c.Audit; to != "" && to != "stderr" && to != "syslog" && !filepath.IsAbs(to) {
		p.add("audit: %q; want stderr, syslog or an absolute path", to)
	}
	if n := c.Checkpwd.CodeLength; n < otp.MinDigits || n > otp.MaxDigits {
		p.add("checkpwd.code_length: %d; want %d to %d", n, otp.MinDigits, otp.MaxDigits)
	}
	if s := c.Checkpwd.Separator; strings.ContainsAny(s, "0123456789") || hasControl(s) {
		p.add("checkpwd.separator: %q; want no digits and no control characters", s)
	}
	c.checkProvider(p)
	c.checkTOTP(p)
	c.checkVerify(p)
	c.checkHookd(p)
}

func (c *Config) checkURL(p *problems) {
	u, err := exchange.ParseURL(c.APIURL)
	if err == nil {
		err = plainhttp.Check(u, c.AllowHTTP, "the key and the codes")
	}
	if err != nil {
		p.add("api_url: %w", err)
	}
}

func (c *Config) checkKeyint(p *problems) {
	if d := c.Keyint.TypingTimeout; d < time.Second || d > 5*time.Minute {
		p.add("keyint.typing_timeout: %s; want 1s to 5m, with its unit", d)
	}
	if n := c.Keyint.Retries; n != 0 && n != 1 {
		p.add("keyint.retries: %d; want 0 or 1", n)
	}
	for _, by := range c.Keyint.SendCodes {
		oneOf(p, "keyint.send_codes", by, "sms", "call")
	}
	for i, name := range c.Keyint.CodeAlone {
		if name == "" || slices.Contains(c.Keyint.CodeAlone[:i], name) {
			p.add("keyint.code_alone: %q is empty or given twice; want each name of an account once", name)
		}
	}
	names := []string{"password_question", "code_question", "sent_question", "retry_question"}
	texts := []string{c.Keyint.PasswordQuestion, c.Keyint.CodeQuestion, c.Keyint.SentQuestion, c.Keyint.RetryQuestion}
	for i, text := range texts {
		if text == "" || len(text) > 200 || hasControl(text) {
			p.add("keyint.%s: want 1 to 200 bytes without control characters", names[i])
		}
		// Over HTTP the question that is echoed tells how far the conversation has come.
		if j := slices.Index(texts[:i], text); j >= 0 {
			p.add("keyint: %s and %s are the same; want two", names[j], names[i])
		}
	}
}

func oneOf(p *problems, name, value string, want ...string) {
	for _, w := range want {
		if value == w {
			return
		}
	}
	p.add("%s: %q; want %s", name, value, strings.Join(want, " or "))
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd })
}
