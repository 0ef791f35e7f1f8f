package authyapi_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/authyapi"
	"sftpgo-authy/mockauthy/internal/outbox"
)

// TestPhoneParametersAreChecked: each that is missing or nonsense is named, and nothing is sent.
func TestPhoneParametersAreChecked(t *testing.T) {
	t.Parallel()
	const start, number = "verification/start", "&country_code=1&phone_number=201-555-0123"
	m := newMock(t)
	m.set(func(s *authy.Settings) { s.Verification.CustomCodes = true })
	for query, want := range map[string]string{
		start + "?x=1" + number:        "Invalid parameter: via - Parameter is required",
		start + "?via=pigeon" + number: "Invalid parameter: via - 'pigeon' is not sms or call",
		start + "?via=sms&code_length=five" +
			number: "Invalid parameter: code_length - 'five' is not a valid Integer",
		start + "?via=sms&code_length=3" + number:      "Invalid parameter: code_length - must be between 4 and 10",
		start + "?via=sms&code_length=11" + number:     "Invalid parameter: code_length - must be between 4 and 10",
		start + "?via=sms&custom_code=123" + number:    "Invalid parameter: custom_code - must have 4 to 10 digits",
		start + "?via=sms&custom_code=12345x" + number: "Invalid parameter: custom_code - must have 4 to 10 digits",
		"verification/check?verification_code=1":       "Invalid parameter: country_code - Parameter is required",
		"verification/check?x=1" + number:              "Invalid parameter: verification_code - Parameter is required",
		"info?country_code=1":                          "Invalid parameter: phone_number - Parameter is required",
		"info?country_code=1&phone_number=12":          "Phone number is invalid",
	} {
		path, text, _ := strings.Cut(query, "?")
		r := request{path: "/protected/json/phones/" + query}
		if path == start {
			r = request{method: "POST", path: "/protected/json/phones/" + path, body: text}
		}
		m.expect(m.do(r), 400, `"message":"`+want+`"`)
	}
	if n := len(m.Outbox.List(outbox.Filter{})); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
	m.expect(m.post("/protected/json/phones/verification/start", "via=sms&code_length=10"+number), 200,
		"Text message sent")
	if got := m.Outbox.List(outbox.Filter{}); len(got) != 1 || len(got[0].Code) != 10 {
		t.Errorf("sent %+v, want one code of 10 digits", got)
	}
}

// TestStrictModeKnowsEveryCall: what is documented passes, and one parameter more does not.
func TestStrictModeKnowsEveryCall(t *testing.T) {
	t.Parallel()
	const number = "country_code=1&phone_number=201-555-0123"
	for path, body := range map[string]string{
		"POST /protected/json/users/new": "user[email]=b@x.test&user[cellphone]=2025550199&user[country_code]=1&" +
			"send_install_link_via_sms=false&user_ip=192.0.2.1",
		"POST /protected/json/users/1000/update":            "email=new@x.test&user_ip=192.0.2.1",
		"POST /protected/json/users/1000/register_activity": "type=banned&data[reason]=x&user_ip=192.0.2.1",
		"POST /protected/json/users/1000/secret":            "label=x&qr_size=200&user_ip=192.0.2.1",
		"POST /protected/json/phones/verification/start":    "via=sms&locale=en&code_length=6&" + number,
		"GET /protected/json/phones/verification/status":    number,
		"GET /protected/json/phones/info":                   "user_ip=192.0.2.1&" + number,
		"GET /protected/json/app/details":                   "user_ip=192.0.2.1",
		"GET /protected/json/users/1000/status":             "user_ip=192.0.2.1",
	} {
		m := newMock(t)
		m.ann()
		m.set(func(s *authy.Settings) { s.Strict = true })
		method, path, _ := strings.Cut(path, " ")
		ask := func(parameters string) answer {
			if method == "GET" {
				return m.do(request{path: path + "?" + parameters})
			}
			return m.do(request{method: method, path: path, body: parameters})
		}
		if got := ask(body + "&speed=9"); got.status != 400 ||
			!strings.Contains(got.body, "a parameter that this call does not have") {
			t.Errorf("%s with one more: %d %s", path, got.status, got.body)
		}
		if path == "/protected/json/phones/verification/status" {
			m.post("/protected/json/phones/verification/start", "via=sms&"+number)
		}
		if got := ask(body); got.status != 200 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	m := newMock(t)
	m.set(func(s *authy.Settings) { s.Strict = true })
	m.expect(m.post("/protected/json/phones/verification/start", "via=sms&"+number), 200, "Text message sent")
	m.expect(m.do(request{path: "/protected/json/phones/verification/check?verification_code=0000000&" + number}), 401,
		"60022")
}

// TestSecretOverTLS: the picture's address is that of the listener through which it was asked for,
// and a long label is refused at both.
func TestSecretOverTLS(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	server := httptest.NewTLSServer(authyapi.New(m.worlds, authyapi.Options{}))
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/protected/json/users/1000/secret",
		http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Authy-API-Key", key)
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil ||
		!strings.Contains(string(text), `"qr_code":"`+server.URL+"/qr/") {
		t.Errorf("got %s, %v, want a picture at %s", text, err, server.URL)
	}
	long := strings.Repeat("x", 201)
	m.expect(m.post("/protected/json/users/1000/secret", "label="+long), 400,
		"Invalid parameter: label - must have at most 200 bytes")
	m.expect(m.do(request{path: "/qr/ticket/1000.png?label=" + long, noKey: true}), 400, "label")
	m.expect(m.post("/protected/json/users/1000/secret", "qr_size=large"), 400,
		"Invalid parameter: qr_size - 'large' is not a valid Integer")
}

// TestFormsInParts: parameters come in parts as well; what is cut, or too many, is refused whole.
func TestFormsInParts(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	part := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"whole":         {part("email", "new@x.test") + "--b--\r\n", 200},
		"no end":        {part("email", "new@x.test"), 400},
		"cut in a part": {"--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nnew@x", 400},
		"no part":       {"--b\r\n", 400},
		"too many":      {strings.Repeat(part("x", ""), 1000) + part("email", "new@x.test") + "--b--\r\n", 400},
	} {
		got := m.do(request{method: "POST", path: "/protected/json/users/1000/update",
			contentType: "multipart/form-data; boundary=b", body: c.body})
		if got.status != c.status {
			t.Errorf("%s: %d %s, want %d", name, got.status, got.body, c.status)
		}
	}
}

// TestBodyThatEndsEarly: half a request is none, and the journal says why.
func TestBodyThatEndsEarly(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /protected/json/users/1000/delete HTTP/1.1\r\nHost: x\r\nX-Authy-API-Key: "+key+
		"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nuser_ip=1")
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 400 ") || !strings.Contains(string(text), `"60002"`) {
		t.Errorf("got %s, %v", text, err)
	}
	if u, err := m.App.User(1000); err != nil || u.Deleted {
		t.Errorf("half a request deleted the user: %+v, %v", u, err)
	}
}

// TestLongRequestsInTheJournal: it keeps the beginning.
func TestLongRequestsInTheJournal(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	m.get("/protected/json/users/1000/status?a=" + strings.Repeat("x", 4500) + "&b=the-end")
	if got := m.last().Request; len(got) > 2010 || !strings.HasPrefix(got, "a=xxx") ||
		strings.Contains(got, "the-end") {
		t.Errorf("%d bytes: %.40s", len(got), got)
	}
}

// TestBugsAreAdmitted: a panic of the mock's own is a 500 with 60000 and never silence, which
// clients take for Authy's.
func TestBugsAreAdmitted(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	w := &stingy{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequestWithContext(context.Background(), "GET", "/protected/json/users/1000/status", nil)
	r.Header.Set("X-Authy-API-Key", key)
	authyapi.New(m.worlds, authyapi.Options{}).ServeHTTP(w, r)
	if w.Code != 500 || !strings.Contains(w.Body.String(), `"60000"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if got := m.last(); got.Status != 500 || !strings.Contains(got.Reason, "out of paper") {
		t.Errorf("journal %+v", got)
	}
}

// stingy panics at the first thing that is written.
type stingy struct {
	*httptest.ResponseRecorder
	asked bool
}

func (s *stingy) WriteHeader(status int) {
	if !s.asked {
		s.asked = true
		panic("out of paper")
	}
	s.ResponseRecorder.WriteHeader(status)
}
