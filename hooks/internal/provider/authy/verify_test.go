package authy

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/provider/exchange"
)

var (
	code = typed("0234567")
	id   = ID{digits: "1000"}
)

// typed is a code that a person typed.
func typed(s string) otp.Code {
	c, err := otp.ParseCode(s)
	if err != nil {
		panic(err)
	}
	return c
}

func verify(t *testing.T, o Options) provider.Answer {
	t.Helper()
	o.Key = "key"
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c.Verify(context.Background(), id, code)
}

func TestReplies(t *testing.T) {
	t.Parallel()
	valid, failure := authytest.Valid, authytest.Error
	whole := authytest.Whole
	for name, c := range map[string]struct {
		raw  string
		want provider.Result
		http int
	}{
		"yes":                    {whole(200, valid), provider.Right, 200},
		"yes, success a boolean": {whole(200, `{"token":"is valid","success":true}`), provider.Right, 200},
		"yes, pretty": {whole(200, "{\n \"token\": \"is valid\",\n \"success\": \"true\"\n}\n"),
			provider.Right, 200},
		"yes, escaped": {whole(200, `{"token":"is\u0020valid","success":"true"}`), provider.Right, 200},

		"success a number":   {whole(200, `{"token":"is valid","success":1}`), provider.Protocol, 200},
		"success false":      {whole(200, `{"token":"is valid","success":false}`), provider.Protocol, 200},
		"success True":       {whole(200, `{"token":"is valid","success":"True"}`), provider.Protocol, 200},
		"success null":       {whole(200, `{"token":"is valid","success":null}`), provider.Protocol, 200},
		"success in a list":  {whole(200, `{"token":"is valid","success":["true"]}`), provider.Protocol, 200},
		"success missing":    {whole(200, `{"token":"is valid"}`), provider.Protocol, 200},
		"token missing":      {whole(200, `{"success":"true"}`), provider.Protocol, 200},
		"token a boolean":    {whole(200, `{"token":true,"success":"true"}`), provider.Protocol, 200},
		"token Is Valid":     {whole(200, `{"token":"Is Valid","success":"true"}`), provider.Protocol, 200},
		"token with a blank": {whole(200, `{"token":"is valid ","success":"true"}`), provider.Protocol, 200},
		"names in capitals":  {whole(200, `{"TOKEN":"is valid","SUCCESS":"true"}`), provider.Protocol, 200},
		"token twice": {whole(200, `{"token":"is invalid","token":"is valid","success":"true"}`),
			provider.Protocol, 200},
		"token twice, escaped": {whole(200, `{"token":"is invalid","tok\u0065n":"is valid","success":"true"}`),
			provider.Protocol, 200},
		"twice inside": {whole(200, `{"token":"is valid","success":"true","device":{"id":1,"id":2}}`),
			provider.Protocol, 200},
		"a yes and an error code": {whole(200, `{"token":"is valid","success":"true","error_code":"60099"}`),
			provider.Refused, 200},
		"two documents":   {whole(200, valid+valid), provider.Protocol, 200},
		"in a list":       {whole(200, "["+valid+"]"), provider.Protocol, 200},
		"byte order mark": {whole(200, "\ufeff"+valid), provider.Protocol, 200},
		"not utf-8": {whole(200, "{\"token\":\"is valid\",\"success\":\"true\",\"city\":\"\xff\"}"),
			provider.Protocol, 200},
		"comment": {whole(200, valid+"//"), provider.Protocol, 200},
		"body of an sms": {whole(200,
			`{"success":true,"message":"SMS token was sent","cellphone":"+1-XXX-XXX-XX85"}`), provider.Protocol, 200},
		"empty": {whole(200, ""), provider.Protocol, 200},
		"html":  {whole(200, "<html>is valid</html>"), provider.Protocol, 200},
		"large": {whole(200, valid[:len(valid)-1]+`,"x":"`+strings.Repeat("x", 64<<10)+`"}`),
			provider.Protocol, 200},
		"at the bound": {whole(200, `{"token":"is valid","success":"true"}`+strings.Repeat(" ", 64<<10-37)),
			provider.Right, 200},
		"one over the bound": {whole(200, `{"token":"is valid","success":"true"}`+strings.Repeat(" ", 64<<10-36)),
			provider.Protocol, 200},
		"201":                      {whole(201, valid), provider.Protocol, 201},
		"204":                      {"HTTP/1.1 204 x\r\n\r\n", provider.Protocol, 204},
		"206":                      {whole(206, valid), provider.Protocol, 206},
		"404 with the body of yes": {whole(404, valid), provider.Protocol, 404},
		"500 with the body of yes": {whole(500, valid), provider.Protocol, 500},

		"60020":                 {whole(401, authytest.Invalid), provider.Wrong, 401},
		"60019":                 {whole(401, failure("60019")), provider.Used, 401},
		"60016":                 {whole(404, failure("60016")), provider.UnknownUser, 404},
		"60026":                 {whole(404, failure("60026")), provider.UnknownUser, 404},
		"60017, an http 503":    {whole(503, failure("60017")), provider.Blocked, 503},
		"60018":                 {whole(401, failure("60018")), provider.Blocked, 401},
		"60106":                 {whole(503, failure("60106")), provider.Blocked, 503},
		"60107":                 {whole(503, failure("60107")), provider.Blocked, 503},
		"60001":                 {whole(401, failure("60001")), provider.RejectedKey, 401},
		"60047":                 {whole(401, failure("60047")), provider.RejectedKey, 401},
		"60073":                 {whole(400, failure("60073")), provider.RejectedKey, 400},
		"60003":                 {whole(429, failure("60003")), provider.Limited, 429},
		"60003 as it was":       {whole(503, failure("60003")), provider.Limited, 503},
		"429 html":              {whole(429, "<html>"), provider.Limited, 429},
		"429 with another code": {whole(429, failure("60120")), provider.Limited, 429},
		"another code":          {whole(503, failure("60008")), provider.Refused, 503},
		"another code in a 200": {whole(200, failure("60000")), provider.Refused, 200},
		"an unheard-of code":    {whole(500, failure("61234")), provider.Refused, 500},
		"code as a number":      {whole(401, `{"error_code":60020,"success":false}`), provider.Wrong, 401},
		"code as null":          {whole(503, `{"error_code":null,"success":false}`), provider.Refused, 503},
		"401 in words":          {whole(401, "invalid key"), provider.Protocol, 401},
		"403":                   {whole(403, ""), provider.Protocol, 403},
		"404 html":              {whole(404, "<html>"), provider.Protocol, 404},
		"400 foreign json":      {whole(400, `{"error":"x"}`), provider.Protocol, 400},
		"302": {"HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
			provider.Protocol, 302},
		"307 with the body of yes": {"HTTP/1.1 307 x\r\nLocation: /y\r\nContent-Length: 37\r\n\r\n" +
			`{"token":"is valid","success":"true"}`, provider.Protocol, 307},
		"503 old form without code": {whole(503, `{"message":"User has been suspended.","success":false}`),
			provider.Protocol, 503},

		// Answers that broke off: somebody decided, and we do not know what.
		"200 cut":                 {whole(200, valid)[:100], provider.Protocol, 200},
		"503 cut":                 {whole(503, failure("60017"))[:60], provider.Protocol, 503},
		"503 cut before the body": {whole(503, failure("60017"))[:40], provider.Protocol, 503},
		"503 without length, cut": {"HTTP/1.1 503 x\r\nConnection: close\r\n\r\n" + `{"error_code":"60017","mess`,
			provider.Protocol, 503},
		"503 with a code twice": {whole(503, `{"error_code":"1","error_code":"60017","success":false}`),
			provider.Protocol, 503},
		"999 html, which is no 5xx": {whole(999, "<html>"), provider.Protocol, 999},
		"503 compressed, said twice": {
			"HTTP/1.1 503 x\r\nContent-Encoding: \r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz",
			provider.Protocol, 503},
		"503 with a byte order mark": {whole(503, "\ufeff"+failure("60017")), provider.Protocol, 503},
		"503 html, too large":        {whole(503, "<html>"+strings.Repeat("x", 64<<10)), provider.Protocol, 503},
		"503 html, cut":              {whole(503, "<html></html>")[:42], provider.Protocol, 503},
		"503 compressed, not asked for": {"HTTP/1.1 503 x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz",
			provider.Protocol, 503},
		"cut in the headers":        {"HTTP/1.1 200 OK\r\nContent-Le", provider.Protocol, 200},
		"headers that are none":     {"HTTP/1.1 503 x\r\nwhat is this\r\n\r\n", provider.Protocol, 503},
		"nothing but a status line": {"HTTP/1.1 503 x\r\n", provider.Protocol, 503},
		"chunk that is none": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
			provider.Protocol, 200},
		"headers beyond all bounds": {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 128<<10) + "\r\n\r\n",
			provider.Protocol, 200},
		"continue, then broken off": {"HTTP/1.1 100 Continue\r\n\r\n", provider.Protocol, 100},
		"continue, then yes":        {"HTTP/1.1 100 Continue\r\n\r\n" + whole(200, valid), provider.Right, 200},
		"interim replies without end": {strings.Repeat("HTTP/1.1 102 x\r\n\r\n", 10) + whole(200, valid),
			provider.Protocol, 102},
		"chunks of one byte": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
			chunked(valid+strings.Repeat(" ", 64<<10-len(valid))), provider.Right, 200},
		"switching protocols": {"HTTP/1.1 101 x\r\n\r\n", provider.Protocol, 101},

		// No answer.
		"reset before anything":  {"", provider.NoAnswer, 0},
		"cut in the status line": {"HTTP/1.1 50", provider.NoAnswer, 0},
		"another protocol":       {"SSH-2.0-x\r\n", provider.NoAnswer, 0},
		"503 html": {whole(503, "<html><h1>503 Service Unavailable</h1></html>"),
			provider.NoAnswer, 503},
		"502 empty":                  {whole(502, ""), provider.NoAnswer, 502},
		"500 text":                   {whole(500, "Internal Server Error"), provider.NoAnswer, 500},
		"504 foreign json":           {whole(504, `{"message":"Endpoint request timed out"}`), provider.NoAnswer, 504},
		"503 a json list":            {whole(503, `["60017"]`), provider.NoAnswer, 503},
		"503 html, without a length": {"HTTP/1.0 503 x\r\n\r\n<html></html>", provider.NoAnswer, 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := verify(t, Options{URL: authytest.Raw(t, c.raw).URL})
			if got != (provider.Answer{Result: c.want, Status: c.http}) {
				t.Errorf("got %+v, want %+v", got, provider.Answer{Result: c.want, Status: c.http})
			}
		})
	}
}

// chunked writes a body byte by byte.
func chunked(body string) string {
	var b strings.Builder
	for i := range len(body) {
		b.WriteString("1\r\n" + body[i:i+1] + "\r\n")
	}
	return b.String() + "0\r\n\r\n"
}

func TestSilence(t *testing.T) {
	t.Parallel()
	soon := Options{Timeout: 2 * time.Second} // enough for a busy machine; the cases wait side by side
	slow := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			_, _ = c.Write([]byte(text))
			_, _ = c.Read(make([]byte, 1)) // until the client gives up
		}
	}
	for name, c := range map[string]struct {
		url  string
		want provider.Answer
	}{
		"nobody listens": {authytest.Nobody(t), provider.Answer{Result: provider.NoAnswer, Status: 0}},
		"no such host":   {"http://nobody.invalid", provider.Answer{Result: provider.NoAnswer, Status: 0}},
		"says nothing": {authytest.Conn(t, slow("")).URL,
			provider.Answer{Result: provider.NoAnswer, Status: 0}},
		"stops in the status line": {authytest.Conn(t, slow("HTTP/1.1 2")).URL,
			provider.Answer{Result: provider.NoAnswer, Status: 0}},
		"stops in the headers": {authytest.Conn(t, slow("HTTP/1.1 200 OK\r\nA: b\r\n")).URL,
			provider.Answer{Result: provider.Protocol, Status: 200}},
		"stops in the body": {authytest.Conn(t, slow("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")).URL,
			provider.Answer{Result: provider.Protocol, Status: 200}},
		"503 that stops, as 60017": {authytest.Conn(t,
			slow("HTTP/1.1 503 x\r\nContent-Length: 99\r\n\r\n{\"error_")).URL,
			provider.Answer{Result: provider.Protocol, Status: 503}},
		"tls asked, http answered": {strings.Replace(authytest.Says(t, 200, authytest.Valid).URL, "http:", "https:", 1),
			provider.Answer{Result: provider.NoAnswer, Status: 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := soon
			o.URL = c.url
			if got := verify(t, o); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, authytest.Valid)
	}))
	t.Cleanup(server.Close)
	if got := verify(t, Options{URL: server.URL}); got != (provider.Answer{Result: provider.NoAnswer, Status: 0}) {
		t.Errorf("certificate of nobody we know: got %+v", got)
	}
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	right := provider.Answer{Result: provider.Right, Status: 200}
	if got := verify(t, Options{URL: server.URL, Roots: roots}); got != right {
		t.Errorf("certificate that we trust: got %+v", got)
	}
	elsewhere := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	if got := verify(t, Options{URL: elsewhere, Roots: roots}); got != (provider.Answer{Result: provider.NoAnswer}) {
		t.Errorf("certificate for another name: got %+v", got)
	}
}

func TestGzipBombStaysSmall(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	_, _ = w.Write([]byte(`{"token":"is valid","success":"true","x":"` + strings.Repeat("x", 10<<20) + `"}`))
	_ = w.Close()
	server := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" {
			t.Error("asked for compression")
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	if got := verify(t, Options{URL: server.URL}); got != (provider.Answer{Result: provider.Protocol, Status: 200}) {
		t.Errorf("got %+v", got)
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	var key, method string
	server := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		key, method = r.Header.Get("X-Authy-API-Key"), r.Method
		fmt.Fprint(w, authytest.Valid)
	})
	verify(t, Options{URL: server.URL + "/"})
	want := "/protected/json/verify/0234567/1000?force=true"
	if seen := server.Seen(); len(seen) != 1 || seen[0] != want || key != "key" || method != "GET" {
		t.Errorf("saw %s %v with key %q, want one GET %s", method, seen, key, want)
	}
}

func TestNothingIsRepeated(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]http.HandlerFunc{
		"503": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
		"429": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(429)
		},
		"reset": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := authytest.New(t, reply)
			c, err := New(Options{URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			// Twice, since net/http repeats only on a connection that was used before.
			for range 2 {
				c.Verify(context.Background(), id, code)
			}
			if seen := server.Seen(); len(seen) != 2 {
				t.Errorf("two calls made the requests %v", seen)
			}
		})
	}
}

func TestOwnLimitsAreAnswers(t *testing.T) {
	t.Parallel()
	server := authytest.Conn(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) })
	c, err := New(Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got := c.Verify(ctx, id, code); got.Result != provider.Limited {
		t.Errorf("cancelled by us: got %+v", got)
	}
	if got := c.Verify(context.Background(), ID{}, code); got.Result != provider.Refused {
		t.Errorf("nobody's id: got %+v", got)
	}
	if got := c.Verify(context.Background(), id, otp.Code{}); got.Result != provider.Refused {
		t.Errorf("no code: got %+v", got)
	}
}

// FuzzReply holds the rule of the yes: a reply without the words does not pass, whatever else it
// has.
func FuzzReply(f *testing.F) {
	f.Add(200, authytest.Valid, true)
	f.Add(503, authytest.Error("60017"), true)
	f.Add(200, `{"token":"is valid","token":"x","success":"true"}`, true)
	f.Fuzz(func(t *testing.T, status int, body string, whole bool) {
		got := classify(language().Sift(exchange.Reply{Status: status, Body: []byte(body), Whole: whole}))
		lower := strings.ToLower(body)
		if got.Result == provider.Right &&
			(status != 200 || !whole || !strings.HasPrefix(strings.TrimSpace(body), "{") ||
				!strings.Contains(lower, "true") || strings.Contains(lower, `"error_code"`)) {
			t.Fatalf("%d %q passed", status, body)
		}
		if got.Result == provider.NoAnswer && status != 0 &&
			(status < 500 || !whole || strings.Contains(body, `"error_code"`) && strings.HasPrefix(body, "{")) {
			t.Fatalf("%d %q counts as no answer", status, body)
		}
	})
}
