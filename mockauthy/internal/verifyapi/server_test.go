package verifyapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/totp"
	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/verifyapi"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

const (
	key      = "test-key"
	secret   = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	identity = "ann-4f1d7c20"
)

var start = time.Date(2026, 11, 26, 20, 55, 1, 0, time.UTC)

// mock is an API with one world, whose clock stands still.
type mock struct {
	*world.World
	t       testing.TB
	worlds  *world.Worlds
	handler http.Handler
	own     verify.Credentials
}

func newMock(t testing.TB) *mock { return newMockOf(t, false) }

func newMockOf(t testing.TB, anyKey bool) *mock {
	t.Helper()
	seed := uint64(1)
	worlds, err := world.New(
		world.Options{Now: func() time.Time { return start }, Keys: []string{key}, AnyKey: anyKey, Seed: &seed,
			Remember: 1000, Endpoints: mockapi.Endpoints()},
	)
	if err != nil {
		t.Fatal(err)
	}
	w, _ := worlds.Lookup(key)
	return &mock{World: w, t: t, worlds: worlds, handler: verifyapi.New(worlds, verifyapi.Options{}),
		own: w.Verify.Credentials()}
}

// answer is a reply as a client sees it.
type answer struct {
	status int
	text   string
	body   map[string]any
	header http.Header
}

// ask sends a request with the account's own credentials. A path without a slash at its front is
// below the first service.
func (m *mock) ask(method, path string, form url.Values) answer {
	m.t.Helper()
	return m.askAs(m.own.AccountSID, m.own.AuthToken, method, path, form)
}

func (m *mock) askAs(user, password, method, path string, form url.Values) answer {
	m.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/v2/Services/" + m.own.ServiceSID + "/" + path
	}
	var body io.Reader
	if method == "POST" {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, "http://mock.test"+path, body)
	r.SetBasicAuth(user, password)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	m.handler.ServeHTTP(rec, r)
	a := answer{status: rec.Code, text: rec.Body.String(), header: rec.Header()}
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &a.body); err != nil {
			m.t.Fatalf("%s %s: %v in %s", method, path, err, a.text)
		}
	}
	return a
}

// bare makes a challenge with the right code, whatever the reply is made of.
func (m *mock) bare(factor string) (int, http.Header) {
	body := form("FactorSid", factor, "AuthPayload", m.code(0)).Encode()
	r := httptest.NewRequest("POST", "/v2/Services/"+m.own.ServiceSID+"/"+challenges, strings.NewReader(body))
	r.SetBasicAuth(m.own.AccountSID, m.own.AuthToken)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	m.handler.ServeHTTP(rec, r)
	return rec.Code, rec.Header()
}

// wants checks status and, where they are given, keys of the body: "status=approved".
func (a answer) wants(t testing.TB, status int, values ...string) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.text)
	}
	for _, pair := range values {
		name, want, _ := strings.Cut(pair, "=")
		got, _ := json.Marshal(a.body[name])
		if strings.Trim(string(got), `"`) != want {
			t.Errorf("%s is %s, want %s: %s", name, got, want, a.text)
		}
	}
	return a
}

func (a answer) sid() string { return a.body["sid"].(string) }

// form makes parameters of name, value, name, value…
func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

var usual = totp.Window{Digits: 6, Period: 30, Past: 1, Future: 1}

// code is the one of the usual factor, so many steps from now.
func (m *mock) code(step int) string {
	return usual.Code(secret, usual.Step(m.Clock.Now())+int64(step))
}

// wrong is a code that the usual factor does not have near now.
func (m *mock) wrong() string {
	for _, code := range []string{"000000", "111111", "222222"} {
		wide := usual
		wide.Past, wide.Future = 100, 100
		if _, ok := wide.Match(secret, code, m.Clock.Now()); !ok {
			return code
		}
	}
	panic("three codes at once")
}

const factors, challenges = "Entities/" + identity + "/Factors", "Entities/" + identity + "/Challenges"

// factor makes the usual factor and verifies it.
func (m *mock) factor() string {
	m.t.Helper()
	made := m.ask("POST", factors, form("FriendlyName", "Ann Blue", "FactorType", "totp", "Binding.Secret", secret)).
		wants(m.t, 201, "status=unverified")
	m.ask("POST", factors+"/"+made.sid(), form("AuthPayload", m.code(0))).wants(m.t, 200, "status=verified")
	return made.sid()
}

// try makes a challenge with a code.
func (m *mock) try(factor, code string) answer {
	m.t.Helper()
	return m.ask("POST", challenges, form("FactorSid", factor, "AuthPayload", code))
}

func (m *mock) set(change func(*verify.Settings)) {
	m.t.Helper()
	if err := m.UpdateSettings(func(s *world.Settings) error { change(&s.Verify); return nil }); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mock) advance(d time.Duration) {
	m.t.Helper()
	if err := m.Clock.Advance(d); err != nil {
		m.t.Fatal(err)
	}
}

// last is the newest entry of the journal.
func (m *mock) last() journal.Entry {
	all := m.Journal.List(journal.Filter{})
	return all[len(all)-1]
}
