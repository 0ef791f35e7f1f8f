package control_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestFactorsAndTheirCodes(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const alices = `"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"`
	made := x.ask(201, "POST", "/_mock/factors", `{"identity":"ann-00000001","friendly_name":"Ann",`+alices+`}`)
	sid, _ := made["sid"].(string)
	if !strings.HasPrefix(sid, "YF") || made["verified"] != true || made["period"] != 30.0 || made["skew"] != 1.0 {
		t.Errorf("made %v, want a verified factor as the service says", made)
	}
	generic := x.ask(200, "GET", "/_mock/users/77/token?family=generic&step=1", "") // the same secret
	for _, ref := range []string{sid, "ann-00000001"} {
		token := x.ask(200, "GET", "/_mock/factors/"+ref+"/token?step=1", "")
		if token["token"] != generic["token"] || token["family"] != "factor" || token["otpauth"] != made["otpauth"] {
			t.Errorf("%s: %v, want the code %v", ref, token, generic["token"])
		}
	}
	now := x.ask(200, "GET", "/_mock/factors/"+sid+"/token", "")["token"]
	status, text := x.send(request("GET", "/_mock/factors/"+sid+"/code", ""))
	if status != 200 || text != now.(string)+"\n" {
		t.Errorf("as plain text: %d %q, want %s", status, text, now)
	}
	status, text = x.send(request("GET", "/_mock/factors/"+sid+"/qr", ""))
	if status != 200 || !strings.HasPrefix(text, "\x89PNG") {
		t.Errorf("a QR code: %d %.10q", status, text)
	}
	codes := x.ask(200, "GET", "/_mock/codes?ids=77&factors="+sid+",YF00", "")["items"].([]any)
	if first := codes[0].(map[string]any); len(codes) != 3 || first["factor"] != sid || first["token"] != now {
		t.Errorf("the codes of a screen: %v", codes)
	}

	x.ask(201, "POST", "/_mock/factors", `{"identity":"ann-00000001","verified":false,"digits":8,"period":60,"skew":0}`)
	x.ask(201, "POST", "/_mock/factors", `{"identity":"bob-00000001"}`)
	for query, want := range map[string]float64{"": 3, "?search=ANN-": 2, "?search=" + sid: 1, "?search=nobody": 0} {
		if got := x.ask(200, "GET", "/_mock/factors"+query, "")["total"]; got != want {
			t.Errorf("%s: %v factors, want %v", query, got, want)
		}
	}
	page := x.ask(200, "GET", "/_mock/factors?offset=1&limit=1", "")
	if len(page["items"].([]any)) != 1 || page["total"] != 3.0 {
		t.Errorf("a page: %v", page)
	}
	x.ask(409, "GET", "/_mock/factors/ann-00000001", "") // she has two
	x.ask(204, "DELETE", "/_mock/factors/"+sid, "")
	x.ask(404, "GET", "/_mock/factors/"+sid, "")
}

func TestFactorsThatAreRefused(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	for body, status := range map[string]int{
		`{}`:                         http.StatusBadRequest,
		`{"identity":"short"}`:       http.StatusBadRequest,
		`{"identity":"a b c d e f"}`: http.StatusBadRequest,
		`{"identity":"ann-00000001","secret":"not base32!"}`: http.StatusBadRequest,
		`{"identity":"ann-00000001","alg":"md5"}`:            http.StatusBadRequest,
		`{"identity":"ann-00000001","digits":9}`:             http.StatusBadRequest,
		`{"identity":"ann-00000001","period":10}`:            http.StatusBadRequest,
		`{"identity":"ann-00000001","skew":3}`:               http.StatusBadRequest,
		`{"identity":"ann-00000001","service_sid":"VA00"}`:   http.StatusNotFound,
		`{"identity":"ann-00000001","name":"Ann"}`:           http.StatusBadRequest,
	} {
		if got, text := x.send(request("POST", "/_mock/factors", body)); got != status || len(text) < 20 {
			t.Errorf("%s: %d %s, want %d and a reason", body, got, text, status)
		}
	}
	x.ask(400, "GET", "/_mock/challenges?status=denied", "")
	x.ask(404, "GET", "/_mock/challenges?factor=nobody-1", "")
	if got := x.ask(200, "GET", "/_mock/challenges", "")["total"]; got != 0.0 {
		t.Errorf("%v challenges, want none", got)
	}
}

func TestAppsTellTheirCredentials(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	apps := x.ask(200, "GET", "/_mock/apps", "")["items"].([]any)
	first, second := apps[0].(map[string]any), apps[1].(map[string]any)
	for name, prefix := range map[string]string{"account_sid": "AC", "auth_token": "", "api_key_sid": "SK",
		"api_key_secret": "", "service_sid": "VA"} {
		value, _ := first[name].(string)
		if !strings.HasPrefix(value, prefix) || len(value) < 32 || value == second[name] ||
			strings.Trim(value, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Errorf("%s is %q, want letters and digits of its own", name, value)
		}
	}
	again := newTester(t).ask(200, "GET", "/_mock/apps", "")["items"].([]any)[0].(map[string]any)
	if again["auth_token"] != first["auth_token"] {
		t.Error("another start has other credentials")
	}
}
