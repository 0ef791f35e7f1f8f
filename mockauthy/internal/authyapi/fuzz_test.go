package authyapi

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/outbox"
	"sftpgo-authy/mockauthy/internal/world"
)

// FuzzReadParams feeds the parameter reader anything: it must end, stay within its bounds and give
// text only.
func FuzzReadParams(f *testing.F) {
	f.Add("a=1&user[email]=x", "application/json", []byte(`{"a":{"b":[1,null,true,{"c":"d"}]}}`))
	f.Add("%zz=%", "multipart/form-data; boundary=b",
		[]byte("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--"))
	f.Add("logos[][res]=a&logos[][url]=b&logos[][res]=c", "", []byte("logos[0][res]=x&details[a]=b"))
	f.Add("&&==", "application/x-www-form-urlencoded", []byte("\xff=\x00"))
	f.Fuzz(func(t *testing.T, query, contentType string, body []byte) {
		p, err := readParams(query, contentType, body)
		if len(p) > maxParams {
			t.Fatalf("%d parameters", len(p))
		}
		for _, q := range p {
			if err == nil && !(utf8.ValidString(q.name) && utf8.ValidString(q.value)) {
				t.Fatalf("parameter %q=%q is not UTF-8", q.name, q.value)
			}
		}
		_, _, _, _ = p.hash("details"), p.list("logos"), p.truth("force"), p.masked("verify")
	})
}

// FuzzPath sends any request target: it is answered, never redirected, no text is sent unless the
// path is plainly the SMS call's, and a code is accepted only for exactly this user and code.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/protected/json/verify/../sms/1000", "/protected/json/verify/..%2fsms/1000",
		"/protected/json/verify/0391515/1000",
		"/protected/json/verify//1000", "//protected/json/verify/..%2fsms/1000", "/%2e%2e//",
		"/protected/json/sms/1000", "/qr/a/1.png", "/protected/xml/x", "/onetouch/xml/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // net/http answers these itself
		}
		seed, no := uint64(1), false
		worlds, err := world.New(world.Options{Now: func() time.Time { return time.Unix(1_700_000_150, 0) },
			Keys: []string{"k"}, Seed: &seed, Remember: 10})
		if err != nil {
			t.Fatal(err)
		}
		w, _ := worlds.Lookup("k")
		if _, err := w.App.AddUser(authy.UserSpec{ID: 1000, Cellphone: "2015551118",
			Secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Confirmed: true, Registered: &no}); err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		New(worlds, Options{}).ServeHTTP(rec, &http.Request{Method: "GET", URL: u, Host: "mock.test",
			Header: http.Header{"X-Authy-Api-Key": {"k"}}, RequestURI: target})
		if rec.Code >= 300 && rec.Code < 400 {
			t.Fatalf("%q is redirected", target)
		}
		sent := len(w.Outbox.List(outbox.Filter{})) > 0
		path := "/" + strings.TrimLeft(u.EscapedPath(), "/")
		if sent && path != "/protected/json/sms/1000" && !strings.HasPrefix(path, "/protected/json/sms/%") &&
			!strings.HasPrefix(path, "/protected/json/sms/1") {
			t.Fatalf("%q sent a text", target)
		}
		if strings.Contains(rec.Body.String(), `"token":"is valid"`) && !strings.HasSuffix(u.Path, "/1000") {
			t.Fatalf("%q is a right code: %s", target, rec.Body)
		}
	})
}
