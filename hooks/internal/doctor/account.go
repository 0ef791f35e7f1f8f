package doctor

import (
	"fmt"
	"slices"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// Account is an account of SFTPGo, with the settings of its groups merged in, and the person that
// it belongs to.
type Account struct {
	Name       string
	Info       string // additional_info
	Email      string
	Role       string // administrators with this role see it
	Keys       int    // public keys
	Filters    Filters
	Own        Filters // without the groups: what a change of the account itself can reach
	Mapping    gate.Mapping
	Person     provider.Person // nil for nobody
	MappingErr error
}

// Filters are the settings of an account that matter for logins. The tags are SFTPGo's names.
type Filters struct {
	DeniedMethods   []string `json:"denied_login_methods"`
	DeniedProtocols []string `json:"denied_protocols"`
	Web             []string `json:"web_client"` // what is forbidden in the web client and REST API
	Hooks           struct {
		ExternalOff bool `json:"external_auth_disabled"`
		CheckOff    bool `json:"check_password_disabled"`
	} `json:"hooks"`
	APIKeys     bool     `json:"allow_api_key_auth"`
	CacheTime   int64    `json:"external_auth_cache_time"`
	Anonymous   bool     `json:"is_anonymous"`
	TLSUsername string   `json:"tls_username"`
	TLSCerts    []string `json:"tls_certs"`
	TOTP        struct { // SFTPGo's own second factor
		Enabled   bool     `json:"enabled"`
		Protocols []string `json:"protocols"` // that ask for it: SSH, FTP, HTTP
	} `json:"totp_config"`
	Required []string `json:"two_factor_protocols"` // on which there must be one
}

// Kinds of membership.
const (
	primaryGroup   = 1
	secondaryGroup = 2
)

type membership struct {
	Name string `json:"name"`
	Type int    `json:"type"`
}

type rawAccount struct {
	Username string       `json:"username"`
	Info     string       `json:"additional_info"`
	Email    string       `json:"email"`
	Role     string       `json:"role"`
	More     []string     `json:"additional_emails"`
	Keys     []string     `json:"public_keys"`
	Groups   []membership `json:"groups"`
	Filters  Filters      `json:"filters"`
}

// readAccounts returns the accounts that the REST API shows, merged with their groups. groups may
// be nil if no account is in one.
func readAccounts(users, groups []sftpgoapi.Document) ([]Account, error) {
	byName := map[string]Filters{}
	for _, doc := range groups {
		var group struct {
			Name     string `json:"name"`
			Settings struct {
				Filters Filters `json:"filters"`
			} `json:"user_settings"`
		}
		if err := doc.Into(&group); err != nil {
			return nil, err
		}
		byName[group.Name] = group.Settings.Filters
	}
	accounts := make([]Account, 0, len(users))
	for _, doc := range users {
		var raw rawAccount
		if err := doc.Into(&raw); err != nil {
			return nil, err
		}
		a := Account{Name: raw.Username, Info: raw.Info, Email: raw.Email, Role: raw.Role, Keys: len(raw.Keys),
			Own: raw.Filters, Filters: raw.Filters}
		if a.Email == "" && len(raw.More) > 0 {
			a.Email = raw.More[0]
		}
		for _, kind := range []int{primaryGroup, secondaryGroup} {
			for _, m := range raw.Groups {
				group, known := byName[m.Name]
				switch {
				case m.Type != kind:
				case !known:
					return nil, fmt.Errorf("account %q is in group %q, which this administrator cannot see",
						a.Name, m.Name)
				default:
					a.Filters.merge(group, kind == primaryGroup)
				}
			}
		}
		accounts = append(accounts, a)
	}
	return accounts, nil
}

// merge adds a group's settings to an account's, as SFTPGo does: lists of primary and secondary
// groups are appended; switches and values come from the primary group, if the account has none.
func (f *Filters) merge(group Filters, primary bool) {
	f.DeniedMethods = union(f.DeniedMethods, group.DeniedMethods)
	f.DeniedProtocols = union(f.DeniedProtocols, group.DeniedProtocols)
	f.Web = union(f.Web, group.Web)
	f.Required = union(f.Required, group.Required)
	if !primary {
		return
	}
	f.Hooks.ExternalOff = f.Hooks.ExternalOff || group.Hooks.ExternalOff
	f.Hooks.CheckOff = f.Hooks.CheckOff || group.Hooks.CheckOff
	f.APIKeys = f.APIKeys || group.APIKeys
	f.Anonymous = f.Anonymous || group.Anonymous
	if f.CacheTime == 0 {
		f.CacheTime = group.CacheTime
	}
	if f.TLSUsername == "" || f.TLSUsername == "None" {
		f.TLSUsername = group.TLSUsername
	}
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, item := range b {
		if !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out
}

// Login methods as SFTPGo names them.
const (
	methodPassword       = "password"
	methodSSHPassword    = "password-over-SSH"
	methodInteractive    = "keyboard-interactive"
	methodKey            = "publickey"
	methodKeyPassword    = "publickey+password"
	methodKeyInteractive = "publickey+keyboard-interactive"
	methodTLS            = "TLSCertificate"
	methodTLSPassword    = "TLSCertificate+password"
)

// allows reports whether the account may use a login method on a protocol.
func (a Account) allows(method, protocol string) bool {
	f := a.Filters
	if slices.Contains(f.DeniedProtocols, protocol) || slices.Contains(f.DeniedMethods, method) ||
		a.lacks(protocol) && protocol != HTTP {
		return false
	}
	return method != methodPassword || protocol != SSH || !slices.Contains(f.DeniedMethods, methodSSHPassword)
}

// certified reports whether SFTPGo knows a TLS client certificate of the account.
func (a Account) certified() bool {
	return a.Filters.TLSUsername != "" && a.Filters.TLSUsername != "None" || len(a.Filters.TLSCerts) > 0
}

// may reports whether the account may do something in the web client and REST API that option would
// forbid.
func (a Account) may(option string) bool { return !slices.Contains(a.Filters.Web, option) }
