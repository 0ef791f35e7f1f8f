package sftpgoapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// pageSize is what SFTPGo allows at most.
const pageSize = 500

// ErrChanged says that an account did not become what was sent.
var ErrChanged = errors.New("was changed by somebody else at the same moment")

// User returns the account of exactly this name, as SFTPGo shows it: without password and secrets,
// group settings not merged. An answer about another name, as the naming rules may give, is an
// error.
func (c *Client) User(ctx context.Context, name string) (Document, error) {
	path, err := userPath(name)
	if err != nil {
		return nil, err
	}
	var user Document
	if err := c.do(ctx, http.MethodGet, path, nil, &user); err != nil {
		return nil, fmt.Errorf("account %q: %w", name, err)
	}
	if got := user.Text("username"); got != name {
		return nil, fmt.Errorf("account %q: sftpgo answered about %q; use the name as sftpgo stores it", name, got)
	}
	return user, nil
}

// userPath returns the path of an account. SFTPGo decodes the last element twice (a name with a
// percent sign may be out of reach), and accepts no name with a slash, question mark or number
// sign.
func userPath(name string) (string, error) {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/?#") {
		return "", fmt.Errorf("account %q: no name that sftpgo accepts", name)
	}
	return "/users/" + url.PathEscape(name), nil
}

// Reachable returns why no account can be read, or nil: it asks for the first one.
func (c *Client) Reachable(ctx context.Context) error {
	var page []json.RawMessage
	return c.do(ctx, http.MethodGet, "/users?limit=1", nil, &page)
}

// Users returns all accounts, page by page.
func (c *Client) Users(ctx context.Context) ([]Document, error) {
	return c.list(ctx, "/users", "username")
}

// Groups returns all groups, page by page. The administrator needs manage_groups.
func (c *Client) Groups(ctx context.Context) ([]Document, error) {
	return c.list(ctx, "/groups", "name")
}

// list reads a collection. An account added or deleted meanwhile may shift a page: doubles are
// dropped, and what is missed is seen next time.
func (c *Client) list(ctx context.Context, path, key string) ([]Document, error) {
	var all []Document
	seen := map[string]bool{}
	for offset := 0; ; offset += pageSize {
		query := url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}, "order": {"ASC"}}
		var page []Document
		if err := c.do(ctx, http.MethodGet, path+"?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		for _, d := range page {
			if name := d.Text(key); !seen[name] {
				seen[name] = true
				all = append(all, d)
			}
		}
		if len(page) < pageSize {
			return all, nil
		}
	}
}

// EditUser reads an account, has change alter it, writes it whole and reads it again. Fields that
// change leaves alone keep their value, known to us or not.
//
// SFTPGo has no conditional PUT: the last write wins, and an administrator or an external
// authentication login between our read and our write is overwritten. The two follow each other at
// once, and the last read finds out whether somebody wrote after us: then the error is
// [ErrChanged], and names the fields.
func (c *Client) EditUser(ctx context.Context, name string, change func(Document) error) error {
	user, err := c.User(ctx, name)
	if err != nil {
		return err
	}
	if err := change(user); err != nil {
		return fmt.Errorf("account %q: %w", name, err)
	}
	path, err := userPath(name)
	if err != nil {
		return err
	}
	body, err := json.Marshal(user)
	if err != nil {
		return fmt.Errorf("account %q: %w", name, err)
	}
	if err := c.do(ctx, http.MethodPut, path, body, new(any)); err != nil {
		return fmt.Errorf("account %q: %w", name, err)
	}
	after, err := c.User(ctx, name)
	if err != nil {
		return fmt.Errorf("written, but cannot be read again: %w", err)
	}
	var differ []string
	for _, field := range Difference(user, after) {
		// Usage and log-in counters move by themselves.
		if !slices.Contains([]string{"updated_at", "last_login", "used_quota_size", "used_quota_files",
			"last_quota_update",
			"used_upload_data_transfer", "used_download_data_transfer", "first_download", "first_upload"}, field) {
			differ = append(differ, field)
		}
	}
	if len(differ) > 0 {
		slices.Sort(differ)
		return fmt.Errorf("account %q: %w: look at %s", name, ErrChanged, strings.Join(differ, ", "))
	}
	return nil
}
