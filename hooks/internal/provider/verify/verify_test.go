package verify

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/tunnel"
)

const (
	account  = "AC00000000000000000000000000000001"
	service  = "VA00000000000000000000000000000001"
	sid      = "YF00000000000000000000000000000001"
	identity = "0123456789abcdef0123456789abcdef"
)

var ann = Ref{identity, sid}

// typed is a code that a person typed.
func typed(t *testing.T, s string) otp.Code {
	t.Helper()
	code, err := otp.ParseCode(s)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// client returns a client of what answers at url.
func client(t *testing.T, url string) *Client {
	t.Helper()
	c, err := New(
		Options{URL: url, AccountSID: account, Secret: "token", ServiceSID: service, Timeout: 20 * time.Second},
	)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// challenge is Twilio's answer to a challenge.
func challenge(status, factor, identity string) string {
	return fmt.Sprintf(`{"sid":"YC00000000000000000000000000000001","account_sid":%q,"service_sid":%q,`+
		`"entity_sid":"YE00000000000000000000000000000001","identity":%q,"factor_sid":%q,`+
		`"date_created":"2026-11-27T06:00:00Z","date_updated":"2026-11-27T06:00:00Z","date_responded":null,`+
		`"expiration_date":"2026-11-27T06:05:00Z","status":%q,"responded_reason":"none","details":null,`+
		`"hidden_details":null,"metadata":null,"factor_type":"totp","url":"u","links":{"notifications":"n"}}`,
		account, service, identity, factor, status)
}

// failure is one of Twilio's errors.
func failure(status, code int) string {
	return fmt.Sprintf(`{"code":%d,"message":"m","more_info":"https://www.twilio.com/docs/errors/%d","status":%d}`,
		code, code, status)
}

// TestVerdicts: every answer of the table, and what is like one.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	yes := challenge("approved", sid, identity)
	other := "YF00000000000000000000000000000002"
	for name, c := range map[string]struct {
		status int
		body   string
		want   provider.Result
	}{
		"approved, made": {201, yes, provider.Right},
		"approved":       {200, yes, provider.Right},
		"approved, identity in upper case": {201, challenge("approved", sid, strings.ToUpper(identity)),
			provider.Right},
		"approved, escaped": {201, strings.Replace(yes, `"approved"`, `"\u0061pproved"`, 1),
			provider.Right},

		"pending, made": {201, challenge("pending", sid, identity), provider.Wrong},
		"pending":       {200, `{"status":"pending"}`, provider.Wrong},
		"60324":         {403, failure(403, 60324), provider.Wrong},
		"60308":         {429, failure(429, 60308), provider.Wrong},

		"60312":            {429, failure(429, 60312), provider.Limited},
		"60310":            {429, failure(429, 60310), provider.Limited},
		"20429":            {429, failure(429, 20429), provider.Limited},
		"60202":            {429, failure(429, 60202), provider.Limited},
		"429 without JSON": {429, "slow down", provider.Limited},
		"429, empty":       {429, "", provider.Limited},

		"20404": {404, failure(404, 20404), provider.NotEnrolled},
		"60390": {404, failure(404, 60390), provider.NotEnrolled},
		"60392": {404, failure(404, 60392), provider.NotEnrolled},
		"60318": {403, failure(403, 60318), provider.NotEnrolled},

		"20003": {401, `{"code":20003,"detail":"","message":"Authenticate","more_info":"x","status":401}`,
			provider.RejectedKey},
		"20403":            {403, failure(403, 20403), provider.RejectedKey},
		"70051":            {403, failure(403, 70051), provider.RejectedKey},
		"the code as text": {401, `{"code":"20003"}`, provider.RejectedKey},

		"60300":               {400, failure(400, 60300), provider.Refused},
		"60200":               {400, failure(400, 60200), provider.Refused},
		"20500, Twilio's 5xx": {500, failure(500, 20500), provider.Refused},
		"20503":               {503, failure(503, 20503), provider.Refused},
		"a yes with an error": {201, strings.Replace(yes, "{", `{"code":60999,`, 1), provider.Refused},

		"a 5xx with an error without a code": {503, `{"message":"m","more_info":"x","status":503}`, provider.Protocol},
		"a 5xx that is cut":                  {503, `{"code":20503,"mess`, provider.Protocol},
		"approved, another factor":           {201, challenge("approved", other, identity), provider.Protocol},
		"approved, another identity":         {201, challenge("approved", sid, "f"+identity[1:]), provider.Protocol},
		"approved, no factor": {201, `{"status":"approved","identity":"` + identity + `"}`,
			provider.Protocol},
		"approved, no identity": {201, `{"status":"approved","factor_sid":"` + sid + `"}`,
			provider.Protocol},
		"approved, and a 202": {202, yes, provider.Protocol},
		"approved, and a 302": {302, yes, provider.Protocol},
		"approved, and a 404": {404, yes, provider.Protocol},
		"approved twice": {201, strings.Replace(yes, "{", `{"status":"approved",`, 1),
			provider.Protocol},
		"approved, in a list":         {201, "[" + yes + "]", provider.Protocol},
		"Approved":                    {201, challenge("Approved", sid, identity), provider.Protocol},
		"denied":                      {201, challenge("denied", sid, identity), provider.Protocol},
		"expired":                     {201, challenge("expired", sid, identity), provider.Protocol},
		"verified, which factors are": {200, challenge("verified", sid, identity), provider.Protocol},
		"a yes of VerificationCheck":  {201, `{"status":"approved","valid":true}`, provider.Protocol},
		"an empty object":             {201, `{}`, provider.Protocol},
		"empty":                       {201, ``, provider.Protocol},
		"cut":                         {201, yes[:len(yes)-1], provider.Protocol},
		"oversized":                   {201, yes + strings.Repeat(" ", 64<<10), provider.Protocol},
		"HTML":                        {200, "<html>approved</html>", provider.Protocol},
		"404 without JSON":            {404, "not found", provider.Protocol},

		"503 HTML":               {503, "<html></html>", provider.NoAnswer},
		"502, empty":             {502, "", provider.NoAnswer},
		"503 of somebody else's": {503, `{"message":"Service Unavailable"}`, provider.NoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := client(t, authytest.Says(t, c.status, c.body).URL).Verify(t.Context(), ann, typed(t, "123456"))
			want := provider.Answer{Result: c.want, Status: c.status, OurMemory: c.want == provider.Right}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// TestRequest: one request leaves, with all that it needs and nothing of the person.
func TestRequest(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		account:                              {AccountSID: account},
		"SK00000000000000000000000000000001": {AccountSID: account, KeySID: "SK00000000000000000000000000000001"},
		"SK00000000000000000000000000000002": {KeySID: "SK00000000000000000000000000000002"},
	} {
		var method, user, secret, form, kind string
		api := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			user, secret, _ = r.BasicAuth()
			method, form, kind = r.Method, r.PostForm.Encode(), r.Header.Get("Content-Type")
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(challenge("approved", sid, identity)))
		})
		o.URL, o.Secret, o.ServiceSID = api.URL, "token", service
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Verify(t.Context(), ann, typed(t, "012345")); got.Result != provider.Right {
			t.Errorf("got %+v", got)
		}
		if user != name || secret != "token" || method != "POST" || kind != "application/x-www-form-urlencoded" ||
			form != "AuthPayload=012345&FactorSid="+sid {
			t.Errorf("asked %s as %s with %q of type %q", method, user, form, kind)
		}
		want := "/v2/Services/" + service + "/Entities/" + identity + "/Challenges"
		if seen := api.Seen(); len(seen) != 1 || seen[0] != want {
			t.Errorf("asked %q, want %q once", seen, want)
		}
	}
}

// TestProxy: calls leave through the proxy, or not at all.
func TestProxy(t *testing.T) {
	t.Parallel()
	api := authytest.Says(t, 201, challenge("approved", sid, identity))
	way, err := tunnel.Parse(authytest.Nobody(t))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{URL: api.URL, AccountSID: account, ServiceSID: service, Proxy: way})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Verify(t.Context(), ann, typed(t, "123456")); got.Result != provider.NoAnswer || len(api.Seen()) > 0 {
		t.Errorf("%+v after %q", got, api.Seen())
	}
}

// TestLongCodes: a code that is longer than any factor's is wrong, and costs none of the 50 an
// hour.
func TestLongCodes(t *testing.T) {
	t.Parallel()
	api := authytest.Says(t, 201, challenge("approved", sid, identity))
	c := client(t, api.URL)
	if got := c.Verify(t.Context(), ann, typed(t, "123456789")); got != (provider.Answer{Result: provider.Wrong}) {
		t.Errorf("nine digits: %+v", got)
	}
	if seen := api.Seen(); len(seen) > 0 {
		t.Errorf("asked %q", seen)
	}
	if got := c.Verify(t.Context(), ann, typed(t, "12345678")); got.Result != provider.Right {
		t.Errorf("eight digits: %+v", got)
	}
}

// TestLikeAnIdentity: letters that fold to ASCII ones make another identity.
func TestLikeAnIdentity(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		`"s2345678"`: true, `"S2345678"`: true, `"\u00732345678"`: true, `"ſ2345678"`: false, `"s234567"`: false,
		`"s23456789"`: false, `null`: false, `7`: false, ``: false,
	} {
		if got := names([]byte(raw), "s2345678"); got != want {
			t.Errorf("%s: %v, want %v", raw, got, want)
		}
	}
}

// TestIdentitiesHaveBounds: 8 to 64 letters, digits and dashes.
func TestIdentitiesHaveBounds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "aB-4567": false, "aB-45678": true, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false,
		"person_1": false, "person 1": false, "persön-12": false,
	} {
		if got := IsIdentity(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestOptions: what is no SID is named by its key and never repeated.
func TestOptions(t *testing.T) {
	t.Parallel()
	good := Options{AccountSID: account, ServiceSID: service}
	for name, row := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"nobody":              {func(o *Options) { o.AccountSID = "" }, "account_sid: want AC and 32"},
		"a key in its place":  {func(o *Options) { o.AccountSID = "SKsecret" }, "account_sid: want AC and 32"},
		"another kind of key": {func(o *Options) { o.KeySID = account }, "api_key_sid: want SK and 32"},
		"a path":              {func(o *Options) { o.ServiceSID = "VA/../x" }, "service_sid: want VA and 32"},
		"a longer SID":        {func(o *Options) { o.ServiceSID = service + "0" }, "service_sid: want VA and 32"},
		"no service":          {func(o *Options) { o.ServiceSID = "" }, "service_sid: want VA and 32"},
		"an address":          {func(o *Options) { o.URL = "https://x/secret" }, "has a user, path"},
	} {
		o := good
		row.change(&o)
		_, err := New(o)
		if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %s", name, err, row.want)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}

// FuzzReply holds the rule of the yes: a reply without the words does not pass, whatever else it
// has.
func FuzzReply(f *testing.F) {
	f.Add(201, challenge("approved", sid, identity), true)
	f.Add(201, challenge("pending", sid, identity), true)
	f.Add(429, failure(429, 60312), true)
	f.Add(503, "<html>", true)
	f.Fuzz(func(t *testing.T, status int, body string, whole bool) {
		answer, fields := language().Sift(exchange.Reply{Status: status, Body: []byte(body), Whole: whole})
		got := classify(ann, answer, fields)
		if got.Result == provider.Right &&
			(status != 200 && status != 201 || !whole || !strings.Contains(body, sid) && !strings.Contains(body,
				`\u`)) {
			t.Fatalf("%d %q passed", status, body)
		}
		if got.Result == provider.NoAnswer && status != 0 && (status < 500 || status > 599 || !whole) {
			t.Fatalf("%d %q counts as no answer", status, body)
		}
	})
}
