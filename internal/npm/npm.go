// Package npm installs what a test needs of the npm registry. Nothing of it is part of a program of
// this repository.
//
// Where there is no Node, or the registry does not answer, [Install] skips the test with a line
// that says so.
package npm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sftpgo-authy/internal/untried"
)

// Set is what to install: the text of a package.json and of its package-lock.json, which pins every
// file by its hash.
type Set struct {
	Name           string // of the folder in the user's cache, such as "axe"
	Manifest, Lock []byte
}

// Install returns a folder with a node_modules in which all packages of the set are. They are
// fetched once for each lock file, into the user's cache, and their install scripts do not run.
func Install(t testing.TB, set Set) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			untried.Skip(t, "there is no %s on this machine, which the packages of %s need", tool, set.Name)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	sum := sha256.Sum256(set.Lock)
	root := filepath.Join(cache, "sftpgo-authy")
	dir := filepath.Join(root, fmt.Sprintf("node-%s-%s", set.Name, hex.EncodeToString(sum[:8])))
	if installed(dir) {
		return dir
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	fresh, err := os.MkdirTemp(root, "installing-*")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	for name, text := range map[string][]byte{"package.json": set.Manifest, "package-lock.json": set.Lock} {
		if err := os.WriteFile(filepath.Join(fresh, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = fresh
	if out, err := cmd.CombinedOutput(); err != nil {
		untried.Skip(t, "the packages of %s could not be had: npm ci: %v\n%s", set.Name, err, out)
	}
	// The whole folder appears at once, so a folder that is there is complete.
	if err := os.Rename(fresh, dir); err != nil && !installed(dir) { // else another test run was quicker
		t.Fatal(err)
	}
	return dir
}

func installed(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "node_modules"))
	return err == nil
}
