package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/config"
)

// The hookd.yaml that docs/production.md shows is taken, with the files that it names, and stands
// where authyctl looks.
func TestConfigurationOfTheProductionPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/production.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)\n`" + regexp.QuoteMeta(config.Installed) +
		"`:\n\n```yaml\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatalf("the page does not show %s", config.Installed)
	}
	dir := t.TempDir()
	put := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	put("hookd-secret", "0123456789abcdef0123456789abcdef\n")
	put("users", "ann: 1\n")
	file := put("hookd.yaml", strings.ReplaceAll(string(block[1]), "/etc/sftpgo-authy/", dir+"/"))
	c, err := config.Load(file, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if !c.TOTP.Enabled() || c.TOTP.KeyFile == "" || c.MemoryFile == "" || c.Hookd.Secret == "" ||
		c.UsersFile != filepath.Join(dir, "users") || c.Hookd.TLS.CertFile == "" ||
		!strings.HasPrefix(c.Audit, "/var/log/sftpgo-authy/") ||
		c.Hookd.AdminSocket == "" {
		t.Errorf("got %+v", c)
	}
	if c.OnNoAnswer != config.Deny || c.Unmapped.Keyint != config.Deny || c.Unmapped.Checkpwd != config.Deny ||
		c.AllowHTTP {
		t.Errorf("it opens a way round the code: %+v", c)
	}
}
