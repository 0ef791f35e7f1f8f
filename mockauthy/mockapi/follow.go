package mockapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// StreamedEvent is an [Event] whose data is still JSON.
type StreamedEvent struct {
	ID   int64           // of the event, rising
	Kind string          // one of the event kinds
	Data json.RawMessage // decode it as the kind says
}

// maxEvent is the longest line of the stream in bytes.
const maxEvent = 1 << 20

// Follow calls each with every event until ctx ends, the stream ends or each returns an error, and
// returns that error. after is the id of the last known event; 0 starts now. The error of a stream
// that ends is io.ErrUnexpectedEOF: follow again after the last id.
func (c *Client) Follow(ctx context.Context, after int64, each func(StreamedEvent) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.URL, "/")+"/_mock/events", nil)
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	if c.Key != "" {
		req.Header.Set("X-Authy-API-Key", c.Key)
	}
	if after > 0 {
		req.Header.Set("Last-Event-ID", strconv.FormatInt(after, 10))
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
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 512)) // only to show
		return fmt.Errorf("events: %s: %s", resp.Status, bytes.TrimSpace(text))
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxEvent)
	var event StreamedEvent
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			if event.ID, err = strconv.ParseInt(value, 10, 64); err != nil {
				return fmt.Errorf("events: id %q is no number", value)
			}
		case "event":
			event.Kind = value
		case "data":
			event.Data = json.RawMessage(value)
		case "":
			if event.Data == nil { // a comment, or the end of one
				continue
			}
			if err := each(event); err != nil {
				return err
			}
			event = StreamedEvent{}
		}
	}
	if err := errors.Join(ctx.Err(), lines.Err()); err != nil {
		return err
	}
	return fmt.Errorf("events: %w", io.ErrUnexpectedEOF)
}

// CA returns the certificate, as PEM, that clients have to trust for https. It is refused with 404
// when the mock does not speak https.
func (c *Client) CA(ctx context.Context) ([]byte, error) {
	var pem bytes.Buffer
	err := c.do(ctx, http.MethodGet, "ca.pem", nil, &pem)
	return pem.Bytes(), err
}
