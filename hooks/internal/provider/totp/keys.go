package totp

import (
	"bytes"
	"crypto/hkdf"

	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"sftpgo-authy/hooks/internal/safefile"
)

// Bounds of a key file.
const (
	KeyBytes   = 32
	maxKeys    = 8
	maxKeyFile = 64 << 10
)

// Keys are the keys of a key file. The first seals; the others open what was sealed with them
// before. The zero Keys open nothing. They print as "[keys]".
type Keys struct{ list []key }

// key is one line of a key file, made into a key for each purpose.
type key struct{ seal, recovery []byte }

// String hides the keys.
func (Keys) String() string { return "[keys]" }

// Format hides the keys from every verb of package fmt.
func (Keys) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[keys]")) }

// Any says whether there is a key.
func (k Keys) Any() bool { return len(k.list) > 0 }

// Len returns how many keys there are.
func (k Keys) Len() int { return len(k.list) }

// ReadKeys reads a key file, which nobody but its owner may read: [safefile.Private], or
// [safefile.Lent] in the hands of an administrator.
func ReadKeys(path string, kind safefile.Kind) (Keys, error) {
	text, err := safefile.Read(path, kind, maxKeyFile)
	if err != nil {
		return Keys{}, err
	}
	return ParseKeys(string(text))
}

// ParseKeys reads the text of a key file: one key of 32 bytes a line, as 64 hexadecimal digits or
// in base64. A # begins a comment. Errors do not repeat it.
func ParseKeys(text string) (Keys, error) {
	var keys Keys
	seen := map[string]bool{}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		raw, err := decodeKey(line)
		switch {
		case err != nil:
			return Keys{}, fmt.Errorf("line %d: %w", n, err)
		case seen[string(raw)]:
			return Keys{}, fmt.Errorf("line %d: has a key that stands above already; want each once", n)
		case len(keys.list) == maxKeys:
			return Keys{},
				fmt.Errorf("has more than %d keys; delete the last ones once nothing is sealed with them", maxKeys)
		}
		seen[string(raw)] = true
		keys.list = append(keys.list, makeKey(raw))
	}
	if !keys.Any() {
		return Keys{},
			errors.New("holds no key; want 32 random bytes, in base64 or as 64 hexadecimal digits, as authyctl totp " +
				"key makes them")
	}
	return keys, nil
}

func decodeKey(text string) ([]byte, error) {
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		raw, err := decode(text)
		if err != nil || len(raw) != KeyBytes {
			continue
		}
		if bytes.Count(raw, raw[:1]) == KeyBytes {
			return nil, errors.New("has a key of one byte repeated; want 32 random bytes")
		}
		return raw, nil
	}
	return nil, errors.New("is no key; want 32 bytes, in base64 or as 64 hexadecimal digits")
}

// makeKey derives a key for each purpose, so that none is used for two.
func makeKey(raw []byte) key {
	derive := func(purpose string) []byte {
		out, err := hkdf.Key(sha256.New, raw, nil, purpose, KeyBytes)
		if err != nil {
			panic(err) // for more than 8,160 bytes alone
		}
		return out
	}
	return key{seal: derive("sftpgo-authy totp sealed secrets"), recovery: derive("sftpgo-authy totp recovery codes")}
}

// NewKey returns a line for a key file.
func NewKey(random io.Reader) (string, error) {
	var raw [KeyBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", errors.New("key: the source of randomness is dry")
	}
	return base64.StdEncoding.EncodeToString(raw[:]), nil
}

// sealedMark begins a value that is sealed. The number is that of the form that follows: base64 of
// a nonce of 24 bytes and what XChaCha20-Poly1305 makes of the value and the account's name.
const sealedMark = "sealed:1:"

// IsSealed says whether a value of a secrets file is sealed.
func IsSealed(value string) bool { return strings.HasPrefix(value, "sealed:") }

// Seal returns a value sealed with the first key, for one account: as a value of another account
// nothing opens it.
func (k Keys) Seal(random io.Reader, account, value string) (string, error) {
	if !k.Any() {
		return "", errors.New("there is no key; set totp.key_file")
	}
	aead, err := chacha20poly1305.NewX(k.list[0].seal)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(value)+aead.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return "", err
	}
	return sealedMark + base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(value), []byte(account))),
		nil
}

// Open returns the value that was sealed for an account, and which key opened it, from 0. A value
// that is not sealed is returned as it is, with key -1. Errors do not repeat it.
func (k Keys) Open(account, value string) (plain string, by int, err error) {
	if !IsSealed(value) {
		return value, -1, nil
	}
	if !k.Any() {
		return "", 0, errors.New("is sealed; want totp.key_file with the key")
	}
	sealed, ours := strings.CutPrefix(value, sealedMark)
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if !ours || err != nil || len(raw) <= chacha20poly1305.NonceSizeX {
		return "", 0, errors.New("is sealed in a form that this version does not know, or damaged")
	}
	for i, key := range k.list {
		aead, err := chacha20poly1305.NewX(key.seal)
		if err != nil {
			return "", 0, err
		}
		nonce, text := raw[:aead.NonceSize()], raw[aead.NonceSize():]
		if plain, err := aead.Open(nil, nonce, text, []byte(account)); err == nil {
			return string(plain), i, nil
		}
	}
	return "", 0, errors.New("is sealed with another key, for another account, or damaged")
}
