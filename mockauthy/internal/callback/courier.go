package callback

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
)

// Courier delivers callbacks, each in a goroutine that it owns. Make one with NewCourier and Close
// it.
type Courier struct {
	ctx     context.Context
	stop    context.CancelFunc
	client  *http.Client
	report  func(authy.Answer, int, error)
	mu      sync.Mutex
	closed  bool
	running int
	all     sync.WaitGroup
}

// Limits of a delivery. Those of the real service are unknown.
const (
	timeout    = 10 * time.Second
	maxRunning = 100
)

// ErrBusy is reported for an answer that is not delivered because too many others are on their way.
var ErrBusy = errors.New("callback not sent: 100 others are on their way")

// NewCourier returns a courier whose deliveries end with ctx. report, if not nil, is called after
// each, with the status that the application answered or the error.
func NewCourier(ctx context.Context, report func(authy.Answer, int, error)) *Courier {
	if report == nil {
		report = func(authy.Answer, int, error) {}
	}
	ctx, stop := context.WithCancel(ctx)
	return &Courier{ctx: ctx, stop: stop, report: report, client: &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{DisableKeepAlives: true}, // so that nothing stays behind
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Deliver sends an answer once to the app's callback URL, without waiting. It does nothing when the
// app has none.
func (c *Courier) Deliver(a authy.Answer) {
	if a.URL == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return
	case c.running >= maxRunning:
		c.all.Go(func() { c.report(a, 0, ErrBusy) })
		return
	}
	c.running++
	c.all.Go(func() {
		status, err := c.send(a)
		c.report(a, status, err)
		c.mu.Lock()
		c.running--
		c.mu.Unlock()
	})
}

// Close cancels running deliveries and waits for them.
func (c *Courier) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.stop()
	c.all.Wait()
}

func (c *Courier) send(a authy.Answer) (int, error) {
	req, err := Request(c.ctx, a)
	if err != nil {
		return 0, err
	}
	res, err := c.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return res.StatusCode, nil
}

// Request makes the signed request of a callback: with a JSON body for POST, with everything in the
// query for GET. With GET the URL's own query is signed too, since the receiver cannot tell it from
// the rest.
func Request(ctx context.Context, a authy.Answer) (*http.Request, error) {
	body := Body(a)
	params := Params(body)
	nonce := strconv.FormatInt(a.At.Unix(), 10)
	target, text := a.URL, []byte(nil)
	if a.Method == http.MethodGet {
		bare, query, _ := strings.Cut(a.URL, "?")
		own, err := url.ParseQuery(query)
		if err != nil {
			return nil, err
		}
		for name := range own {
			body = append(body, Entry{name, own.Get(name)})
		}
		params = Params(body)
		target = bare + "?" + params
	} else {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, a.Method, target, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if text != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("X-Authy-Signature-Nonce", nonce)
	req.Header.Set("X-Authy-Signature", Sign(a.Key, nonce, a.Method, a.URL, params))
	return req, nil
}
