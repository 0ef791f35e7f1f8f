package config

import (
	"os"
	"path/filepath"
	"strings"

	"sftpgo-authy/hooks/internal/safefile"
)

// Installed is where docs/production.md puts the configuration file.
const Installed = "/etc/sftpgo-authy/hookd.yaml"

// readFile overrides c with what the file sets.
func (c *Config) readFile(path string, p *problems) {
	if !filepath.IsAbs(path) {
		p.add("config %q: is a relative path; want an absolute one, hooks run in any folder", path)
		return
	}
	text, err := safefile.Read(path, safefile.Public, maxFile)
	if err != nil {
		p.add("config %s: %w", path, err)
		return
	}
	for _, problem := range c.decode(text) {
		p.add("config %s: %s", path, problem)
	}
	if c.APIKey == "" && c.Hookd.Secret == "" && !strings.Contains(c.Hookd.RedisURL+c.ProxyURL, "@") {
		return
	}
	// A file with a secret in it has to be as private as a key file.
	if info, err := os.Stat(path); err == nil {
		if err := safefile.Check(info, safefile.Secret); err != nil {
			p.add("config %s: holds a secret: %w", path, err)
		}
	}
}
