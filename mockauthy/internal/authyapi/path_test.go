package authyapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/outbox"
)

var outboxAll = outbox.Filter{}

// raw sends a request target exactly as it is written; Go's client would repair some.
func (m *mock) raw(method, target string) answer {
	m.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	if err != nil {
		m.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: mock.test\r\nX-Authy-API-Key: %s\r\nConnection: close\r\n\r\n", method,
		target, key)
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return answer{res.StatusCode, string(body), res.Header}
}

// The attacks of 2015 and their relatives. Nothing is ever redirected, and no path becomes another
// call.
func TestPathsAreData(t *testing.T) {
	t.Parallel()
	const verify = "/protected/json/verify/"
	for target, c := range map[string]struct {
		status int
		part   string
	}{
		verify + "../sms/1000":                            {404, "60000"},
		verify + "..%2Fsms/1000":                          {401, "60020"},
		verify + "..%2fsms/1000":                          {401, "60020"},
		verify + "%2e%2e%2Fsms/1000":                      {401, "60020"},
		verify + "%2E%2E/sms/1000":                        {404, "60000"},
		verify + "..%252Fsms/1000":                        {401, "60020"},
		verify + "/1000":                                  {401, "60020"},
		verify + vectorCode + "//1000":                    {404, "60000"},
		verify + vectorCode + "/":                         {404, "60016"},
		verify + vectorCode:                               {404, "60000"},
		verify + vectorCode + "/1000/":                    {404, "60000"},
		verify + vectorCode + "%2F1000/1001":              {404, "60016"},
		verify + vectorCode + "/1001?/1000":               {404, "60016"},
		verify + vectorCode + "%3F/1000":                  {401, "60020"},
		verify + vectorCode + "%23/1000":                  {401, "60020"},
		verify + vectorCode + "%00/1000":                  {401, "60020"},
		verify + vectorCode + "%0A/1000":                  {401, "60020"},
		verify + vectorCode + "%20/1000":                  {401, "60020"},
		verify + vectorCode + "/1000%20":                  {404, "60016"},
		verify + vectorCode + "/01000":                    {404, "60016"},
		verify + vectorCode + "/-1000":                    {404, "60016"},
		verify + vectorCode + "/%2B1000":                  {404, "60016"},
		verify + vectorCode + "/1e3":                      {404, "60016"},
		verify + vectorCode + "/4294968296":               {404, "60016"},
		verify + vectorCode + "/18446744073709552616":     {404, "60016"},
		verify + vectorCode + "/%EF%BC%91000":             {404, "60016"},
		verify + "%D9%A0%D9%A3%D9%A9%D9%A1%D9%A5/1000":    {401, "60020"},
		verify + "%FF%FE/1000":                            {401, "60020"},
		verify + strings.Repeat("9", 20000) + "/1000":     {401, "60020"},
		verify + "0391%35%31%35/1000":                     {200, "is valid"}, // the same code, escaped: unescaped once
		"/protected/json//verify/" + vectorCode + "/1000": {404, "60000"},
		// Slashes at the front are one. Everything else that cleaning would change stays as it is.
		"//protected/json/verify/" + vectorCode + "/1000":   {200, "is valid"},
		"////protected/json/verify/" + vectorCode + "/1000": {200, "is valid"},
		"//protected/json/verify/../sms/1000":               {404, "60000"},
		"//protected/json/verify/..%2Fsms/1000":             {401, "60020"},
		"//protected/json/verify/%2e%2e%2fsms/1000":         {401, "60020"},
		"//protected//json/app/details":                     {404, "60000"},
		"//protected/json//app/details":                     {404, "60000"},
		"//protected/json/verify//1000":                     {401, "60020"},
		"//../protected/json/app/details":                   {404, "60000"},
		"//./protected/json/app/details":                    {404, "60000"},
		"//%2e/protected/json/app/details":                  {404, "60000"},
		"//%2fprotected/json/app/details":                   {404, "60000"},
		"/%2fprotected/json/app/details":                    {404, "60000"},
		"/%2Fprotected/json/app/details":                    {404, "60000"},
		"//":                                                {404, "60000"},
		"//mock.test/protected/json/app/details":            {404, "60000"},
		"//_mock/users":                                     {404, "60000"},
		"/./protected/json/app/details":                     {404, "60000"},
		"/protected/json/app/details/":                      {404, "60000"},
		"/protected/JSON/app/details":                       {404, "60000"},
		"/protected/json/app/details;x=1":                   {404, "60000"},
		"/":                                                 {404, "60000"},
		"/protected/json/users/1000/../1000/status":         {404, "60000"},
		"/protected/json/users/..%2F1000/status":            {404, "60026"},
		"/qr/x/1000.png":                                    {404, "60000"},
	} {
		t.Run(target[:min(len(target), 80)], func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			m.ann()
			m.expect(m.raw("GET", target), c.status, c.part)
			if len(m.Outbox.List(outboxAll)) != 0 {
				t.Error("a text was sent")
			}
			if e := m.last(); strings.Contains(e.Path+e.Request, vectorCode) || e.Reason == "" || e.Status != c.status {
				t.Errorf("journal: %+v", e)
			}
		})
	}
}

func TestOtherMethodsAreUnknown(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	for _, method := range []string{"OPTIONS", "PUT", "DELETE", "PATCH", "POST", "TRACE", "QUERY"} {
		got := m.raw(method, verifyPath(vectorCode, 1000))
		if got.status != 404 || got.header.Get("Location") != "" {
			t.Errorf("%s: %d %s", method, got.status, got.body)
		}
	}
	m.expect(m.raw("GET", "/protected/json/users/new"), 404, "60000")
	m.expect(m.get(verifyPath(vectorCode, 1000)), 200, "is valid")
}

// HEAD is GET without the body, in the wire and in what it does.
func TestHEADIsGET(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	for _, c := range []struct {
		path   string
		status int
	}{
		{"/protected/json/app/details", 200}, {verifyPath("1234567", 1000), 401}, {verifyPath(vectorCode, 1000), 200},
		{verifyPath(vectorCode, 1000), 401}, {"/protected/json/users/1001/status", 404},
		{"/protected/json/sms/1000?force=true", 200},
		{"/protected/json/users/new", 404}, {"/protected/json/nothing", 404}, {"/nothing", 404},
	} {
		got := m.raw("HEAD", c.path)
		if got.status != c.status || got.body != "" || got.header.Get("Content-Length") == "0" {
			t.Errorf("%s: %d %q %v, want %d and the length of GET's body", c.path, got.status, got.body, got.header,
				c.status)
		}
		if e := m.last(); e.Method != "HEAD" || e.Status != c.status {
			t.Errorf("%s: journal %+v", c.path, e)
		}
	}
	if len(m.Outbox.List(outboxAll)) != 1 {
		t.Error("HEAD sent no text, GET would have")
	}
}

// The key comes first wherever one is needed, and nowhere else.
func TestAWrongKeyComesBeforeAnUnknownPath(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for _, path := range []string{"/protected/json/verify/?api_key=bad", "/protected/json/nothing?api_key=bad",
		"/protected/json/verify/../sms/1?api_key=bad",
		"//protected/json/verify/?api_key=bad", "/protected/", "/onetouch/json/nothing?api_key=bad",
		"/protected/xml/app/details?api_key=bad"} {
		m.expect(m.do(request{path: path, noKey: true}), 401, `"error_code":"60001"`)
	}
	for _, method := range []string{"PUT", "DELETE", "POST"} {
		m.expect(m.do(request{method: method, path: verifyPath(vectorCode, 1000), noKey: true}), 401,
			`"error_code":"60001"`)
	}
	for _, path := range []string{"/", "/nothing", "/favicon.ico", "/protected", "/json/users"} {
		m.expect(m.do(request{path: path, noKey: true}), 404, `"error_code":"60000"`)
	}
	m.expect(m.get("/protected/json/verify/"), 404, `"error_code":"60000"`)
}

// What net/http itself refuses must not reach anybody or crash anything.
func TestTargetsThatAreNoURLs(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for _, target := range []string{"/protected/json/verify/%zz/1000", "/protected/json/verify/%/1000", "nonsense",
		"%2Fprotected/json/app/details"} {
		if got := m.raw("GET", target); got.status != 400 {
			t.Errorf("%s: %d %s", target, got.status, got.body)
		}
	}
}

// The quirk vulnerable-2015 is what the real service did until February 2015.
func TestVulnerable2015CleansPaths(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/protected/json/verify/../sms/1000?force=true",
		"/protected/json/verify/..%2Fsms/1000?force=true"} {
		m := newMock(t)
		m.ann()
		m.set(func(s *authy.Settings) { s.Vulnerable2015 = true })
		m.expect(m.raw("GET", target), 200, "SMS token was sent")
		if e := m.last(); e.Endpoint != "sms" || len(m.Outbox.List(outboxAll)) != 1 {
			t.Errorf("%s: journal %+v", target, e)
		}
		m.expect(m.get(verifyPath(vectorCode, 1000)), 200, "is valid")
	}
}
