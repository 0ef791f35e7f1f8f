package mockapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client calls the control API of a running mock. Its methods may be used by many goroutines at
// once. A refusal by the server is an [*Error].
type Client struct {
	// URL is the base URL, without a path.
	URL string
	// Key names the world; empty is the server's first.
	Key string
	// HTTP sends the requests; nil is [http.DefaultClient].
	HTTP *http.Client
}

// maxReply bounds what is read of one answer.
const maxReply = 256 << 20

// do sends body, if not nil, as JSON and decodes the answer over into, if not nil.
func (c *Client) do(ctx context.Context, method, path string, body, into any) error {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+"/_mock/"+path, reader)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Key != "" {
		req.Header.Set("X-Authy-API-Key", c.Key)
	}
	sender := c.HTTP
	if sender == nil {
		sender = http.DefaultClient
	}
	resp, err := sender.Do(req)
	if err != nil {
		return err // names method and URL
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 300 {
		refusal := &Error{Status: resp.StatusCode}
		if json.Unmarshal(data, refusal) != nil || refusal.Message == "" {
			refusal.Message = fmt.Sprintf("%s: %.200s", resp.Status, data)
		}
		return fmt.Errorf("%s %s: %w", method, path, refusal)
	}
	if raw, ok := into.(*bytes.Buffer); ok { // no JSON is wanted
		_, err := raw.Write(data)
		return err
	}
	if into == nil || len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// get is do for what is only read.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	var v T
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	err := c.do(ctx, http.MethodGet, path, nil, &v)
	return v, err
}

// send is do for what answers with what it made.
func send[T any](ctx context.Context, c *Client, method, path string, body any) (T, error) {
	var v T
	err := c.do(ctx, method, path, body, &v)
	return v, err
}

// IsRefusal says whether err is a refusal by the server with that HTTP status.
func IsRefusal(err error, status int) bool {
	var refusal *Error
	return errors.As(err, &refusal) && refusal.Status == status
}

func set(v url.Values, name, value string) {
	if value != "" {
		v.Set(name, value)
	}
}

func setNumber(v url.Values, name string, value int64) {
	if value != 0 {
		v.Set(name, strconv.FormatInt(value, 10))
	}
}

// Ptr returns a pointer to v, for the fields of [UserPatch] and [ClockChange].
func Ptr[T any](v T) *T { return &v }

// At is a change of the clock to t.
func At(t time.Time) ClockChange { return ClockChange{Set: &t} }
