package authyapi_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/internal/authy"
)

func TestStrictModeNamesWhatIsCareless(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	good := verifyPath("1234567", 1000) + "?force=true"
	for name, c := range map[string]struct {
		request request
		status  int
		part    string
	}{
		"careful": {request{path: good}, 401, "60020"},
		"key in the query": {request{path: good + "&api_key=" + key, noKey: true}, 400,
			"strict mode: the API key is a parameter"},
		"nobody": {request{path: good, header: map[string]string{"User-Agent": ""}}, 400,
			"no User-Agent"},
		"body on a GET": {request{path: good, body: "x=1"}, 400, "body on a GET"},
		"two slashes":   {request{path: "/" + good}, 400, "two slashes"},
		"no force":      {request{path: verifyPath("1234567", 1000)}, 400, "without force=true"},
		"a token with letters": {request{path: verifyPath("12345x7", 1000) + "?force=true"}, 400,
			"not made of 6 to 12 digits"},
		"a token that brought its ?": {request{path: "/protected/json/verify/1234567/1000?/2000&force=true"}, 400,
			"question mark"},
		"details have any name": {
			request{method: "POST", path: "/onetouch/json/users/1000/approval_requests",
				body: "message=x&details[a]=b"}, 200, "uuid"},
		"nonsense for SMS": {request{path: "/protected/json/sms/1000?speed=9"}, 400,
			"a parameter that this call does not have"},
	} {
		m.set(func(s *authy.Settings) { s.Strict = false })
		if got := m.do(c.request); got.status == 400 {
			t.Errorf("%s: %s, though not strict", name, got.body)
		}
		m.set(func(s *authy.Settings) { s.Strict = true })
		got := m.do(c.request)
		m.expect(got, c.status, c.part)
	}
	if got := m.raw("HEAD", good); got.status != 400 {
		t.Errorf("HEAD: %d, want 400", got.status)
	}
}

// A client that asks through a proxy names the host in the request line, too.
func TestStrictModeSeesTwoSlashesBehindAHost(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.set(func(s *authy.Settings) { s.Strict = true })
	proxy, err := url.Parse(m.url)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), DisableKeepAlives: true}}
	for path, want := range map[string]bool{"//protected/json/app/details": true,
		"/protected/json/app/details": false} {
		ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.authy.com"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		ask.Header.Set("X-Authy-API-Key", key)
		res, err := client.Do(ask)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if got := strings.Contains(string(body), "two slashes"); got != want {
			t.Errorf("%s: %s, want a word about two slashes: %t", path, body, want)
		}
	}
}
