package verifyapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestPagesStayHere follows next_page_url as the libraries do: it must lead to this server.
func TestPagesStayHere(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for n := range 5 {
		m.ask("POST", "Entities", form("Identity", fmt.Sprintf("person-%04d", n))).wants(t, 201)
	}
	seen := []string{}
	next := "/v2/Services/" + m.own.ServiceSID + "/Entities?PageSize=2"
	for number := 0; next != ""; number++ {
		page := m.ask("GET", next, nil).wants(t, 200)
		meta := page.body["meta"].(map[string]any)
		if meta["key"] != "entities" || meta["page"] != float64(number) || meta["page_size"] != 2.0 {
			t.Errorf("meta: %v", meta)
		}
		first := "http://mock.test/v2/Services/" + m.own.ServiceSID + "/Entities?Page=0&PageSize=2"
		if meta["first_page_url"] != first {
			t.Errorf("first page is %v, want %s", meta["first_page_url"], first)
		}
		if (meta["previous_page_url"] == nil) != (number == 0) {
			t.Errorf("page %d has the previous page %v", number, meta["previous_page_url"])
		}
		for _, e := range page.body["entities"].([]any) {
			seen = append(seen, e.(map[string]any)["identity"].(string))
		}
		next = ""
		if u, ok := meta["next_page_url"].(string); ok {
			rest, here := strings.CutPrefix(u, "http://mock.test")
			if !here || !strings.Contains(u, "PageToken=") {
				t.Fatalf("the next page is elsewhere: %s", u)
			}
			next = rest
		}
	}
	if got := strings.Join(seen, " "); got != "person-0000 person-0001 person-0002 person-0003 person-0004" {
		t.Errorf("got %s", got)
	}
	m.ask("GET", "Entities?PageSize=1001", nil).wants(t, 400, "code=60373")
	m.ask("GET", "Entities?PageSize=2&Page=1&PageToken=made-up", nil).wants(t, 400, "code=60374")
	empty := m.ask("GET", "Webhooks", nil).wants(t, 200)
	if !strings.Contains(empty.text, `"webhooks":[]`) || !strings.Contains(empty.text, `"next_page_url":null`) {
		t.Error(empty.text)
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	made := m.ask("POST", "/v2/Services", form("FriendlyName", "Files", "Totp.CodeLength", "8", "CodeLength", "4")).
		wants(t, 201, "friendly_name=Files", "code_length=4", "lookup_enabled=true", "custom_code_enabled=false")
	if !strings.Contains(made.text, `"totp":{"issuer":"Files","time_step":30,"code_length":8,"skew":1}`) ||
		!strings.Contains(made.text, `/VerificationCheck"`) {
		t.Error(made.text)
	}
	one := "/v2/Services/" + made.sid()
	m.ask("POST", one, form("Totp.Issuer", "Acme", "Totp.TimeStep", "60")).wants(t, 200, "friendly_name=Files")
	factor := m.ask("POST", one+"/"+factors, form("FriendlyName", "ann", "FactorType", "totp")).wants(t, 201)
	if !strings.Contains(factor.text, `"config":{"alg":"sha1","skew":1,"code_length":8,"time_step":60}`) ||
		!strings.Contains(factor.text, "issuer=Acme") {
		t.Errorf("the factor does not have the service's configuration: %s", factor.text)
	}
	if n := len(m.ask("GET", "/v2/Services", nil).body["services"].([]any)); n != 2 {
		t.Errorf("%d services, want 2", n)
	}
	m.ask("POST", one, form("Push.ApnCredentialSid", "CR1", "Passkeys.RelyingParty.Origins", "a.test,b.test",
		"LookupEnabled", "FALSE")).wants(t, 200)
	m.ask("POST", one, form("Whatsapp.From", "whatsapp:+12015550123")).wants(t, 200, "lookup_enabled=false",
		`push={"apn_credential_sid":"CR1","fcm_credential_sid":null,"include_date":true}`,
		`whatsapp={"from":"whatsapp:+12015550123","msg_service_sid":null}`,
		`passkeys={"authenticator_attachment":null,"discoverable_credentials":null,"relying_party":`+
			`{"id":null,"name":null,"origins":["a.test","b.test"]},"user_verification":null}`)
	m.ask("DELETE", one, nil).wants(t, 204)
	m.ask("GET", one, nil).wants(t, 404, "code=20404")
	m.ask("POST", one+"/"+factors, form("FriendlyName", "ann", "FactorType", "totp")).wants(t, 404, "code=20404")
	for name, f := range map[string]url.Values{
		"no name": form(), "long name": form("FriendlyName", strings.Repeat("a", 31)),
		"digits": form("FriendlyName", "call 12345"), "link": form("FriendlyName", "x.test"),
		"step":      form("FriendlyName", "a", "Totp.TimeStep", "19"),
		"no number": form("FriendlyName", "a", "CodeLength", "x"),
		"skew":      form("FriendlyName", "a", "Totp.Skew", "3"),
		"template":  form("FriendlyName", "a", "DefaultTemplateSid", "HJ1"),
	} {
		t.Run(name, func(t *testing.T) { m.ask("POST", "/v2/Services", f).wants(t, 400) })
	}
}

func TestEntities(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for _, bad := range []string{"short", "a.b@example.com", strings.Repeat("a", 65), "ann blue1"} {
		m.ask("POST", "Entities", form("Identity", bad)).wants(t, 400, "code=60300")
		m.ask("POST", "Entities/"+url.PathEscape(bad)+"/Factors", form("FriendlyName", "a", "FactorType", "totp")).
			wants(t, 400, "code=60300")
	}
	factor := m.factor()
	m.ask("GET", "Entities/"+identity, nil).wants(t, 200, "identity="+identity)
	m.ask("DELETE", "Entities/"+identity, nil).wants(t, 204)
	m.ask("GET", "Entities/"+identity, nil).wants(t, 404)
	m.ask("GET", factors+"/"+factor, nil).wants(t, 404)
	m.ask("POST", "Entities", nil).
		wants(t, 400, "code=20001", "message=Missing required parameter Identity in the post body")
}

func TestWhatAFactorMayBe(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for name, c := range map[string]struct {
		form   url.Values
		status int
		want   string
	}{
		"an update without a SID": {form("AuthPayload", "123456"), 400, "code=20001"},
		"no name": {form("FactorType", "totp"), 400,
			"message=Missing required parameter FriendlyName in the post body"},
		"no base32": {form("FactorType", "totp", "FriendlyName", "a", "Binding.Secret", "01891"), 400, "code=60314"},
		"push": {form("FactorType", "push", "FriendlyName", "a"), 403,
			"message=mockauthy has no push factors; see docs/quirks.md"},
		"passkeys":  {form("FactorType", "passkeys", "FriendlyName", "a"), 403, "code=60204"},
		"nothing":   {form("FactorType", "carrier", "FriendlyName", "a"), 400, "code=60369"},
		"algorithm": {form("FactorType", "totp", "FriendlyName", "a", "Config.Alg", "md5"), 400, "code=60300"},
		"sha512": {form("FactorType", "totp", "FriendlyName", "a", "Config.Alg", "sha512"), 201,
			"status=unverified"},
		"metadata": {form("FactorType", "totp", "FriendlyName", "a", "Metadata", `{"os":"x"}`), 201,
			"status=unverified"},
		"no texts": {form("FactorType", "totp", "FriendlyName", "a", "Metadata", `{"os":1}`), 400, "code=60300"},
	} {
		t.Run(name, func(t *testing.T) { m.ask("POST", factors+"/", c.form).wants(t, c.status, c.want) })
	}
	for _, path := range []string{"Passkeys/Factors", "AccessTokens", "/v2/Templates", "/v2/SafeList/Numbers"} {
		m.ask("POST", path, form("Identity", identity)).wants(t, 403, "code=60204")
	}
	m.ask("GET", "/v2/Nothing", nil).wants(t, 404, "code=20404")
	for method, path := range map[string]string{"PUT": "/v2/Services", "DELETE": "/v2/Attempts",
		"GET": "VerificationCheck", "HEAD": "Entities", "PATCH": "Entities/" + identity + "/Challenges"} {
		m.ask(method, path, nil).wants(t, 405, "code=20004")
	}
	m.askAs("", "", "GET", "/v2/Nothing", nil).wants(t, 401, "code=20003")
}

func TestWebhooksAreKept(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	f := form("FriendlyName", "mine", "WebhookUrl", "https://x.test/", "EventTypes", "factor.created", "EventTypes",
		"challenge.approved")
	made := m.ask("POST", "Webhooks", f).wants(t, 201, "status=enabled", "webhook_method=POST",
		`event_types=["factor.created","challenge.approved"]`)
	m.ask("POST", "Webhooks/"+made.sid(), form("Status", "disabled")).
		wants(t, 200, "status=disabled", "friendly_name=mine")
	m.ask("DELETE", "Webhooks/"+made.sid(), nil).wants(t, 204)
	m.ask("GET", "Webhooks/"+made.sid(), nil).wants(t, 404)
	for address, event := range map[string]string{"https://x.test/": "odd", "x.test/in": "*", "ftp://x.test": "*"} {
		m.ask("POST", "Webhooks", form("FriendlyName", "mine", "WebhookUrl", address, "EventTypes", event)).
			wants(t, 400, "code=60200")
	}
}

// TestStateAndReset: a state that is put back changes nothing, and a reset ends it all.
func TestStateAndReset(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	factor := m.factor()
	m.try(factor, m.code(0)).wants(t, 201, "status=approved")
	waiting := m.ask("POST", challenges, form("FactorSid", factor)).sid()
	m.send()
	code := m.sent()
	before := m.State()
	m.ask("DELETE", "Entities/"+identity, nil).wants(t, 204)
	if err := m.SetState(before); err != nil {
		t.Fatal(err)
	}
	m.try(factor, m.code(0)).wants(t, 201, "status=pending") // used before
	m.ask("POST", challenges+"/"+waiting, form("AuthPayload", m.code(1))).wants(t, 200, "status=approved")
	m.check(code).wants(t, 200, "status=approved")
	m.ask("POST", "/v2/Services", form("FriendlyName", "second")).wants(t, 201)
	if err := m.Reset(); err != nil {
		t.Fatal(err)
	}
	services := m.ask("GET", "/v2/Services", nil).body["services"].([]any)
	if len(services) != 1 || services[0].(map[string]any)["sid"] != m.own.ServiceSID {
		t.Errorf("services after a reset: %v", services)
	}
	m.ask("GET", factors, nil).wants(t, 404)
}

// TestWorldsOfAnyAccount: with AnyKey each account SID is a world of its own, whatever the token.
func TestWorldsOfAnyAccount(t *testing.T) {
	t.Parallel()
	one, two := "AC"+strings.Repeat("a", 32), "AC"+strings.Repeat("b", 32)
	m := newMockOf(t, true)
	m.askAs(one, "whatever", "POST", "/v2/Services", form("FriendlyName", "mine")).wants(t, 201, "account_sid="+one)
	if n := len(m.askAs(two, "", "GET", "/v2/Services", nil).wants(t, 200).body["services"].([]any)); n != 1 {
		t.Errorf("%d services, want the first alone", n)
	}
	m.askAs(m.own.AccountSID, "wrong", "GET", "/v2/Services", nil).wants(t, 401)
	m.askAs("ACnothex", "x", "GET", "/v2/Services", nil).wants(t, 401)
}

// TestSameKeySameCredentials: what a configuration names does not change from start to start.
func TestSameKeySameCredentials(t *testing.T) {
	t.Parallel()
	if one, two := newMock(t).own, newMock(t).own; one != two {
		t.Errorf("%+v and %+v", one, two)
	}
	own := newMock(t).own
	for _, text := range []string{own.AuthToken, own.KeySecret} {
		if len(text) != 32 || strings.Trim(text, "0123456789abcdef") != "" {
			t.Errorf("%s: the libraries want letters and digits alone", text)
		}
	}
}

// TestTheJournalNamesABodyOfAnotherKind: Twilio says of JSON only that a parameter is missing.
func TestTheJournalNamesABodyOfAnotherKind(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	r := httptest.NewRequest("POST", "/v2/Services/"+m.own.ServiceSID+"/Verifications",
		strings.NewReader(`{"To":"+12015550123","Channel":"sms"}`))
	r.SetBasicAuth(m.own.AccountSID, m.own.AuthToken)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	m.handler.ServeHTTP(rec, r)
	const want = `there is no To; the body was not read: its Content-Type is "application/json", want ` +
		`application/x-www-form-urlencoded`
	if rec.Code != 400 || m.last().Reason != want {
		t.Errorf("%d, and the journal says %q", rec.Code, m.last().Reason)
	}
}

func TestALongBodyIsRefused(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ask("POST", factors, form("FriendlyName", strings.Repeat("x", 300<<10))).wants(t, 400, "code=20001")
}

// TestHostsOfURLs: URLs have the scheme and host that the client used.
func TestHostsOfURLs(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	r := httptest.NewRequest(http.MethodGet, "https://verify.twilio.com/v2/Services/"+m.own.ServiceSID, nil)
	r.SetBasicAuth(m.own.AccountSID, m.own.AuthToken)
	rec := httptest.NewRecorder()
	m.handler.ServeHTTP(rec, r)
	if want := `"url":"https://verify.twilio.com/v2/Services/` + m.own.ServiceSID + `"`; !strings.Contains(
		rec.Body.String(),
		want,
	) {
		t.Errorf("%s is not in %s", want, rec.Body)
	}
}
