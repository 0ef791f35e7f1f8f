package migrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// Loaddata is a file for SFTPGo's loaddata in the making: accounts with SFTPGo's own second factor,
// as a dump has them.
type Loaddata struct {
	dump    sftpgoapi.Document
	users   map[string]sftpgoapi.Document
	changed []sftpgoapi.Document
}

// NewLoaddata makes one of a dump with all accounts.
func NewLoaddata(dump sftpgoapi.Document, users []sftpgoapi.Document) *Loaddata {
	l := &Loaddata{dump: dump, users: map[string]sftpgoapi.Document{}}
	for _, user := range users {
		l.users[user.Text("username")] = user
	}
	return l
}

// Take gives all accounts of a person the secret.
func (l *Loaddata) Take(p Person, secret totp.Secret) error {
	var changed []sftpgoapi.Document
	for _, account := range p.Accounts {
		user, there := l.users[account]
		if !there {
			return &Stays{Failed, fmt.Errorf("SFTPGo has no account %q", account)}
		}
		filters, err := ownFactor(user, secret)
		if err != nil {
			return &Stays{Failed, fmt.Errorf("account %q: %w", account, err)}
		}
		user["filters"] = filters
		changed = append(changed, user)
	}
	l.changed = append(l.changed, changed...)
	return nil
}

// Count returns how many accounts it has.
func (l *Loaddata) Count() int { return len(l.changed) }

// JSON returns the file. The secrets stand plain in it; SFTPGo encrypts them when it loads it.
func (l *Loaddata) JSON() ([]byte, error) {
	users, err := json.Marshal(l.changed)
	if err != nil {
		return nil, err
	}
	l.dump["users"] = users
	return json.MarshalIndent(l.dump, "", "  ")
}

// ownFactor returns the filters of an account with SFTPGo's own second factor, and without the ways
// round it: SFTPGo asks for a code over SSH by keyboard-interactive alone, and over WebDAV never.
func ownFactor(user sftpgoapi.Document, secret totp.Secret) (json.RawMessage, error) {
	filters := sftpgoapi.Document{}
	if raw := user["filters"]; len(raw) > 0 {
		if err := jsonobject.Decode(raw, &filters); err != nil {
			return nil, errors.New("its filters are in another shape than SFTPGo's")
		}
	}
	var lists struct {
		Methods   []string `json:"denied_login_methods"`
		Protocols []string `json:"denied_protocols"`
		Web       []string `json:"web_client"`
	}
	if err := filters.Into(&lists); err != nil {
		return nil, err
	}
	if slices.Contains(lists.Web, "mfa-disabled") {
		return nil, errors.New("may not have a second factor of SFTPGo: its web_client has mfa-disabled")
	}
	denied := func(method string) bool { return slices.Contains(lists.Methods, method) }
	if denied("publickey") && denied("keyboard-interactive") && (denied("password") || denied("password-over-SSH")) {
		return nil, errors.New("needs a key beside the code, and SFTPGo's own second factor would do without the key")
	}
	methods := slices.DeleteFunc(lists.Methods, func(method string) bool {
		return method == "keyboard-interactive" || method == "password" || method == "password-over-SSH"
	})
	protocols := slices.DeleteFunc(lists.Protocols, func(protocol string) bool { return protocol == "DAV" })
	for field, value := range map[string]any{
		"denied_login_methods": append(methods, "password-over-SSH"),
		"denied_protocols":     append(protocols, "DAV"),
		"totp_config": map[string]any{
			"enabled": true, "config_name": "Default", "protocols": []string{"SSH", "FTP", "HTTP"},
			"secret": map[string]string{"status": "Plain", "payload": secret.Base32()},
		},
	} {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		filters[field] = raw
	}
	return json.Marshal(filters)
}
