package memory

import (
	"crypto/hmac"
	"strings"

	"sftpgo-authy/hooks/internal/memory/store"
)

// Whoever can write a shared store can take marks away and put back old ones, which asks for a code
// that would have been left out or ends in a denial. What a mark says must be ours: else its writer
// could tell us that a login comes from the address of somebody else's grace, or that Authy is
// silent. So marks that may let somebody in are sealed.

// seal returns text with a seal that only who has our key can make, and that holds for one key of
// the store.
func (s *Logins) seal(key store.Key, text string) string { return text + " " + s.sealOf(key, text) }

// unseal returns what was sealed for a key; ok is false for anything else, and text is then empty.
func (s *Logins) unseal(key store.Key, sealed string) (text string, ok bool) {
	cut := strings.LastIndexByte(sealed, ' ')
	if cut < 0 {
		return "", false
	}
	if !hmac.Equal([]byte(sealed[cut+1:]), []byte(s.sealOf(key, sealed[:cut]))) {
		return "", false
	}
	return sealed[:cut], true
}

func (s *Logins) sealOf(key store.Key, text string) string {
	return s.key(key.Kind, "seal", key.String(), text).String()
}
