package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/control"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

var start = time.Unix(1_700_000_150, 0).UTC()

// tester holds a control API whose outer clock stands at start.
type tester struct {
	t       *testing.T
	worlds  *world.Worlds
	handler http.Handler
}

func newTester(t *testing.T) *tester {
	t.Helper()
	return newTesterAt(t, func() time.Time { return start })
}

func newTesterAt(t *testing.T, now func() time.Time) *tester {
	t.Helper()
	seed := uint64(1)
	state := control.NewState()
	state.Users = []mockapi.NewUser{{ID: 77, Name: "alice", Email: "alice@example.com", Cellphone: "6625550148",
		CountryCode: 1,
		Secret:      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}}
	first := control.WorldState(state)
	worlds, err := world.New(world.Options{
		Now: now, Keys: []string{"first", "second"}, Seed: &seed, Start: &first, Remember: 100,
		Endpoints: mockapi.Endpoints(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &tester{t: t, worlds: worlds, handler: control.New(worlds,
		control.Options{AllowHosts: []string{"mock.test"}, AuthyDocument: []byte("{}")})}
}

// request makes one as a well-behaved client does.
func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "localhost:8880"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// send returns status and body, after they were held against the document.
func (x *tester) send(r *http.Request) (int, string) {
	x.t.Helper()
	rec := x.bare(r)
	validate(x.t, r, rec)
	return rec.Code, rec.Body.String()
}

// bare is send without the document, which takes a thousand times as long as the answer: for
// fuzzing.
func (x *tester) bare(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	x.handler.ServeHTTP(rec, r)
	return rec
}

// ask sends a request and returns the JSON answer, which must have that status.
func (x *tester) ask(status int, method, path, body string) map[string]any {
	x.t.Helper()
	got, text := x.send(request(method, path, body))
	if got != status {
		x.t.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, got, text, status)
	}
	var v map[string]any
	if text != "" {
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			x.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return v
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		method, path, body string
		change             func(*http.Request)
		status             int
		field              string
	}{
		"a foreign origin": {"GET", "/_mock/users", "",
			func(r *http.Request) { r.Header.Set("Origin", "https://evil.test") }, 403, "Origin"},
		"a foreign origin, write": {"POST", "/_mock/reset", "",
			func(r *http.Request) { r.Header.Set("Origin", "http://localhost:1") }, 403, "Origin"},
		"no origin at all": {"GET", "/_mock/users", "",
			func(r *http.Request) { r.Header.Set("Origin", "null") }, 403, "Origin"},
		"a foreign origin at the page": {"GET", "/", "",
			func(r *http.Request) { r.Header.Set("Origin", "https://evil.test") }, 403, "Origin"},
		"a second origin": {
			"GET", "/_mock/users", "", func(
				r *http.Request) {
				r.Header["Origin"] = []string{"http://localhost:8880", "https://evil.test"}
			}, 403, "Origin"},
		"a rebound name": {
			"GET", "/_mock/users", "", func(r *http.Request) { r.Host = "evil.test:8880" }, 403, "Host"},
		"a rebound name at the page": {"GET", "/", "", func(r *http.Request) { r.Host = "evil.test" }, 403, "Host"},
		"a name that begins right": {
			"GET", "/_mock/users", "", func(r *http.Request) { r.Host = "localhost.evil.test" }, 403, "Host"},
		"another machine's address": {
			"GET", "/_mock/users", "", func(r *http.Request) { r.Host = "192.0.2.1:8880" }, 403, "Host"},
		"no host": {"GET", "/_mock/users", "", func(r *http.Request) { r.Host = "" }, 403,
			"Host"},
		"a form": {"POST", "/_mock/users", "cellphone=1",
			func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415, "Content-Type"},
		"JSON without a type": {"POST", "/_mock/users", "{}",
			func(r *http.Request) { r.Header.Del("Content-Type") }, 415, "Content-Type"},
		"an unknown key": {"GET", "/_mock/users", "",
			func(r *http.Request) { r.Header.Set("X-Authy-API-Key", "third") }, 404, "X-Authy-API-Key"},
		"a call that is not there":   {"GET", "/_mock/nonsense", "", nil, 404, ""},
		"a method that is not there": {"PUT", "/_mock/users", "{}", nil, 405, ""},
		"dots in the path":           {"GET", "/_mock/x/../users", "", nil, 404, ""},
		"two slashes":                {"GET", "/_mock//users", "", nil, 404, ""},
		"no JSON":                    {"POST", "/_mock/users", "{", nil, 400, ""},
		"two JSON values":            {"POST", "/_mock/users", "{}{}", nil, 400, ""},
		"an unknown field": {"POST", "/_mock/users", `{"cellphone":"2015550123","phone":"1"}`, nil, 400,
			"phone"},
		"a wrong type": {"POST", "/_mock/users", `{"cellphone":2015550123}`, nil, 400, "cellphone"},
		"no phone":     {"POST", "/_mock/users", `{"name":"bob"}`, nil, 400, "cellphone"},
		"an id that is taken": {"POST", "/_mock/users", `{"id":77,"cellphone":"2015550123"}`, nil,
			409, "id"},
		"a negative id": {"POST", "/_mock/users", `{"id":-1,"cellphone":"2015550123"}`, nil,
			400, "id"},
		"a secret that is none": {"POST", "/_mock/users", `{"cellphone":"2015550123","secret":"!"}`, nil, 400,
			"secret"},
		"a user who is not there":       {"GET", "/_mock/users/nobody", "", nil, 404, ""},
		"patch nobody":                  {"PATCH", "/_mock/users/nobody", "{}", nil, 404, ""},
		"remove nobody":                 {"DELETE", "/_mock/users/nobody", "", nil, 404, ""},
		"an unknown family":             {"GET", "/_mock/users/alice/token?family=sms", "", nil, 400, "family"},
		"a step that is no number":      {"GET", "/_mock/users/alice/token?step=next", "", nil, 400, "step"},
		"a parameter that is not there": {"GET", "/_mock/users/alice/token?steps=1", "", nil, 400, "steps"},
		"a filter that is not there":    {"GET", "/_mock/journal?endpiont=verify", "", nil, 400, "endpiont"},
		"a filter of a list without":    {"GET", "/_mock/faults?user=alice", "", nil, 400, "user"},
		"clearing some faults":          {"DELETE", "/_mock/faults?user=alice", "", nil, 400, "user"},
		"clearing some of the journal":  {"DELETE", "/_mock/journal?user=alice", "", nil, 400, "user"},
		"clearing some of the outbox":   {"DELETE", "/_mock/outbox?channel=sms", "", nil, 400, "channel"},
		"a reset of a part":             {"POST", "/_mock/reset?kind=clock", "", nil, 400, "kind"},
		"a quirk with a body":           {"POST", "/_mock/quirks/strict", `{"on":false}`, nil, 400, "on"},
		"an endpoint that is not there": {"GET", "/_mock/journal?endpoint=verfy", "", nil, 400, "endpoint"},
		"a channel that is not there":   {"GET", "/_mock/outbox?channel=fax", "", nil, 400, "channel"},
		"a user who is nobody":          {"GET", "/_mock/journal?user=nobody", "", nil, 400, "user"},
		"an unknown clock change":       {"POST", "/_mock/clock", `{"forward":"1s"}`, nil, 400, "forward"},
		"a length of time without unit": {"POST", "/_mock/clock", `{"advance":"90"}`, nil, 400, "advance"},
		"a time that is none":           {"POST", "/_mock/clock", `{"set":"tomorrow"}`, nil, 400, "set"},
		"a time beyond the clock":       {"POST", "/_mock/clock", `{"set":"9999-12-31T23:59:59Z"}`, nil, 400, ""},
		"a fault without effect":        {"POST", "/_mock/faults", `{}`, nil, 400, "effect.kind"},
		"a fault of an unknown error": {"POST", "/_mock/faults", `{"effect":{"error":"60999"}}`, nil, 400,
			"effect.error"},
		"a fault of an unknown endpoint": {"POST", "/_mock/faults",
			`{"effect":{"status":503},"match":{"endpoint":"x"}}`, nil, 400, "match.endpoint"},
		"a fault that is not there": {"DELETE", "/_mock/faults/f9", "", nil, 404, "id"},
		"an app that is there":      {"POST", "/_mock/apps", `{"key":"first"}`, nil, 409, "key"},
		"an app with a blank":       {"POST", "/_mock/apps", `{"key":"a b"}`, nil, 400, "key"},
		"an app that is not there":  {"DELETE", "/_mock/apps/third", "", nil, 404, "key"},
		"no state":                  {"PUT", "/_mock/state", "", nil, 400, ""},
		"a state with a wrong fault": {"PUT", "/_mock/state",
			`{"faults":[{"effect":{"status":503}},{"effect":{}}]}`, nil, 400, "faults[1].effect.kind"},
		"a state with a wrong user": {"PUT", "/_mock/state",
			`{"users":[{"cellphone":"2015550123"},{"cellphone":""}]}`, nil, 400, "users[1].cellphone"},
		"a state with a wrong setting": {"PUT", "/_mock/state", `{"settings":{"id_scope":"world"}}`, nil, 400, ""},
		"a state with a wrong clock": {"PUT", "/_mock/state", `{"clock":{"frozen_at":"9999-01-01T00:00:00Z"}}`, nil,
			400, ""},
		"a body that is too long": {"POST", "/_mock/users", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, nil,
			413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTester(t)
			before := fmt.Sprint(x.ask(200, "GET", "/_mock/state", ""))
			r := request(row.method, row.path, row.body)
			if row.change != nil {
				row.change(r)
			}
			status, text := x.send(r)
			var refusal struct{ Error, Field, Wanted string }
			if err := json.Unmarshal([]byte(text), &refusal); err != nil {
				t.Fatalf("got %d %s: %v", status, text, err)
			}
			if status != row.status || refusal.Error == "" || refusal.Field != row.field {
				t.Errorf("got %d %s, want %d about %q", status, text, row.status, row.field)
			}
			if after := fmt.Sprint(x.ask(200, "GET", "/_mock/state", "")); after != before {
				t.Errorf("the refused request changed the world from %s to %s", before, after)
			}
		})
	}
}

func TestNamesUnderWhichItAnswers(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	for _, host := range []string{"localhost", "localhost:8880", "LOCALHOST:1", "127.0.0.1:8880", "127.9.9.9",
		"[::1]:8880", "mock.test:80", "a.localhost", "localhost."} {
		r := request("GET", "/_mock/readyz", "")
		r.Host = host
		r.Header.Set("Origin", "http://"+host)
		if status, text := x.send(r); status != 200 {
			t.Errorf("%s: got %d %s, want 200", host, status, text)
		}
	}
}

func TestHealthIsToldWithAndWithoutABody(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	for _, path := range []string{"/_mock/livez", "/_mock/readyz"} {
		for _, method := range []string{"GET", "HEAD"} {
			if status, text := x.send(request(method, path, "")); status != 200 {
				t.Errorf("%s %s: got %d %s, want 200", method, path, status, text)
			}
		}
		if status, _ := x.send(request("POST", path, "")); status != 405 {
			t.Errorf("POST %s: got %d, want 405", path, status)
		}
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	bob := x.ask(201, "POST", "/_mock/users", `{"cellphone":"201-555-0123","country_code":"+1","name":"bob"}`)
	if bob["registered"] != true || bob["confirmed"] != false || bob["cellphone"] != "2015550123" ||
		bob["country_code"] != 1.0 {
		t.Errorf("got %v, want bob with an app and a clean number", bob)
	}
	x.ask(201, "POST", "/_mock/users", `{"cellphone":"2015550124","registered":false,"id":4242}`)
	list := x.ask(200, "GET", "/_mock/users", "")
	if list["total"] != 3.0 || len(list["items"].([]any)) != 3 {
		t.Errorf("got %v, want three users", list)
	}
	if page := x.ask(200, "GET", "/_mock/users?offset=1&limit=1", ""); page["total"] != 3.0 ||
		page["items"].([]any)[0].(map[string]any)["id"] != 4242.0 {
		t.Errorf("got %v, want the second of three", page)
	}
	if v := x.ask(200, "PATCH", "/_mock/users/bob", `{"suspended":true,"confirmed":true}`); v["suspended"] != true ||
		v["confirmed"] != true {
		t.Errorf("patched: got %v", v)
	}
	x.ask(409, "GET", "/_mock/users/4242/token?family=app", "")
	x.ask(204, "DELETE", "/_mock/users/bob", "")
	x.ask(404, "GET", "/_mock/users/bob", "")
	for _, ref := range []string{"77", "alice", "alice@example.com", "%2B16625550148"} {
		if v := x.ask(200, "GET", "/_mock/users/"+ref, ""); v["id"] != 77.0 {
			t.Errorf("%s: got %v, want alice", ref, v)
		}
	}
}

func TestTokenOfTheVectors(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	for path, want := range map[string]string{
		"/_mock/users/77/token": `"token":"0391515","family":"app","digits":7,"period":10,` +
			`"expires_in":10`,
		"/_mock/users/77/token?family=generic": `"family":"generic","digits":6,"period":30`,
	} {
		if _, text := x.send(request("GET", path, "")); !strings.Contains(text, want) {
			t.Errorf("%s: got %s, want %s", path, text, want)
		}
	}
	x.ask(200, "POST", "/_mock/clock", `{"freeze":true,"set":"2023-11-14T22:15:46Z"}`) // 1700000146
	if v := x.ask(200, "GET", "/_mock/users/77/token?step=1", ""); v["token"] != "0391515" || v["expires_in"] != 14.0 {
		t.Errorf("next step: got %v", v)
	}
	if v := x.ask(200, "GET", "/_mock/users/77/token", ""); v["expires_in"] != 4.0 {
		t.Errorf("got %v, want four seconds left", v)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	for _, row := range []struct {
		body, now string
		frozen    bool
	}{
		{`{}`, "2023-11-14T22:15:50Z", false},
		{`{"advance":"90s"}`, "2023-11-14T22:17:20Z", false},
		{`{"advance":"-1m30s"}`, "2023-11-14T22:15:50Z", false},
		{`{"set":"2030-01-01T00:00:00+01:00"}`, "2029-12-31T23:00:00Z", false},
		{`{"freeze":true}`, "2029-12-31T23:00:00Z", true},
		{`{"advance":"1h"}`, "2030-01-01T00:00:00Z", true},
		{`{"freeze":false}`, "2030-01-01T00:00:00Z", false},
		{`{"skew":"1s"}`, "2023-11-14T22:15:51Z", false},
		{`{"reset":true}`, "2023-11-14T22:15:50Z", false},
	} {
		got := x.ask(200, "POST", "/_mock/clock", row.body)
		again := x.ask(200, "GET", "/_mock/clock", "")
		if got["now"] != row.now || got["frozen"] != row.frozen || fmt.Sprint(got) != fmt.Sprint(again) {
			t.Errorf("%s: got %v, then %v, want %s frozen %t", row.body, got, again, row.now, row.frozen)
		}
	}
}
