package config

import (
	"net"
	"path/filepath"
	"time"
)

// Push is OneTouch: "push" in place of a code, or an empty answer to keyint, asks on the phone.
// Only hookd does this, since a program does not know whether another push is waiting.
type Push struct {
	Enabled bool          `yaml:"enabled"`
	Message string        `yaml:"message"` // what the phone shows, beside account, address and protocol
	Wait    time.Duration `yaml:"wait"`    // for an answer; SFTPGo waits 20 s for a hook
}

// Hookd is the HTTP server.
type Hookd struct {
	Listen     string `yaml:"listen"`
	Secret     string `yaml:"secret"` // SFTPGo sends it in X-Hook-Secret
	SecretFile string `yaml:"secret_file"`
	// PreviousSecretFile holds a second secret, which is accepted too while the first is changed.
	PreviousSecretFile string `yaml:"previous_secret_file"`
	PreviousSecret     string `yaml:"-"` // what that file says
	TLS                TLS    `yaml:"tls"`

	// RedisURL is the store that several hookd share, redis://[user:password@]host:port/db or
	// rediss://. Without it each has a memory of its own.
	RedisURL       string `yaml:"redis_url"`
	RedisURLFile   string `yaml:"redis_url_file"`
	OnStoreFailure string `yaml:"on_store_failure"` // deny, or allow: go on without lockout and memory of codes

	Lockout     Lockout       `yaml:"lockout"`
	WebDAVGrace time.Duration `yaml:"webdav_grace"` // [Config.Grace] for extauth over WebDAV alone

	// AdminSocket is the path of the Unix socket on which authyctl asks what is in force. Its mode
	// is 0600. Without it there is no socket.
	AdminSocket string `yaml:"admin_socket"`
	// AdminListen is an address for /healthz, /readyz and /metrics alone. Listen then has only the
	// first of them.
	AdminListen string `yaml:"admin_listen"`

	DialAhead bool `yaml:"dial_ahead"` // keep connections to Authy ready while people log in
	MaxCalls  int  `yaml:"max_calls"`  // to Authy at once
	// calls in a row without an answer until Authy is left alone
	BreakerFailures int           `yaml:"breaker_failures"`
	BreakerPause    time.Duration `yaml:"breaker_pause"` // how long Authy is then left alone
}

// TLS makes hookd serve https. With client_ca_file it answers only clients that have a certificate
// of that authority. The files are PEM, and SIGHUP has them read again.
type TLS struct {
	CertFile     string `yaml:"cert_file"`
	KeyFile      string `yaml:"key_file"`
	ClientCAFile string `yaml:"client_ca_file"`
}

// Lockout says how many failures within a window lock somebody out. 0 is no limit.
type Lockout struct {
	Window       time.Duration `yaml:"window"`
	PerAccountIP int           `yaml:"per_account_ip"`
	PerIP        int           `yaml:"per_ip"`
	PerAccount   int           `yaml:"per_account"`
}

func defaultHookd() Hookd {
	return Hookd{
		Listen: "127.0.0.1:8890", OnStoreFailure: Deny,
		Lockout:   Lockout{Window: 15 * time.Minute, PerAccountIP: 10, PerIP: 100},
		DialAhead: true, MaxCalls: 64, BreakerFailures: 5, BreakerPause: 10 * time.Second,
	}
}

// checkHookd adds a problem for each setting of hookd and push that makes no sense.
func (c *Config) checkHookd(p *problems) {
	h := c.Hookd
	if _, _, err := net.SplitHostPort(h.Listen); err != nil {
		p.add("hookd.listen: %q; want host:port", h.Listen)
	}
	if h.AdminListen != "" {
		if _, _, err := net.SplitHostPort(h.AdminListen); err != nil {
			p.add("hookd.admin_listen: %q; want host:port", h.AdminListen)
		}
	}
	if h.PreviousSecret != "" && h.Secret == "" {
		p.add("hookd.previous_secret_file: stands there without a secret; want hookd.secret_file too")
	}
	oneOf(p, "hookd.on_store_failure", h.OnStoreFailure, Deny, Allow)
	between(p, "grace", c.Grace, 0, time.Hour)
	between(p, "hookd.webdav_grace", h.WebDAVGrace, 0, time.Hour)
	between(p, "hookd.lockout.window", h.Lockout.Window, time.Minute, 24*time.Hour)
	between(p, "hookd.max_calls", h.MaxCalls, 1, 10_000)
	between(p, "hookd.breaker_failures", h.BreakerFailures, 1, 1000)
	between(p, "hookd.breaker_pause", h.BreakerPause, time.Second, 5*time.Minute)
	between(p, "push.wait", c.Push.Wait, time.Second, 15*time.Second)
	if n := len(c.Push.Message); n == 0 || n > 144 || hasControl(c.Push.Message) {
		p.add("push.message: want 1 to 144 bytes without control characters")
	}
	l := h.Lockout
	for name, n := range map[string]int{"per_account_ip": l.PerAccountIP, "per_ip": l.PerIP,
		"per_account": l.PerAccount} {
		between(p, "hookd.lockout."+name, n, 0, 1_000_000)
	}
	if l.PerAccount > 0 && l.PerAccount < 10*max(l.PerAccountIP, 1) {
		p.add("hookd.lockout.per_account: %d; want 0, or at least ten times per_account_ip: whoever reaches it "+
			"locks the owner out", l.PerAccount)
	}
	if s := h.AdminSocket; s != "" && (!filepath.IsAbs(s) || len(s) > maxSocket) {
		p.add("hookd.admin_socket: %q; want an absolute path of at most %d bytes", s, maxSocket)
	}
	if c.MemoryFile != "" && h.RedisURL != "" {
		p.add("memory_file: stands there beside hookd.redis_url; want one place for what is remembered")
	}
	c.checkTLS(p)
}

// maxSocket bounds the path of a socket. Systems take 103 to 107 bytes, and the socket is made
// under a longer path before it gets this one.
const maxSocket = 85

func (c *Config) checkTLS(p *problems) {
	t := c.Hookd.TLS
	if (t.CertFile == "") != (t.KeyFile == "") || t.ClientCAFile != "" && t.CertFile == "" {
		p.add("hookd.tls: want cert_file and key_file, and client_ca_file only with them")
	}
	for name, path := range map[string]string{"cert_file": t.CertFile, "key_file": t.KeyFile,
		"client_ca_file": t.ClientCAFile} {
		if path != "" && !filepath.IsAbs(path) {
			p.add("hookd.tls.%s: %q is relative; want an absolute path", name, path)
		}
	}
}

func between[T int | time.Duration](p *problems, name string, value, least, most T) {
	if value < least || value > most {
		p.add("%s: %v; want %v to %v", name, value, least, most)
	}
}
