package target

import (
	"fmt"
	"strings"
)

// The cast: accounts and Authy ids are the same in every scenario, so that a users file can be part
// of an image. Who has no id here is nobody to the hooks.
const (
	AnnID  = 1001 // the person that the scenarios are about
	BobID  = 1002 // somebody else, with a second factor of his own
	DoraID = 1003 // in the users file, but Authy has never heard of him
	ErinID = 1004 // one more, for scenarios with three kinds of accounts
)

// CastUsers is the users file that maps the cast. Carol and paul have accounts and no line here.
func CastUsers() string {
	return fmt.Sprintf("# SFTPGo account: Authy id\nann: %d\nbob: %d\ndora: %d\nerin: %d\n", AnnID, BobID,
		DoraID, ErinID)
}

// Kind is how an account is meant to log in; it decides which other ways SFTPGo must deny it.
type Kind string

// The kinds of accounts that one SFTPGo can have side by side.
const (
	PlainAccount    Kind = "plain"    // no second factor, no hook
	KeyintAccount   Kind = "keyint"   // password, then a code, at SSH prompts
	ExtauthAccount  Kind = "extauth"  // the code in the password field
	CheckpwdAccount Kind = "checkpwd" // password and code in one field
)

// Account is an SFTPGo account.
type Account struct {
	Name     string
	Password string
	Kind     Kind
	// PublicKeys are authorized_keys lines.
	PublicKeys []string
	// KeyFirst wants one of the keys before the hook's own login, over SSH; nothing else opens the
	// account then.
	KeyFirst bool
	// Prompts leaves keyboard-interactive to an extauth account: keyint asks it for the code alone.
	Prompts bool
	// Extra are top-level fields of SFTPGo's user document, set on top (email, quota_size, …).
	Extra map[string]any
}

// Document is the account as SFTPGo's REST API takes it. The filters are what makes the hook the
// only way in.
func (a Account) Document() map[string]any {
	filters := map[string]any{}
	hooks := map[string]any{}
	switch a.Kind {
	case PlainAccount:
		hooks["check_password_disabled"] = true
		hooks["external_auth_disabled"] = true
	case KeyintAccount:
		// external_auth_disabled must stay false: it switches the keyboard-interactive hook off as
		// well.
		hooks["check_password_disabled"] = true
		filters["denied_login_methods"] = []string{"password", "publickey"}
	case ExtauthAccount:
		// SFTPGo stores the code as the password; without the denial of keyboard-interactive the
		// used code would open SSH for ever.
		hooks["check_password_disabled"] = true
		filters["denied_login_methods"] = []string{"keyboard-interactive", "publickey"}
		if a.Prompts {
			filters["denied_login_methods"] = []string{"publickey"}
		}
	case CheckpwdAccount:
		hooks["external_auth_disabled"] = true
		filters["denied_login_methods"] = []string{"publickey"}
	}
	if a.KeyFirst {
		denied := []string{"publickey", "password", "keyboard-interactive"}
		if a.Kind == KeyintAccount {
			denied = append(denied, "publickey+password")
		} else {
			denied = append(denied, "publickey+keyboard-interactive")
		}
		filters["denied_login_methods"] = denied
		filters["denied_protocols"] = []string{"FTP", "DAV", "HTTP"}
	}
	filters["hooks"] = hooks
	document := map[string]any{
		"username":    a.Name,
		"password":    a.Password,
		"status":      1,
		"permissions": map[string]any{"/": []string{"*"}},
		"filters":     filters,
	}
	if len(a.PublicKeys) > 0 {
		document["public_keys"] = a.PublicKeys
	}
	for key, value := range a.Extra {
		document[key] = value
	}
	return document
}

// String names the account for a report.
func (a Account) String() string {
	return strings.TrimSpace(a.Name + " (" + string(a.Kind) + ")")
}
