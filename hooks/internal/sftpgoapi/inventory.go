package sftpgoapi

import (
	"context"
	"net/http"
	"net/url"
)

// Scopes of an API key.
const (
	ScopeAdmin = 1
	ScopeUser  = 2
)

// APIKey is a key of SFTPGo, without its secret part.
type APIKey struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Scope     int    `json:"scope"`
	ExpiresAt int64  `json:"expires_at"` // milliseconds since 1970; 0 is never
	User      string `json:"user"`       // whose it is; "" with scope 2 means everybody's who allows it
	Admin     string `json:"admin"`
}

// Share is a link into somebody's files, usable without a login.
type Share struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Scope      int    `json:"scope"` // 1 read, 2 write, 3 both
	Username   string `json:"username"`
	ExpiresAt  int64  `json:"expires_at"` // milliseconds since 1970; 0 is never
	Password   string `json:"password"`   // hash; "" is none
	MaxTokens  int    `json:"max_tokens"` // uses; 0 is without end
	UsedTokens int    `json:"used_tokens"`
}

// IPList is an entry of one of SFTPGo's lists of addresses.
type IPList struct {
	Network string `json:"ipornet"`
	Type    int    `json:"type"`
	Mode    int    `json:"mode"`
}

// Defender says whether the entry tells the defender what to do.
func (e IPList) Defender() bool { return e.Type == 2 }

// Allowed says whether the entry lets an address through.
func (e IPList) Allowed() bool { return e.Mode == 1 }

// Inventory is what only a dump of SFTPGo contains.
type Inventory struct {
	APIKeys []APIKey `json:"api_keys"`
	Shares  []Share  `json:"shares"`
	IPLists []IPList `json:"ip_lists"`
	Configs struct {
		SMTP struct {
			Host string `json:"host"`
		} `json:"smtp"`
	} `json:"configs"`
}

// Inventory reads keys, shares and the settings that SFTPGo keeps in its database. Only an
// administrator with all permissions may. It is part of a dump, since shares have no call of their
// own for administrators and the one for keys refuses API keys; accounts with their hashes are not
// asked for.
func (c *Client) Inventory(ctx context.Context) (Inventory, error) {
	var got Inventory
	query := url.Values{"output-data": {"1"}, "scopes": {"api_keys,shares,ip_lists,configs"}}
	err := c.do(ctx, http.MethodGet, "/dumpdata?"+query.Encode(), nil, &got)
	return got, err
}

// Dump returns a dump of all accounts, with the hashes of their passwords: what SFTPGo's loaddata
// takes. Only an administrator with all permissions may.
func (c *Client) Dump(ctx context.Context) (dump Document, users []Document, err error) {
	query := url.Values{"output-data": {"1"}, "scopes": {"users"}}
	if err = c.do(ctx, http.MethodGet, "/dumpdata?"+query.Encode(), nil, &dump); err != nil {
		return nil, nil, err
	}
	var list struct {
		Users []Document `json:"users"`
	}
	err = dump.Into(&list)
	return dump, list.Users, err
}

// Version returns SFTPGo's version, and with it the proof that the key is good.
func (c *Client) Version(ctx context.Context) (string, error) {
	var got struct {
		Version string `json:"version"`
	}
	err := c.do(ctx, http.MethodGet, "/version", nil, &got)
	return got.Version, err
}

// Administrator is an administrator of SFTPGo: what matters for logging in as one.
type Administrator struct {
	Username string `json:"username"`
	Status   int    `json:"status"` // 1 is enabled
	Filters  struct {
		TOTP struct {
			Enabled bool `json:"enabled"`
		} `json:"totp_config"`
	} `json:"filters"`
}

// Administrators returns all administrators. Only one with all permissions may ask.
func (c *Client) Administrators(ctx context.Context) ([]Administrator, error) {
	documents, err := c.list(ctx, "/admins", "username")
	if err != nil {
		return nil, err
	}
	all := make([]Administrator, len(documents))
	for i, d := range documents {
		if err := d.Into(&all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}
