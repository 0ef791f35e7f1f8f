package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/safefile"
)

// Installed is where packages and docs/production.md put the configuration file.
const Installed = "/etc/sftpgo-authy/hookd.yaml"

// Environ returns an environment that names the file installed, if there is one and no variable
// says what the configuration is. A --config still counts more.
func Environ(environ []string, installed string) []string {
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if slices.Contains(naming(), name) && value != "" {
			return environ
		}
	}
	if _, err := os.Stat(installed); errors.Is(err, fs.ErrNotExist) {
		return environ
	}
	return append(slices.Clip(environ), "AUTHY_HOOKS_CONFIG="+installed)
}

// naming returns the variables that say what the configuration is, or enough of it.
func naming() []string {
	return []string{"AUTHY_HOOKS_CONFIG", "AUTHY_API_KEY", "AUTHY_API_KEY_FILE", "AUTHY_USERS_FILE",
		"AUTHY_VERIFY_SERVICE_SID"}
}

// Given reports whether a variable says what the configuration is, or enough of it.
func Given(lookup func(string) (string, bool)) bool {
	return slices.ContainsFunc(naming(), func(name string) bool {
		value, _ := lookup(name)
		return value != ""
	})
}

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
	// A file with a secret in it has to be as private as a key file. An address may have one before
	// its host and in its query.
	if len(c.Secrets()) == 0 && !strings.ContainsAny(c.Hookd.RedisURL+c.ProxyURL, "@?") {
		return
	}
	if info, err := os.Stat(path); err == nil {
		if err := safefile.Check(info, safefile.Secret); err != nil {
			p.add("config %s: holds a secret: %w", path, err)
		}
	}
}
