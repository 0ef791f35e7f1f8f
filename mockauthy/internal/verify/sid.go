package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// sid is the part of a SID after its two letters. There may be millions, so they are kept short.
type sid [16]byte

// text returns the SID with its two letters, such as YF.
func (s sid) text(letters string) string {
	var b [34]byte
	copy(b[:], letters)
	hex.Encode(b[2:], s[:])
	return string(b[:])
}

// parseSID reads a SID of a kind; false when it cannot be one.
func parseSID(letters, text string) (s sid, ok bool) {
	if len(text) != 34 || text[:2] != letters {
		return s, false
	}
	_, err := hex.Decode(s[:], []byte(text[2:]))
	return s, err == nil
}

// derived returns the SID that an API key has for a purpose, always the same.
func derived(purpose, key string) sid {
	sum := sha256.Sum256([]byte(purpose + " of " + key))
	return sid(sum[:16])
}

// newSID draws a SID. The caller holds mu.
func (a *Account) newSID() (s sid) {
	a.random(s[:])
	return s
}

// random fills b from the account's source. One that fails after it worked is broken for good, and
// a fixed secret could be guessed.
func (a *Account) random(b []byte) {
	if _, err := io.ReadFull(a.rand, b); err != nil {
		panic(fmt.Sprintf("verify account: random source: %v", err))
	}
}

// randomDigits returns n random decimal digits.
func (a *Account) randomDigits(n int) string {
	out := make([]byte, n)
	for i := 0; i < n; {
		var b [1]byte
		if a.random(b[:]); b[0] < 250 {
			out[i] = '0' + b[0]%10
			i++
		}
	}
	return string(out)
}
