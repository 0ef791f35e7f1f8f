package sftpgo

import (
	"encoding/json"
	"errors"
	"time"
)

// Stored is what a hook looks at in the account that SFTPGo sends to the external authentication hook.
type Stored struct {
	Username       string
	Status         int   // 1 is enabled, everything else is not
	ExpirationDate int64 // milliseconds since 1970; 0 is never
}

// ReadStored reads the account. Field names match as SFTPGo itself matches them, in any case, so that both see the same account.
// An error means that this is not the account of somebody named login.
func (e ExternalAuth) ReadStored() (Stored, error) {
	var user struct {
		Username       string `json:"username"`
		Status         int    `json:"status"`
		ExpirationDate int64  `json:"expiration_date"`
	}
	if len(e.User) == 0 || e.User[0] != '{' || json.Unmarshal(e.User, &user) != nil {
		return Stored{}, errors.New("user: want the JSON of an account")
	}
	if user.Username == "" || user.Username != e.Username {
		return Stored{}, errors.New("user: is the account of somebody else")
	}
	return Stored(user), nil
}

// Enabled says whether the account may log in at the time now, as far as status and expiration go.
func (s Stored) Enabled(now time.Time) bool {
	return s.Status == 1 && (s.ExpirationDate <= 0 || s.ExpirationDate > now.UnixMilli())
}
