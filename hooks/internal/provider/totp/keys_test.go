package totp

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// someKey returns the text of a key whose bytes begin with first.
func someKey(first byte) string {
	raw := make([]byte, KeyBytes)
	raw[0] = first
	return hex.EncodeToString(raw)
}

func keysOf(t *testing.T, text ...string) Keys {
	t.Helper()
	keys, err := ParseKeys(strings.Join(text, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	raw := []byte("0123456789abcdef0123456789ABCDEF")
	made, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"hexadecimal":     {hex.EncodeToString(raw), 1},
		"base64":          {base64.StdEncoding.EncodeToString(raw) + "\n", 1},
		"without padding": {base64.RawStdEncoding.EncodeToString(raw), 1},
		"of a URL":        {base64.URLEncoding.EncodeToString(raw), 1},
		"made":            {made, 1},
		"with comments":   {"# the new one\n" + someKey(1) + " # July\n\n" + someKey(2) + "\r\n", 2},
	} {
		if keys, err := ParseKeys(c.text); err != nil || keys.Len() != c.want {
			t.Errorf("%s: %d keys, %v", name, keys.Len(), err)
		}
	}
	for name, text := range map[string]string{
		"nothing":    "# no key\n",
		"too short":  hex.EncodeToString(raw[:31]),
		"too long":   hex.EncodeToString(append(raw, 1)),
		"a password": "correct horse battery staple",
		"one byte":   strings.Repeat("00", 32),
		"twice": someKey(1) + "\n" +
			base64.StdEncoding.EncodeToString(append([]byte{1}, make([]byte, 31)...)),
		"more than enough": strings.Join(
			[]string{someKey(1), someKey(2), someKey(3), someKey(4), someKey(5), someKey(6), someKey(7), someKey(8),
				someKey(9)}, "\n"),
	} {
		if _, err := ParseKeys(text); err == nil {
			t.Errorf("%s was taken", name)
		} else if strings.Contains(err.Error(), "horse") || strings.Contains(err.Error(), "0123") {
			t.Errorf("%s: the error shows it: %v", name, err)
		}
	}
}

// TestASealedLineIsOfOneAccount: a sealed value opens with its key, for its account, and whole.
func TestASealedLineIsOfOneAccount(t *testing.T) {
	t.Parallel()
	one, other, both := keysOf(t, someKey(1)), keysOf(t, someKey(2)), keysOf(t, someKey(2), someKey(1))
	sealed, err := one.Seal(rand.Reader, "alice", good)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := one.Seal(rand.Reader, "alice", good); again == sealed {
		t.Error("two seals of the same are the same")
	}
	if strings.Contains(sealed, good) || !IsSealed(sealed) || strings.ContainsAny(sealed, " \t#") {
		t.Errorf("sealed: %s", sealed)
	}
	if plain, by, err := one.Open("alice", sealed); err != nil || plain != good || by != 0 {
		t.Errorf("its own key: %q by %d, %v", plain, by, err)
	}
	if plain, by, err := both.Open("alice", sealed); err != nil || plain != good || by != 1 {
		t.Errorf("an older key: %q by %d, %v", plain, by, err)
	}
	if plain, by, err := (Keys{}).Open("alice", good); err != nil || plain != good || by != -1 {
		t.Errorf("not sealed: %q by %d, %v", plain, by, err)
	}
	flipped := []byte(sealed)
	flipped[len(flipped)-3] ^= 1
	for name, open := range map[string]func() (string, int, error){
		"another account": func() (string, int, error) { return one.Open("bob", sealed) },
		"another key":     func() (string, int, error) { return other.Open("alice", sealed) },
		"no key":          func() (string, int, error) { return Keys{}.Open("alice", sealed) },
		"changed":         func() (string, int, error) { return one.Open("alice", string(flipped)) },
		"cut":             func() (string, int, error) { return one.Open("alice", sealed[:len(sealed)-8]) },
		"nothing in it":   func() (string, int, error) { return one.Open("alice", sealedMark) },
		"another form": func() (string, int, error) {
			return one.Open("alice", "sealed:2:"+sealed[len(sealedMark):])
		},
		"no base64": func() (string, int, error) { return one.Open("alice", sealedMark+"*") },
	} {
		if plain, _, err := open(); err == nil || plain != "" {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
}
