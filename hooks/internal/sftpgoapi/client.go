// Package sftpgoapi is a client of SFTPGo's REST API as an administrator: users, groups and what a
// doctor looks at.
//
// The behaviour described here was tried on SFTPGo 2.7.5.
package sftpgoapi

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"crypto/tls"

	"sftpgo-authy/hooks/internal/jsonobject"
)

// Limits of one exchange. A hook has 20 s for SFTPGo and 5 s of them go to Authy.
const (
	Timeout = 5 * time.Second
	maxBody = 64 << 20 // a page of 500 users with their keys
)

// Options of a [Client]. Either Key, or Admin and Password.
type Options struct {
	URL      string         // scheme, host and perhaps a port and a path (httpd.web_root)
	Key      string         // an API key of scope 1; its admin needs view_users, and filters.allow_api_key_auth
	Admin    string         // an administrator
	Password string         // and the password
	OTP      string         // and the code of this moment, where the administrator has a second factor
	Roots    *x509.CertPool // who may vouch for the server; nil means the system's
	Timeout  time.Duration  // of one exchange; default [Timeout]
}

// Client talks to the REST API. It is safe for concurrent use.
type Client struct {
	base            string
	key             string
	admin, password string
	otp             string
	http            *http.Client

	mu    sync.Mutex
	token string // of admin, fetched when first needed

	date atomic.Pointer[time.Time] // of the last answer
}

// Date returns the time that SFTPGo's clock showed when it answered last, in whole seconds; the
// zero time before the first answer.
func (c *Client) Date() time.Time {
	if date := c.date.Load(); date != nil {
		return *date
	}
	return time.Time{}
}

// New makes a client. Errors name what is wrong with the URL, never the URL, which might hold a
// secret.
func New(o Options) (*Client, error) {
	base, err := ParseURL(o.URL)
	if err != nil {
		return nil, err
	}
	if (o.Key == "") == (o.Admin == "") {
		return nil, errors.New("want an API key, or an administrator and the password")
	}
	if o.Timeout <= 0 {
		o.Timeout = Timeout
	}
	return &Client{
		base: base.String() + "/api/v2", key: o.Key, admin: o.Admin, password: o.Password, otp: o.OTP,
		http: &http.Client{
			Timeout: o.Timeout,
			Transport: &http.Transport{
				TLSClientConfig:     &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
				MaxIdleConnsPerHost: 4,
				IdleConnTimeout:     30 * time.Second,
			},
			// A server that redirects us is not the one that the configuration named.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// ParseURL reads the base URL of an SFTPGo: http or https, a host, perhaps a port and a path.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.Opaque != "":
		return nil, errors.New("want http:// or https://, a host and perhaps a port")
	case u.User != nil, u.RawQuery != "" || u.ForceQuery, u.Fragment != "":
		return nil, errors.New("has a user, query or fragment; want only scheme, host and perhaps a port and a path")
	}
	for len(u.Path) > 0 && u.Path[len(u.Path)-1] == '/' {
		u.Path = u.Path[:len(u.Path)-1]
	}
	return u, nil
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Error is a refusal by SFTPGo. Message is SFTPGo's own text.
type Error struct {
	Status  int
	Message string

	login login // what the call identified itself by
}

// login is how a call identifies itself.
type login int

const (
	byKey      login = iota // an API key, or the token that a password got
	byPassword              // an administrator's password
	byCode                  // that, and a code of the second factor
)

// unauthorized says what to look at after a 401.
func (l login) unauthorized() string {
	switch l {
	case byPassword:
		return "; check the name, the password and its file, and whether the administrator has a second factor: " +
			"then its code is wanted, too"
	case byCode:
		return "; check the password and the code: SFTPGo takes each code once, so after any other login wait for " +
			"the next one"
	default:
		return "; check the API key, and that its administrator has filters.allow_api_key_auth"
	}
}

// Error says what the status means for us.
func (e *Error) Error() string {
	hint := ""
	switch e.Status {
	case http.StatusUnauthorized:
		hint = e.login.unauthorized()
	case http.StatusForbidden:
		hint = "; this administrator lacks a permission"
	case http.StatusNotFound:
		hint = "; not there, or belongs to another role than this administrator's"
	}
	return fmt.Sprintf("sftpgo answered %d %q%s", e.Status, e.Message, hint)
}

// Status returns the HTTP status of a refusal by SFTPGo, 0 for every other error.
func Status(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// do makes one call. path is below /api/v2 and escaped; body nil means none. The answer must be 200
// and JSON.
func (c *Client) do(ctx context.Context, method, path string, body []byte, into any) error {
	auth, err := c.authorization(ctx)
	if err != nil {
		return err
	}
	return c.call(ctx, method, path, body, into, auth)
}

// call makes one call whose authorization auth sets.
func (c *Client) call(ctx context.Context, method, path string, body []byte, into any, auth func(*http.Request)) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return errors.New("sftpgo: request cannot be built")
	}
	auth(req)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("sftpgo did not answer: %w", bare(err))
	}
	defer res.Body.Close()
	c.note(res.Header.Get("Date"))
	text, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case err != nil:
		return fmt.Errorf("sftpgo did not answer in full: %w", bare(err))
	case len(text) > maxBody:
		return fmt.Errorf("sftpgo answered more than %d bytes", maxBody)
	case res.StatusCode != http.StatusOK:
		return refusal(res.StatusCode, text)
	}
	if err := jsonobject.Decode(text, into); err != nil {
		return fmt.Errorf(
			"sftpgo answered something that is not its REST API; want the URL of its httpd with enable_rest_api on")
	}
	return nil
}

// note keeps the date of an answer.
func (c *Client) note(date string) {
	if at, err := http.ParseTime(date); err == nil {
		c.date.Store(&at)
	}
}

// refusal reads an answer other than 200.
func refusal(status int, text []byte) error {
	var said struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	_ = jsonobject.Decode(text, &said) // what is not JSON has no text for us
	e := &Error{Status: status, Message: said.Error}
	if e.Message == "" {
		e.Message = said.Message
	}
	if e.Message == "" {
		e.Message = http.StatusText(status)
	}
	return e
}

// authorization returns what identifies us on a call. The token of an administrator lives 20
// minutes, longer than any run of ours; hookd uses a key.
func (c *Client) authorization(ctx context.Context) (func(*http.Request), error) {
	if c.key != "" {
		return func(r *http.Request) { r.Header.Set("X-SFTPGO-API-KEY", c.key) }, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == "" {
		var got struct {
			Token string `json:"access_token"`
		}
		basic := func(r *http.Request) {
			r.SetBasicAuth(c.admin, c.password)
			if c.otp != "" {
				r.Header.Set("X-SFTPGO-OTP", c.otp)
			}
		}
		if err := c.call(ctx, http.MethodGet, "/token", nil, &got, basic); err != nil {
			var refused *Error
			if errors.As(err, &refused) {
				refused.login = byPassword
				if c.otp != "" {
					refused.login = byCode
				}
			}
			return nil, fmt.Errorf("log in as administrator %s: %w", c.admin, err)
		}
		c.token = got.Token
	}
	token := c.token
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }, nil
}

// bare removes the URL from an error of net/http.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
