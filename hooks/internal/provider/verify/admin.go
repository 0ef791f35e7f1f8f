package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/exchange"
)

// APIError is one of Twilio's errors. Message is Twilio's text, cut to what a terminal shows
// safely.
type APIError struct {
	Status  int
	Code    int
	Message string
}

// Error says what to do about the errors that people meet.
func (e *APIError) Error() string {
	hint := ""
	switch result, _ := meaning(strconv.Itoa(e.Code)); {
	case result == provider.RejectedKey:
		hint = "; verify.secret is not that of verify.api_key_sid or verify.account_sid, or may not use Verify"
	case result == provider.NotEnrolled:
		hint = "; the service has no such factor, or it was never verified: enroll the account again"
	case e.Limited():
		hint = "; wait, as Twilio counts by the hour and by the day"
	}
	return fmt.Sprintf("verify answered %d, error %d: %s%s", e.Status, e.Code, e.Message, hint)
}

// Limited says whether Twilio refused only because there were too many requests.
func (e *APIError) Limited() bool {
	result, _ := meaning(strconv.Itoa(e.Code))
	return result == provider.Limited || e.Status == http.StatusTooManyRequests
}

// RejectsKey says whether Twilio refused key or token.
func (e *APIError) RejectsKey() bool {
	result, _ := meaning(strconv.Itoa(e.Code))
	return result == provider.RejectedKey
}

// NotFound says whether Twilio has nothing of that name.
func (e *APIError) NotFound() bool { return e.Status == http.StatusNotFound }

// Service is what Twilio tells of the service.
type Service struct {
	SID  string `json:"sid"`
	Name string `json:"friendly_name"`
}

// Service asks for the service: the proof that key and service are good.
func (c *Client) Service(ctx context.Context) (Service, error) {
	var got Service
	err := c.ask(ctx, exchange.Call{Method: http.MethodGet, Path: c.service}, &got)
	return got, err
}

// Factor is what Twilio tells of a factor. Binding has a secret, and comes once, from
// [Client.CreateFactor].
type Factor struct {
	SID      string `json:"sid"`
	Identity string `json:"identity"`
	Name     string `json:"friendly_name"`
	Type     string `json:"factor_type"`
	Status   string `json:"status"`
	Created  string `json:"date_created"`
	Config   Config `json:"config"`
	Binding  struct {
		Secret string `json:"secret"` // Base32
		URI    string `json:"uri"`    // otpauth://totp/…
	} `json:"binding"`
}

// Config says how the codes of a factor are made.
type Config struct {
	Algorithm string `json:"alg"`
	Digits    int    `json:"code_length"`
	Period    int    `json:"time_step"` // seconds
	Skew      int    `json:"skew"`
}

// Verified says whether the factor judges codes: somebody has shown one of it.
func (f Factor) Verified() bool { return f.Status == "verified" }

// NewFactor says which factor to make.
type NewFactor struct {
	Identity string // of the entity, which is made where there is none
	Name     string // what apps show, up to 64 characters; nobody else may see it
	Secret   string // Base32; "" for one that Twilio makes
}

// CreateFactor makes a TOTP factor of 6 digits and 30 seconds, which judges nothing before
// [Client.VerifyFactor]. It repeats nothing: a second one would be another factor.
func (c *Client) CreateFactor(ctx context.Context, n NewFactor) (Factor, error) {
	if !IsIdentity(n.Identity) {
		return Factor{}, errRef
	}
	name := []rune(n.Name)
	form := url.Values{
		"FriendlyName": {string(name[:min(len(name), 64)])}, "FactorType": {"totp"},
		"Config.Alg": {"sha1"}, "Config.CodeLength": {strconv.Itoa(Digits)}, "Config.TimeStep": {"30"},
		"Config.Skew": {"1"},
	}
	if n.Secret != "" {
		form.Set("Binding.Secret", n.Secret)
	}
	var got Factor
	err := c.ask(ctx, exchange.Call{
		Method: http.MethodPost, Path: c.entity(n.Identity) + "/Factors", Form: form,
	}, &got)
	if err == nil && (!isSID("YF", got.SID) || got.Binding.URI == "") {
		err = errShape
	}
	return got, err
}

// VerifyFactor shows Twilio a code of a factor, which judges codes from then on. A factor that
// comes back and is not [Factor.Verified] means that the code is wrong. Twilio bears five of them.
func (c *Client) VerifyFactor(ctx context.Context, ref Ref, code otp.Code) (Factor, error) {
	if code == (otp.Code{}) {
		return Factor{}, errors.New("verify: no code")
	}
	return c.factor(ctx, ref, exchange.Call{Method: http.MethodPost, Form: url.Values{"AuthPayload": {code.Digits()}}})
}

// Factor asks about a factor.
func (c *Client) Factor(ctx context.Context, ref Ref) (Factor, error) {
	return c.factor(ctx, ref, exchange.Call{Method: http.MethodGet})
}

// DeleteFactor takes a factor away, at once.
func (c *Client) DeleteFactor(ctx context.Context, ref Ref) error {
	_, err := c.factor(ctx, ref, exchange.Call{Method: http.MethodDelete})
	return err
}

// factor makes a call about a factor. Without a SID a POST would be taken for a new one.
func (c *Client) factor(ctx context.Context, ref Ref, what exchange.Call) (Factor, error) {
	if ref == (Ref{}) {
		return Factor{}, errRef
	}
	var got Factor
	what.Path = c.entity(ref.identity) + "/Factors/" + ref.factor
	err := c.ask(ctx, what, &got)
	if err == nil && got.SID != ref.factor && what.Method != http.MethodDelete {
		err = errShape
	}
	return got, err
}

// Factors returns the factors of an identity, without their secrets; none where Twilio does not
// know it.
func (c *Client) Factors(ctx context.Context, identity string) ([]Factor, error) {
	if !IsIdentity(identity) {
		return nil, errRef
	}
	var all []Factor
	what := exchange.Call{Method: http.MethodGet, Path: c.entity(identity) + "/Factors",
		Query: url.Values{"PageSize": {"50"}}}
	for {
		var got struct {
			Factors []Factor `json:"factors"`
			Meta    struct {
				Next string `json:"next_page_url"`
			} `json:"meta"`
		}
		var refused *APIError
		if err := c.ask(ctx, what, &got); errors.As(err, &refused) && refused.NotFound() {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, got.Factors...)
		next, err := url.Parse(got.Meta.Next)
		if err != nil || got.Meta.Next == "" || len(got.Factors) == 0 {
			return all, err
		}
		what.Query = next.Query() // and nothing else of it: the address is ours
	}
}

// errShape says that an answer is not what it is documented to be.
var errShape = errors.New("verify answered in another shape than documented; is verify.url right?")

// ask makes a call and reads its answer. None is repeated.
func (c *Client) ask(ctx context.Context, what exchange.Call, into any) error {
	got := c.api.Do(ctx, what)
	if err := got.Silent("verify", "verify.url"); err != nil {
		return err
	}
	if got.Status == http.StatusNoContent && what.Method == http.MethodDelete {
		return nil
	}
	var said struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	if !got.Whole || jsonobject.Decode(got.Body, &said) != nil {
		return fmt.Errorf("verify answered %d and no JSON of its own; is verify.url right?", got.Status)
	}
	if said.Code != 0 {
		return &APIError{got.Status, said.Code, exchange.Printable(cmp.Or(said.Message, "no text"))}
	}
	if got.Status != http.StatusOK && got.Status != http.StatusCreated {
		return fmt.Errorf("verify answered %d without saying why; is verify.url right?", got.Status)
	}
	if jsonobject.Decode(got.Body, into) != nil {
		return errShape
	}
	return nil
}
