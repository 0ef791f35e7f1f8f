package verify

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/tunnel"
)

// DefaultURL is where Verify lives.
const DefaultURL = "https://verify.twilio.com"

// Bounds of a code. A factor has 3 to 8 digits, and [Client.CreateFactor] makes factors of 6.
const (
	Digits    = 6
	maxDigits = 8
)

// Options of a [Client].
type Options struct {
	URL        string         // scheme and host; default [DefaultURL]
	AccountSID string         // AC…; may be "" where there is an API key
	KeySID     string         // SK…, the API key; "" for none
	Secret     string         // of the key, or the account's auth token where there is no key
	ServiceSID string         // VA…
	Roots      *x509.CertPool // who may vouch for the server, and for an https proxy; nil means the system's
	Proxy      *tunnel.Proxy  // the way out; nil for none
	Timeout    time.Duration  // of one exchange from dial to last byte; default [exchange.Timeout]
}

// Check says which of the SIDs are none. No text repeats one: it may be a secret in the wrong
// place.
func (o Options) Check() error {
	var errs []error
	wrong := func(name, kind, sid string) {
		if !isSID(kind, sid) {
			errs = append(
				errs,
				errors.New(name+": want "+kind+" and 32 hexadecimal digits, as Twilio's console shows it"),
			)
		}
	}
	if o.AccountSID != "" || o.KeySID == "" {
		wrong("account_sid", "AC", o.AccountSID)
	}
	if o.KeySID != "" {
		wrong("api_key_sid", "SK", o.KeySID)
	}
	wrong("service_sid", "VA", o.ServiceSID)
	return errors.Join(errs...)
}

// Client talks to the Verify API. It is safe for concurrent use.
type Client struct {
	api     *exchange.Client
	codes   exchange.Asker // is asked about codes
	service string         // the path of the service
}

// New makes a client. Errors name what is wrong, and never a value, which might be a secret.
func New(o Options) (*Client, error) {
	if o.URL == "" {
		o.URL = DefaultURL
	}
	if err := o.Check(); err != nil {
		return nil, err
	}
	user := o.KeySID
	if user == "" {
		user = o.AccountSID
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+o.Secret))
	api, err := exchange.New(exchange.Options{
		URL: o.URL, Header: http.Header{"Authorization": {basic}}, Roots: o.Roots, Proxy: o.Proxy, Timeout: o.Timeout,
	})
	if err != nil {
		return nil, err
	}
	return &Client{api: api, codes: api, service: "/v2/Services/" + o.ServiceSID}, nil
}

// Ahead is a [Client] that asks about codes over connections dialled ahead, where there are some.
// All other calls dial for themselves. Close it when nobody asks any more.
type Ahead struct {
	*Client
	*exchange.Spares
}

// NewAhead makes an Ahead of a client. Dial and Timeout of the options are the client's own.
func NewAhead(c *Client, o ahead.Options) *Ahead {
	spares := c.api.Ahead(o)
	return &Ahead{&Client{api: c.api, codes: spares, service: c.service}, spares}
}

// Verify implements [provider.Verifier]. It makes one challenge with the code in it, which Twilio
// judges at once; each counts for the factor's 50 an hour, right or wrong (error 60312). Whether
// Twilio takes a code twice is written nowhere: our memory is what keeps it from opening a second
// door.
func (c *Client) Verify(ctx context.Context, person provider.Person, code otp.Code) provider.Answer {
	ref, ours := person.(Ref)
	switch {
	case !ours || ref == (Ref{}) || code == (otp.Code{}):
		return provider.Answer{Result: provider.Refused}
	case code.Len() > maxDigits: // no factor has such codes
		return provider.Answer{Result: provider.Wrong}
	}
	answer, fields := language().Ask(ctx, c.codes, exchange.Call{
		Method: http.MethodPost, Path: c.entity(ref.identity) + "/Challenges",
		Form: url.Values{"FactorSid": {ref.factor}, "AuthPayload": {code.Digits()}},
	})
	return classify(ref, answer, fields)
}

// CodeLength implements [provider.CodeLengths].
func (*Client) CodeLength(_ context.Context, person provider.Person) (int, error) {
	if _, ours := person.(Ref); !ours {
		return 0, errRef
	}
	return Digits, nil
}

// entity is the path of whoever has an identity, which was checked.
func (c *Client) entity(identity string) string { return c.service + "/Entities/" + identity }

// language is how Twilio speaks: every error has a code, and an address that says more.
func language() exchange.Language {
	return exchange.Language{
		Code: "code", Sign: "more_info", Good: []int{http.StatusOK, http.StatusCreated}, Meaning: meaning,
	}
}

// meaning gives a meaning to the error codes that have one of their own (the pages below
// twilio.com/docs/api/errors). Who asks too often may be an attacker: a limit is an answer.
func meaning(code string) (provider.Result, bool) {
	switch code {
	case "60324", "60308":
		return provider.Wrong, true
	case "60312", "60310", "20429":
		return provider.Limited, true
	case "20404", "60390", "60392", "60318":
		return provider.NotEnrolled, true
	case "20003", "20403", "70051":
		return provider.RejectedKey, true
	}
	return provider.Refused, false
}

// classify judges a challenge that was sifted. Twilio answers a wrong code with 201 as well, so a
// yes needs the word, about our factor of our person.
func classify(ref Ref, answer provider.Answer, fields map[string]jsontext.Value) provider.Answer {
	switch {
	case fields == nil:
	case exchange.Says(fields, "status", `"pending"`):
		answer.Result = provider.Wrong
	case exchange.Says(fields, "status", `"approved"`) && exchange.Says(fields, "factor_sid", `"`+ref.factor+`"`) &&
		names(fields["identity"], ref.identity):
		answer.Result, answer.OurMemory = provider.Right, true
	}
	return answer
}

// names says whether a JSON text is an identity, in whichever case: nobody documents which one
// Twilio answers in.
func names(raw jsontext.Value, identity string) bool {
	got, err := jsontext.AppendUnquote(nil, raw)
	return err == nil && len(got) == len(identity) && strings.EqualFold(string(got), identity)
}
