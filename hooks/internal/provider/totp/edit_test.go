package totp

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/safefile"
)

// dry is a source of randomness that has none.
var dry = iotest.ErrReader(errors.New("dry"))

func secretOf(t *testing.T, text string) Secret {
	t.Helper()
	s, err := ParseSecret(text, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPutAndRemove: an account has one line, sealed where there is a key, and everything else
// stays.
func TestPutAndRemove(t *testing.T) {
	t.Parallel()
	for _, keys := range []Keys{{}, keysOf(t, someKey(1))} {
		f := File{Path: filepath.Join(t.TempDir(), "secrets"), Keys: keys, Random: rand.Reader}
		put := func(entries ...Entry) {
			t.Helper()
			if err := f.Put("SFTPGo", entries...); err != nil {
				t.Fatal(err)
			}
		}
		text := func() string {
			t.Helper()
			raw, err := os.ReadFile(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		has := func(account, want string) {
			t.Helper()
			value, _, err := lines.Parse(text(), format).Find(account)
			if err != nil || keys.Any() != IsSealed(value) {
				t.Fatalf("%s: %q, %v", account, value, err)
			}
			if got, err := keys.secret(account, value, Defaults()); err != nil || got.key != want {
				t.Errorf("%s has another secret, %v", account, err)
			}
		}
		put(Entry{"ann", secretOf(t, good)}, Entry{"bob", secretOf(t, other)})
		has("ann", good)
		has("bob", other)
		if info, err := os.Stat(f.Path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("made with %v, %v", info.Mode(), err)
		}
		if err := os.WriteFile(f.Path, []byte(lines.Nobody+"\n# note\n"+text()+"eve: x\nann: y"), 0o600); err != nil {
			t.Fatal(err)
		}
		put(Entry{"ann", secretOf(t, other)})
		has("ann", other)
		if now := text(); strings.Contains(now, lines.Nobody) || !strings.HasPrefix(now, "# note\nbob: ") ||
			strings.Count(now, "ann: ") != 1 {
			t.Errorf("put: %s", now)
		}
		for account, want := range map[string]bool{"ann": true, "eve": true, "bob": true, "carol": false} {
			if found, err := f.Remove(account); found != want || err != nil {
				t.Errorf("removed %s: %v, %v", account, found, err)
			}
		}
		if now := text(); now != "# note\n"+lines.Nobody+"\n" {
			t.Errorf("nobody left: %s", now)
		}
		if err := f.Put("SFTPGo", Entry{"a #b", secretOf(t, good)}); err == nil {
			t.Error("a name that the file cannot hold was written")
		}
		f.Random = dry
		if err := f.Put("SFTPGo", Entry{"ann", secretOf(t, good)}); (err != nil) != keys.Any() {
			t.Errorf("without randomness: %v", err)
		}
		f.Random, f.Path = rand.Reader, filepath.Join(f.Path, "x")
		if err := f.Put("SFTPGo", Entry{"ann", secretOf(t, good)}); err == nil ||
			!strings.Contains(err.Error(), f.Path) {
			t.Errorf("no such folder: %v", err)
		}
	}
}

// TestSealAllOrNothing: a line that cannot be sealed leaves the file as it was.
func TestSealAllOrNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", someKey(1))
	f := File{Path: w.path("secrets"), Keys: keysOf(t, someKey(1)), Random: rand.Reader}
	for name, text := range map[string]string{
		"no secret":     "ann: " + good + "\nbob: 1234567\n",
		"a broken line": "ann: " + good + "\nbob\n",
		"another key": "ann: " + good +
			"\nbob: sealed:1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	} {
		w.write("secrets", text)
		if n, err := f.Seal(); n != 0 || err == nil || !strings.Contains(err.Error(), "line 2") ||
			w.read("secrets") != text {
			t.Errorf("%s: %d sealed, %v", name, n, err)
		}
	}
	w.write("secrets", "\ufeffann: "+good+"\n")
	if n, err := f.Seal(); n != 1 || err != nil || !strings.HasPrefix(w.read("secrets"), "\ufeffann: sealed:1:") {
		t.Errorf("behind a mark of order: %d sealed, %v", n, err)
	}
	f.Random = dry
	w.write("secrets", "ann: "+good+"\n")
	if n, err := f.Seal(); n != 0 || err == nil {
		t.Errorf("without randomness: %d sealed, %v", n, err)
	}
}

// TestInspect names accounts, and shows nothing of their secrets.
func TestInspect(t *testing.T) {
	t.Parallel()
	one, two := keysOf(t, someKey(1)), keysOf(t, someKey(2), someKey(1))
	seal := func(keys Keys, account, value string) string {
		t.Helper()
		sealed, err := keys.Seal(rand.Reader, account, value)
		if err != nil {
			t.Fatal(err)
		}
		return account + ": " + sealed + "\n"
	}
	w := newWorld(t, "eve: "+good+"\nann: "+good+"\n"+seal(one, "old", good)+seal(one, "bold", good)+
		seal(two, "new", good)+
		"z: GEZDGNBVGY3TQOJQ\ny: GEZDGNBVGY3TQOJQ\nx: 123\nsealed: sealed:1:AAAA\nbroken\n", "")
	s, err := Inspect(w.path("secrets"), two, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if s.Accounts != 9 || !slices.Equal(s.Plain, []string{"ann", "eve", "x", "y", "z"}) ||
		!slices.Equal(s.Old, []string{"bold", "old"}) ||
		!slices.Equal(s.Short, []string{"y", "z"}) || len(s.Broken) != 3 {
		t.Errorf("%+v", s)
	}
	for i, want := range []string{"line 10", `the line of "sealed"`, `the line of "x"`} {
		if i < len(s.Broken) && !strings.Contains(s.Broken[i].Error(), want) {
			t.Errorf("broken %d: %v, want %s", i, s.Broken[i], want)
		}
	}
	w.write("secrets", "# none\n")
	for _, path := range []string{w.path("secrets"), w.path("none")} {
		if _, err := Inspect(path, two, Defaults()); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestAddKey: a new key stands before the others, and there are no more than can be.
func TestAddKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "")
	add := func(text string) (string, error) { return AddKey(text, rand.Reader) }
	for n := 1; n <= maxKeys; n++ {
		if err := EditKeys(w.path("keys"), add); err != nil {
			t.Fatal(err)
		}
		if keys, err := ReadKeys(w.path("keys"), safefile.Lent); err != nil || keys.Len() != n || !keys.Any() {
			t.Fatalf("%d keys, %v; want %d", keys.Len(), err, n)
		}
	}
	before := w.read("keys")
	if err := EditKeys(w.path("keys"), add); err == nil || w.read("keys") != before ||
		!strings.Contains(err.Error(), w.path("keys")) {
		t.Errorf("one key too many: %v", err)
	}
	if err := EditKeys("", add); err == nil {
		t.Error("a file without a name was edited")
	}
	if _, err := AddKey("rubbish", rand.Reader); err == nil {
		t.Error("a key was put before rubbish")
	}
	if _, err := AddKey("", dry); err == nil {
		t.Error("a key was made without randomness")
	}
	if _, err := ReadKeys(w.path("none"), safefile.Lent); err == nil {
		t.Error("keys of no file")
	}
	if err := os.Chmod(w.path("keys"), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKeys(w.path("keys"), safefile.Lent); err == nil {
		t.Error("keys that the group may read")
	}
}

// TestNewThings: secrets and recovery codes come from the randomness that is given.
func TestNewThings(t *testing.T) {
	t.Parallel()
	s, err := NewSecret(rand.Reader, Defaults())
	if err != nil || s.Bits() != 160 || s.Params != Defaults() {
		t.Errorf("a secret of %d bits, %+v, %v", s.Bits(), s.Params, err)
	}
	if again, err := NewSecret(rand.Reader, Defaults()); err != nil || again.key == s.key {
		t.Errorf("the same secret twice, %v", err)
	}
	if _, err := NewSecret(dry, Defaults()); err == nil {
		t.Error("a secret without randomness")
	}
	if _, err := NewSecret(rand.Reader, Params{}); err == nil {
		t.Error("a secret without parameters")
	}
	codes, err := NewRecoveryCodes(rand.Reader)
	slices.Sort(codes)
	if err != nil || len(slices.Compact(codes)) != RecoveryCodes {
		t.Errorf("%d recovery codes, %v", len(codes), err)
	}
	for _, code := range codes {
		if len(code) != 10 || strings.Trim(code, "0123456789") != "" {
			t.Errorf("the recovery code %q", code)
		}
	}
	if codes, err = NewRecoveryCodes(bytes.NewReader(make([]byte, 40))); err == nil {
		t.Errorf("the same code again and again: %q", codes)
	}
	if _, err := (Keys{}).RecoveryDigests(Person{"ann"}, codes); err == nil {
		t.Error("digests without a key")
	}
	if _, err := (Keys{}).Seal(rand.Reader, "ann", good); err == nil {
		t.Error("a seal without a key")
	}
}

// TestMatchOfEnrolment: the first code says when its step begins.
func TestMatchOfEnrolment(t *testing.T) {
	t.Parallel()
	s, at := secretOf(t, good), time.Unix(1_700_000_015, 0)
	for off, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		text, err := s.Code(s.Step(at) + off)
		if err != nil {
			t.Fatal(err)
		}
		code, err := otp.ParseCode(text)
		if err != nil {
			t.Fatal(err)
		}
		if begin, right := s.Match(code, at); right != want || right && begin != (1_700_000_015/30+off)*30 {
			t.Errorf("%d steps off: %d, %v", off, begin, right)
		}
	}
	long, err := otp.ParseCode("12345678")
	if _, right := s.Match(long, at); right || err != nil {
		t.Errorf("a code of eight digits: %v, %v", right, err)
	}
}

// TestHealth: what /readyz says of the files.
func TestHealth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "alice: "+good+"\n", someKey(1))
	is := func(what string, level health.Level, why string) {
		t.Helper()
		w.later(time.Minute)
		if f := w.Health(t.Context()); f.Level != level || !strings.Contains(f.Why, why) ||
			strings.Contains(f.Why, w.dir) {
			t.Errorf("%s: %+v, want %v, %q", what, f, level, why)
		}
	}
	is("all well", health.Fine, "")
	w.write("secrets", "alice: "+good+"\nbob\n")
	is("a broken line", health.Degraded, "line 2")
	w.write("key", "rubbish")
	is("a broken key, too", health.Degraded, "line 2")
	w.write("secrets", "alice: "+good+"\n")
	is("a broken key", health.Degraded, "the key file: it cannot be read")
	w.later(5 * time.Minute)
	is("a broken key for long", health.Down, "the key file")
	w.write("key", someKey(1))
	is("mended", health.Fine, "")
	w.write("secrets", "")
	is("no line", health.Degraded, "no line with an account")
	if err := os.Remove(w.path("secrets")); err != nil {
		t.Fatal(err)
	}
	is("no file", health.Degraded, "the file with the secrets: it does not exist; the content read before counts until")
	w.later(5 * time.Minute)
	is("no file for long", health.Down, "it does not exist")
}
