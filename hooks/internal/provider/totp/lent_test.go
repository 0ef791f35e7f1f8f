//go:build unix

package totp

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/safefile"
	"sftpgo-authy/internal/untried"
)

// TestRootHandlesTheFilesOfTheHooksUser: an administrator who is root edits them, and they stay
// that user's. To a hook that runs as root they are somebody else's.
func TestRootHandlesTheFilesOfTheHooksUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		untried.Skip(t, "wants root, who may give files away")
	}
	const hooks = 12345
	dir := t.TempDir()
	f := File{Path: filepath.Join(dir, "secrets"), Random: rand.Reader}
	key := filepath.Join(dir, "key")
	for _, path := range []string{f.Path, key} {
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chown(path, hooks, hooks)); err != nil {
			t.Fatal(err)
		}
	}
	if err := EditKeys(key, func(text string) (string, error) { return AddKey(text, rand.Reader) }); err != nil {
		t.Fatal(err)
	}
	var err error
	if f.Keys, err = ReadKeys(key, safefile.Lent); err != nil {
		t.Fatal(err)
	}
	if err := f.Put("SFTPGo", Entry{"ann", secretOf(t, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")}); err != nil {
		t.Fatal(err)
	}
	if _, found, err := f.Find("ann", Defaults()); !found || err != nil {
		t.Error(found, err)
	}
	for _, path := range []string{f.Path, key} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 || info.Sys().(*syscall.Stat_t).Uid != hooks {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	if _, err := ReadKeys(key, safefile.Private); err == nil || !strings.Contains(err.Error(), "owner uid") {
		t.Errorf("a hook: %v", err)
	}
	p, err := New(Options{SecretsFile: f.Path, Params: Defaults(), Memory: &failing{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.secretOf(Person{"ann"}); err == nil || !strings.Contains(err.Error(), "owner uid") {
		t.Errorf("a hook: %v", err)
	}
}
