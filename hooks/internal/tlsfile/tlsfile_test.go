package tlsfile

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// file writes a file with a mode, whatever the umask, and returns its path.
func file(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// certificate returns a sound one as PEM.
func certificate(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

// TestPool: whoever can write the certificates that vouch for a server can answer in its place.
func TestPool(t *testing.T) {
	t.Parallel()
	sound := certificate(t)
	for name, c := range map[string]struct{ path, want string }{
		"a sound file":                 {file(t, sound, 0o644), ""},
		"a file that others may write": {file(t, sound, 0o666), "mode 0666, want 0644 or stricter"},
		"text":                         {file(t, "none", 0o600), "holds no certificate; want PEM"},
		"an empty file":                {file(t, "", 0o600), "holds no certificate; want PEM"},
		"a file beyond all bounds":     {file(t, sound+strings.Repeat("\n", maxSize), 0o600), "larger than allowed"},
		"no file":                      {"/nowhere", "no such file"},
	} {
		pool, err := Pool("ca_file", c.path)
		if c.want == "" {
			if err != nil || pool == nil {
				t.Errorf("%s: %v, %v", name, pool, err)
			}
			continue
		}
		if err == nil || pool != nil || !strings.HasPrefix(err.Error(), "ca_file "+c.path+": ") ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v, want %q", name, pool, err, c.want)
		}
	}
	if pool, err := Pool("ca_file", ""); pool != nil || err != nil {
		t.Errorf("the system's: %v, %v", pool, err)
	}
}

// TestPairIsGuarded: nobody else may read the key, and each error names the setting.
func TestPairIsGuarded(t *testing.T) {
	t.Parallel()
	cert := certificate(t)
	for name, c := range map[string]struct{ cert, key, want string }{
		"a key that others may read":          {file(t, cert, 0o644), file(t, "key", 0o644), "tls.key_file"},
		"a certificate that others may write": {file(t, cert, 0o646), file(t, "key", 0o600), "tls.cert_file"},
		"a key that is none":                  {file(t, cert, 0o644), file(t, "key", 0o600), "tls: "},
	} {
		if _, err := Pair("tls", c.cert, c.key); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
