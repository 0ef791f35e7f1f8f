package sftpgo

import (
	"errors"
	"slices"
	"time"

	"sftpgo-authy/hooks/internal/jsonobject"
)

// Stored is what a hook looks at in the account that SFTPGo sends to the external authentication
// hook.
type Stored struct {
	Username        string
	Status          int   // 1 is enabled, everything else is not
	ExpirationDate  int64 // milliseconds since 1970; 0 is never
	DeniedMethods   []string
	DeniedProtocols []string
	Groups          bool // is in a group that brings settings; SFTPGo sends the account without them
}

// membership is the type of group that has no effect on settings.
const membership = 3

// ReadStored reads the account. Field names match as SFTPGo itself matches them, in any case, so
// that both see the same account. An error means that this is not the account of somebody named
// login.
func (e ExternalAuth) ReadStored() (Stored, error) {
	var user struct {
		Username       string `json:"username"`
		Status         int    `json:"status"`
		ExpirationDate int64  `json:"expiration_date"`
		Filters        struct {
			DeniedMethods   []string `json:"denied_login_methods"`
			DeniedProtocols []string `json:"denied_protocols"`
		} `json:"filters"`
		Groups []struct {
			Type int `json:"type"`
		} `json:"groups"`
	}
	if len(e.User) == 0 || e.User[0] != '{' || jsonobject.Decode(e.User, &user) != nil {
		return Stored{}, errors.New("user: want the JSON of an account")
	}
	if user.Username == "" || user.Username != e.Username {
		return Stored{}, errors.New("user: is the account of somebody else")
	}
	stored := Stored{
		Username: user.Username, Status: user.Status, ExpirationDate: user.ExpirationDate,
		DeniedMethods: user.Filters.DeniedMethods, DeniedProtocols: user.Filters.DeniedProtocols,
	}
	for _, group := range user.Groups {
		stored.Groups = stored.Groups || group.Type != membership
	}
	return stored, nil
}

// Enabled says whether the status and the expiration date let the account log in at the time now.
func (s Stored) Enabled(now time.Time) bool {
	return s.Status == 1 && (s.ExpirationDate <= 0 || s.ExpirationDate > now.UnixMilli())
}

// TakesPassword says whether the account may log in over the protocol with a password, alone or as
// the step after a public key.
//
// SFTPGo enforces this only after the hook, when it has stored what was typed as the account's
// password already (observed on 2.7.5). If extauth accepted a code for an account of keyint, it
// would replace the password by that code, and from then on the phone alone would be enough.
//
// What a group denies is not sent, and a group may deny the password to people of keyint. So an
// account in a group must itself deny keyboard-interactive or SSH: then its stored password opens
// nothing. codeAlone is for an account whose keyint asks for the code and no password: its stored
// password opens nothing either.
func (s Stored) TakesPassword(protocol string, codeAlone bool) bool {
	denied := func(method string) bool { return slices.Contains(s.DeniedMethods, method) }
	switch {
	case slices.Contains(s.DeniedProtocols, protocol):
		return false
	case s.Groups && !codeAlone && !denied("keyboard-interactive") && !slices.Contains(s.DeniedProtocols, "SSH"):
		return false
	case !denied("password") && !(protocol == "SSH" && denied("password-over-SSH")):
		return true
	}
	// The step after a key exists where nothing else is left (SFTPGo's own rule).
	return protocol == "SSH" && denied("publickey") && denied("keyboard-interactive") && !denied("publickey+password")
}
