package main

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/setup"
)

// TestFilesOfLocalTOTP: the key is made, seals, is changed and taken away again, and at no moment
// does a line lose what stands around it.
func TestFilesOfLocalTOTP(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "ann: totp\n")
	dir := t.TempDir()
	secrets, key, conf := filepath.Join(dir, "secrets"), filepath.Join(dir, "key"), filepath.Join(dir, "hooks.yaml")
	const text = "# people\nann: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ # of sales\nbob: " +
		"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ\n"
	put := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) string {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	put(secrets, text)
	put(conf, "totp:\n  secrets_file: "+secrets+"\n")
	st.env["AUTHY_HOOKS_CONFIG"] = conf
	contains(t, st.must(exitNo, "", "totp", "seal"), "totp.key_file", "is not set")
	contains(t, st.must(exitOK, "", "totp", "check"), "not sealed  2 \"ann\", \"bob\"", "short       1 \"bob\"")
	put(conf, "totp:\n  secrets_file: "+secrets+"\n  key_file: "+key+"\n")
	contains(t, st.must(exitNo, "", "totp", "seal"), "totp.key_file")
	contains(t, st.must(exitOK, "", "totp", "key"), key)
	contains(t, st.must(exitNo, "", "totp", "key"), "is there already")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
	contains(t, st.must(exitOK, "", "totp", "seal"), "2 lines")
	sealed := read(secrets)
	if strings.Contains(sealed, "GEZDGNBV") || !strings.HasPrefix(sealed, "# people\nann: sealed:1:") ||
		!strings.Contains(sealed, " # of sales\n") {
		t.Errorf("sealed: %s", sealed)
	}
	contains(t, st.must(exitOK, "", "totp", "check"), "not sealed  0", "old key     0")
	first := read(key)
	contains(t, st.must(exitOK, "", "totp", "rekey"), "2 lines")
	if both := read(key); !strings.HasSuffix(both, "\n"+first) || strings.Count(both, "\n") != 2 ||
		read(secrets) == sealed {
		t.Errorf("rekey did not put a key before the old one, or did not seal with it: %d lines",
			strings.Count(both, "\n"))
	}
	put(key, strings.SplitAfter(read(key), "\n")[0])
	contains(t, st.must(exitOK, "", "totp", "unseal"), "2 lines")
	if read(secrets) != text {
		t.Errorf("unsealed: %s", read(secrets))
	}
	put(secrets, text+"ann: x\n")
	contains(t, st.must(exitNo, "", "totp", "check"), "line 4")
	contains(t, st.must(exitNo, "", "totp", "rekey"), "nothing was changed")
	contains(t, st.must(exitNo, "", "totp", "dance"), "want key, seal")
	if strings.Count(read(key), "\n") != 1 {
		t.Error("a rekey that failed left a key")
	}
}

// TestRecoveryCodes: they are shown once, work once, and new ones take their place.
func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "ann: totp\nbob: totp\neve: 1000\n")
	dir := t.TempDir()
	put := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	settings := "totp:\n  secrets_file: " + put("secrets", "ann: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n") + "\n"
	st.env["AUTHY_HOOKS_CONFIG"] = put("hooks.yaml", settings)
	delete(st.env, "AUTHY_HOOKD_ADMIN_SOCKET")
	contains(t, st.must(exitNo, "", "recovery", "ann"), "memory_file")
	settings += "memory_file: " + filepath.Join(dir, "memory.db") + "\n"
	put("hooks.yaml", settings)
	contains(t, st.must(exitNo, "", "recovery", "ann"), "totp.key_file")
	settings = strings.Replace(settings, "totp:\n",
		"totp:\n  key_file: "+put("key", strings.Repeat("ab", 31)+"cd")+"\n", 1)
	put("hooks.yaml", settings)
	contains(t, st.must(exitNo, "", "recovery", "eve"), "has no local TOTP")
	contains(t, st.must(exitOK, "", "status", "ann"), "recovery codes  0 left")

	code, out, said := st.ctl("", "recovery", "ann")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitOK || len(lines) != 10 || !strings.Contains(said, "not shown again") {
		t.Fatalf("exit %d: %q, %q", code, out, said)
	}
	contains(t, st.must(exitOK, "", "status", "ann"), "recovery codes  10 left")

	cfg, err := config.Load(st.env["AUTHY_HOOKS_CONFIG"], func(name string) (string, bool) {
		v, ok := st.env[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	recovers := func(typed string) provider.Result {
		t.Helper()
		host := setup.Host{Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64}
		kept, closer := setup.Remembered(cfg, host)
		defer closer.Close()
		people, err := setup.Providers(cfg, host, kept, false)
		if err != nil {
			t.Fatal(err)
		}
		person, err := people.Parse("ann", "totp")
		if err != nil {
			t.Fatal(err)
		}
		code, err := otp.ParseTypedCode(typed)
		if err != nil {
			t.Fatal(err)
		}
		return people.Recover(t.Context(), person, code).Result
	}
	for range memory.FreeGuesses {
		recovers("00000 00000")
	}
	if got := recovers(lines[3]); got != provider.Limited {
		t.Errorf("in the pause: %v", got)
	}
	contains(t, st.must(exitNo, "", "release", "eve"), "has no local TOTP")
	contains(t, st.must(exitOK, "", "release", "ann"), "its next code is judged")
	if first, again := recovers(lines[3]), recovers(lines[3]); first != provider.Recovered || again != provider.Used {
		t.Errorf("a code, as it was shown: %v, again: %v", first, again)
	}
	contains(t, st.must(exitOK, "", "status", "ann"), "recovery codes  9 left")
	st.must(exitOK, "", "recovery", "ann")
	if got := recovers(lines[4]); got != provider.Wrong {
		t.Errorf("a code from before: %v", got)
	}
	contains(t, st.must(exitOK, "", "status", "ann"), "recovery codes  10 left")
}
