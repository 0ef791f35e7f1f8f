package totp

import (
	"crypto/rand"
	"os"
	"testing"

	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/provider"
)

// TestNoLineIsReadAsSomebodyElses: a name that looks like the line of another account, before a
// secret that is sealed or base32 alone, gives that account no secret.
func TestNoLineIsReadAsSomebodyElses(t *testing.T) {
	t.Parallel()
	name := "bob: otpauth://totp/x?secret=" + other + "&x="
	keys := keysOf(t, someKey(1))
	for what, file := range map[string]File{"sealed": {Keys: keys}, "plain": {}} {
		file.Path, file.Random = t.TempDir()+"/secrets", rand.Reader
		err := file.Put("SFTPGo", Entry{name, secretOf(t, good)})
		text, _ := os.ReadFile(file.Path)
		list := lines.Parse(string(text), format)
		value, found := list.Values["bob"]
		if found {
			t.Errorf("%s: put says %v, and bob has the secret %q", what, err, value)
			if s, err := keys.secret("bob", value, Defaults()); err == nil {
				code, _ := s.Code(1)
				t.Errorf("bob logs in with %s", code)
			}
		}
	}
	file := File{Path: t.TempDir() + "/secrets", Keys: keys, Random: rand.Reader}
	if err := os.WriteFile(file.Path, []byte(name+": otpauth://totp/x?secret="+good+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := file.Seal(); n != 0 || err == nil {
		t.Errorf("sealed %d lines of it, %v", n, err)
	}
	if CanHold(name) {
		t.Error("a secrets file is said to hold the name")
	}
}

// TestAFileThatIsTooLarge denies, also a process that reads no more of it than it needs: behind
// what it would read may stand a second line of the account.
func TestAFileThatIsTooLarge(t *testing.T) {
	t.Parallel()
	for _, indexed := range []bool{true, false} {
		w := newWorld(t, "alice: "+good+"\n", "", func(o *Options) { o.Indexed = indexed })
		if err := os.Truncate(w.path("secrets"), maxSecrets+1); err != nil {
			t.Fatal(err)
		}
		w.want("a right code", w.verify("alice", w.code(good, 0)), provider.Unreadable)
	}
}
