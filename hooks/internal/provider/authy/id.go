// Package authy is a client of Twilio's Authy API, as far as a login hook needs it.
//
// What a person typed reaches a URL only through the types [otp.Code] and [ID], which hold nothing
// but ASCII digits: the bypass of 2015 (a code such as "../sms" or "1234567/999#") cannot be
// written with them.
package authy

import (
	"errors"

	"sftpgo-authy/hooks/internal/provider"
)

// Name is Authy's name among the providers.
const Name = "authy"

const maxIDDigits = 10

// errID never repeats what was typed: it may be a password.
var errID = errors.New("authy id: want 1 to 10 digits, the first not 0")

// ID is a user's number at Authy: 1 to 10 ASCII digits. It is Authy's [provider.Person]. The zero
// ID is nobody; [Client.Verify] refuses it.
type ID struct{ digits string }

// ParseID takes 1 to 10 ASCII digits, the first not 0: a number has one spelling.
func ParseID(s string) (ID, error) {
	if s == "" || len(s) > maxIDDigits || !isDigits(s) || s[0] == '0' {
		return ID{}, errID
	}
	return ID{digits: s}, nil
}

// Provider implements [provider.Person].
func (ID) Provider() string { return Name }

// String returns the number.
func (id ID) String() string { return id.digits }

// IsZero says whether id is nobody.
func (id ID) IsZero() bool { return id.digits == "" }

// Name implements [provider.Provider].
func (*Client) Name() string { return Name }

// Parse implements [provider.Provider]. A reference is an id, whatever the account is.
func (*Client) Parse(_, reference string) (provider.Person, error) {
	id, err := ParseID(reference)
	if err != nil {
		return nil, err
	}
	return id, nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
