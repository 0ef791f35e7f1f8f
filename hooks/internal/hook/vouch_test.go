package hook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
)

// TestWhoVouchesIsGuarded: whoever can write the certificates that vouch for Authy or SFTPGo can
// answer in their place.
func TestWhoVouchesIsGuarded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config.Defaults()
	c.CAFile = path
	for mode, want := range map[os.FileMode]string{0o666: "mode 0666, want 0644 or stricter", 0o644: "holds no certificate"} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, authy := NewClient(c)
		_, sftpgo := accounts.Roots(path)
		for name, err := range map[string]error{"ca_file": authy, "sftpgo_ca_file": sftpgo} {
			if err == nil || !strings.HasPrefix(err.Error(), name) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s with mode %04o: %v, want %q", name, mode, err, want)
			}
		}
	}
}
