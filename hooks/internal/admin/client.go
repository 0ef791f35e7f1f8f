package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/safefile"
)

// maxReply bounds an answer.
const maxReply = 1 << 20

// timeout is of one call.
const timeout = 5 * time.Second

// Client asks the hookd that listens on a socket.
type Client struct {
	path string
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	http *http.Client
}

// ErrNobody is the error of a socket on which no hookd answers.
var ErrNobody = errors.New("no hookd answers")

// NewClient returns a client for the socket at path. It refuses a socket that others may write to
// or that lies in a folder where others could put one of their own: what answers there would not be
// our hookd.
func NewClient(path string) (*Client, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("admin socket: %w: %w", ErrNobody, err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return nil, fmt.Errorf("admin socket %s: is no socket", path)
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return nil, fmt.Errorf("admin socket %s: mode %04o, want 0600", path, mode)
	}
	check := safefile.CheckFolder(path)
	if safefile.CheckOwner(info) != nil { // hookd runs as a user of its own, and root asks
		check = safefile.CheckFolderOf(path, info)
	}
	if check != nil {
		return nil, fmt.Errorf("admin socket %s: %w", path, check)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	return &Client{path: path, dial: dial, http: &http.Client{
		Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, Timeout: timeout,
	}}, nil
}

// State asks what is in force.
func (c *Client) State(ctx context.Context) (State, error) {
	var s State
	return s, c.get(ctx, "/state", &s)
}

// Account asks what hookd knows of an account now.
func (c *Client) Account(ctx context.Context, name string) (Account, error) {
	var a Account
	err := c.get(ctx, "/account?name="+url.QueryEscape(name), &a)
	if err == nil && a.Name != name {
		err = fmt.Errorf("admin socket %s: asked about one account, told about another", c.path)
	}
	return a, err
}

// get makes a call and decodes its answer.
func (c *Client) get(ctx context.Context, call string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://hookd"+call, nil)
	if err != nil {
		return fmt.Errorf("admin socket %s: %w", c.path, err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("admin socket %s: %w: %w", c.path, ErrNobody, errors.Unwrap(err))
	}
	return readReply(c.path, res, into)
}

// readReply decodes the answer to a call.
func readReply(path string, res *http.Response, into any) error {
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if err != nil {
		return fmt.Errorf("admin socket %s: %w", path, err)
	}
	if res.StatusCode != http.StatusOK {
		var f fault
		_ = jsonobject.Decode(body, &f) // without a text the status has to do
		return fmt.Errorf("admin socket %s: hookd answers %d %s", path, res.StatusCode, f.Error)
	}
	if err := jsonobject.Decode(body, into); err != nil {
		return fmt.Errorf("admin socket %s: the answer is not what a hookd says", path)
	}
	return nil
}
