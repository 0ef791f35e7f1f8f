// Package verify is a client of Twilio's Verify v2 API, as far as a login hook needs it: TOTP
// factors, and challenges that judge their codes.
//
// What stands in a path is checked when it is read: an identity holds nothing but letters, digits
// and dashes, and a SID nothing but hexadecimal digits behind its two letters.
package verify

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"sftpgo-authy/hooks/internal/provider"
)

// Name is Verify's name among the providers.
const Name = "verify"

// errRef never repeats what was read: it may be a password.
var errRef = errors.New("verify: want IDENTITY/YF…, an identity of 8 to 64 letters, digits and dashes, and the " +
	"factor's SID of YF and 32 hexadecimal digits")

// Ref is a person's factor at Verify: the identity of an entity, and the SID of its factor. It is
// Verify's [provider.Person]. The zero Ref is nobody.
type Ref struct{ identity, factor string }

// NewRef takes an identity of 8 to 64 letters, digits and dashes, and the SID of a factor.
func NewRef(identity, factor string) (Ref, error) {
	if !IsIdentity(identity) || !isSID("YF", factor) {
		return Ref{}, errRef
	}
	return Ref{identity, factor}, nil
}

// Provider implements [provider.Person].
func (Ref) Provider() string { return Name }

// String returns "IDENTITY/YF…".
func (r Ref) String() string { return r.identity + "/" + r.factor }

// Identity returns the identity of the entity.
func (r Ref) Identity() string { return r.identity }

// Factor returns the SID of the factor.
func (r Ref) Factor() string { return r.factor }

// Name implements [provider.Provider].
func (*Client) Name() string { return Name }

// Parse implements [provider.Provider]. A reference is "IDENTITY/YF…", whatever the account is.
func (*Client) Parse(_, reference string) (provider.Person, error) {
	identity, factor, _ := strings.Cut(reference, "/")
	ref, err := NewRef(identity, factor)
	if err != nil {
		return nil, err
	}
	return ref, nil
}

// NewIdentity makes an identity that tells nothing of its person. Twilio wants no personal data in
// it, and names of accounts do not fit.
func NewIdentity(random io.Reader) (string, error) {
	drawn := make([]byte, 16)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return "", fmt.Errorf("randomness: %w", err)
	}
	return hex.EncodeToString(drawn), nil
}

const (
	digits  = "0123456789"
	hexa    = digits + "abcdefABCDEF"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// IsIdentity says whether Twilio takes a text for an identity.
func IsIdentity(s string) bool {
	return len(s) >= 8 && len(s) <= 64 && strings.Trim(s, digits+letters+"-") == ""
}

// isSID says whether a text is a SID of a kind, such as "YF".
func isSID(kind, s string) bool {
	rest, ok := strings.CutPrefix(s, kind)
	return ok && len(rest) == 32 && strings.Trim(rest, hexa) == ""
}
