package authy

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/exchange"
)

// APIError is one of Authy's errors. Message is Authy's text, cut to what a terminal shows safely.
type APIError struct {
	Status  int
	Code    string
	Message string
}

// Error says what to do about the errors that people meet.
func (e *APIError) Error() string {
	hint := ""
	if r, _ := errorResult(e.Code); r == provider.RejectedKey {
		hint = "; the API key is not that of an Authy app, look it up in Twilio's console"
	} else if r == provider.UnknownUser {
		hint = "; this app has no such user, enroll the account again"
	} else if e.Limited() {
		hint = "; wait a minute"
	} else if e.ExportOff() {
		hint = "; Twilio's support must open the migration tools for this app, ask them"
	}
	return fmt.Sprintf("authy answered %d, error %s: %s%s", e.Status, e.Code, e.Message, hint)
}

// Limited says whether Authy refused only because there were too many requests.
func (e *APIError) Limited() bool {
	result, _ := errorResult(e.Code)
	return result == provider.Limited || e.Status == http.StatusTooManyRequests
}

// UnknownUser says whether Authy, or the app of the key, has no such user.
func (e *APIError) UnknownUser() bool {
	result, _ := errorResult(e.Code)
	return result == provider.UnknownUser
}

// RejectsKey says whether Authy refused the API key.
func (e *APIError) RejectsKey() bool {
	result, _ := errorResult(e.Code)
	return result == provider.RejectedKey
}

// App is what Authy tells of the app that the key belongs to.
type App struct {
	ID      int    `json:"app_id"`
	Name    string `json:"name"`
	Plan    string `json:"plan"`
	SMS     bool   `json:"sms_enabled"`
	Calls   bool   `json:"phone_calls_enabled"`
	Pushing bool   `json:"onetouch_enabled"`
}

// App asks whose key this is: the proof that it is good.
func (c *Client) App(ctx context.Context) (App, error) {
	var got struct {
		App App `json:"app"`
	}
	err := c.ask(ctx, http.MethodGet, "/protected/json/app/details", nil, &got)
	return got.App, err
}

// NewUser registers a phone and returns its id. The same phone again returns the same id. country
// is digits without plus.
func (c *Client) NewUser(ctx context.Context, email, cellphone, country string) (ID, error) {
	var got struct {
		User struct {
			ID jsontext.Value `json:"id"` // a number, or a text of digits
		} `json:"user"`
	}
	form := url.Values{"user[email]": {email}, "user[cellphone]": {cellphone}, "user[country_code]": {country}}
	if err := c.ask(ctx, http.MethodPost, "/protected/json/users/new", form, &got); err != nil {
		return ID{}, err
	}
	return ParseID(exchange.Text(got.User.ID))
}

// User is what Authy tells of a user. Phone is masked by Authy.
type User struct {
	Confirmed  bool     `json:"confirmed"`  // has given a right code once
	Registered bool     `json:"registered"` // has the Authy app
	Country    int      `json:"country_code"`
	Phone      string   `json:"phone_number"`
	Devices    []string `json:"devices"`
	Disabled   bool     `json:"account_disabled"`
}

// User asks about a user.
func (c *Client) User(ctx context.Context, id ID) (User, error) {
	var got struct {
		Status User `json:"status"`
	}
	err := c.askAbout(ctx, id, http.MethodGet, "/status", nil, &got)
	return got.Status, err
}

// Secret is a secret for an authenticator app other than Authy's, as a picture. URL shows it to
// whoever has the URL.
type Secret struct {
	Label  string `json:"label"`
	Issuer string `json:"issuer"`
	URL    string `json:"qr_code"`
}

// Secret asks for the picture of a user's secret. label is what the phone shows, "" for Authy's
// choice.
func (c *Client) Secret(ctx context.Context, id ID, label string) (Secret, error) {
	var got Secret
	form := url.Values{"qr_size": {strconv.Itoa(300)}}
	if label != "" {
		form.Set("label", label)
	}
	err := c.askAbout(ctx, id, http.MethodPost, "/secret", form, &got)
	return got, err
}

// Sent is what became of a code that was to be sent. Ignored means that Authy did not, for the user
// has the app.
type Sent struct {
	Message   string `json:"message"`
	Cellphone string `json:"cellphone"` // masked by Authy
	Ignored   bool   `json:"ignored"`
}

// Send has Authy send a code, by "sms" or "call"; force also to users who have the app.
func (c *Client) Send(ctx context.Context, id ID, by string, force bool) (Sent, error) {
	var got Sent
	if by != "sms" && by != "call" {
		return got, fmt.Errorf("authy: codes come by sms or call, not by %q", by)
	}
	if id.IsZero() {
		return got, errID
	}
	query := url.Values{}
	if force {
		query.Set("force", "true")
	}
	err := c.exchange(ctx, exchange.Call{
		Method: http.MethodGet, Path: "/protected/json/" + by + "/" + id.digits, Query: query,
	}, &got)
	return got, err
}

// SendCode implements [provider.Sender]. It sends also to users who have the Authy app.
func (c *Client) SendCode(ctx context.Context, person provider.Person, by string) error {
	id, ours := person.(ID)
	if !ours {
		return errID
	}
	_, err := c.Send(ctx, id, by, true)
	return err
}

// RemoveUser takes the user out of the app. Authy may need a day until codes are refused.
func (c *Client) RemoveUser(ctx context.Context, id ID) error {
	return c.askAbout(ctx, id, http.MethodPost, "/remove", nil, &struct{}{})
}

// askAbout makes a call below the path of a user.
func (c *Client) askAbout(ctx context.Context, id ID, method, call string, form url.Values, into any) error {
	if id.IsZero() {
		return errID
	}
	return c.ask(ctx, method, "/protected/json/users/"+id.digits+call, form, into)
}

// ask makes a call with a form as its body.
func (c *Client) ask(ctx context.Context, method, path string, form url.Values, into any) error {
	return c.exchange(ctx, exchange.Call{Method: method, Path: path, Form: form}, into)
}

// exchange makes a call and reads its answer. None is repeated: a second users/new or sms costs
// money.
func (c *Client) exchange(ctx context.Context, what exchange.Call, into any) error {
	got := c.api.Do(ctx, what)
	if err := got.Silent("authy", "api_url"); err != nil {
		return err
	}
	var said struct {
		Code    string         `json:"error_code"`
		Message string         `json:"message"`
		Success jsontext.Value `json:"success"`
	}
	if !got.Whole || jsonobject.Decode(got.Body, &said) != nil {
		return fmt.Errorf("authy answered %d and no JSON of its own; is api_url right?", got.Status)
	}
	if said.Code != "" {
		return &APIError{
			Status:  got.Status,
			Code:    exchange.Printable(said.Code),
			Message: exchange.Printable(said.Message),
		}
	}
	if yes := exchange.Text(said.Success); got.Status != http.StatusOK || yes != "true" {
		return fmt.Errorf("authy answered %d without saying yes or why not; is api_url right?", got.Status)
	}
	if err := jsonobject.Decode(got.Body, into); err != nil {
		return fmt.Errorf("authy answered in another shape than documented; is api_url right?")
	}
	return nil
}
