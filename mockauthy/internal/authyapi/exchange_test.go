package authyapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/authyapi"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/outbox"
	"sftpgo-authy/mockauthy/mockapi"
)

// Whether a code is still fresh afterwards tells whether the engine has acted on the request.
func TestEffects(t *testing.T) {
	t.Parallel()
	const valid = `{"message":"Token is valid.","token":"is valid","success":"true"}`
	for name, c := range map[string]struct {
		effect    fault.Effect
		status    int // 0: no reply at all
		body      string
		header    [2]string
		processed bool
	}{
		"error by code": {fault.Effect{Error: "60003"}, 429, `"error_code":"60003"`, [2]string{}, false},
		"error by name": {fault.Effect{Error: "user_suspended", RetryAfter: "120"}, 503,
			`"error_code":"60017"`, [2]string{"Retry-After", "120"}, false},
		"error with another status": {fault.Effect{Error: "60003", Status: 503}, 503, `"error_code":"60003"`,
			[2]string{}, false},
		"status": {fault.Effect{Status: 500, Body: "oops", ContentType: "text/plain"}, 500, "oops",
			[2]string{"Content-Type", "text/plain"}, false},
		"status without a body": {fault.Effect{Status: 502}, 502, "", [2]string{}, false},
		"latency":               {fault.Effect{Delay: 20 * time.Millisecond}, 200, valid, [2]string{}, true},
		"dropped before":        {fault.Effect{Kind: mockapi.DropBefore}, 0, "", [2]string{}, false},
		"dropped after":         {fault.Effect{Kind: mockapi.DropAfter}, 0, "", [2]string{}, true},
		"dropped midway":        {fault.Effect{Kind: mockapi.DropMidway}, 0, "", [2]string{}, true},
		"truncated": {fault.Effect{Kind: mockapi.Truncate}, 200, valid[:len(valid)/2],
			[2]string{}, true},
		"truncated after 5": {fault.Effect{Kind: mockapi.Truncate, Bytes: 5}, 200, valid[:5],
			[2]string{}, true},
		"empty 200": {fault.Effect{Kind: mockapi.EmptyOK}, 200, "", [2]string{}, false},
		"HTML 503": {fault.Effect{Kind: mockapi.HTML503}, 503, "<html>",
			[2]string{"Content-Type", "text/html"}, false},
		"redirect": {fault.Effect{Location: "/protected/json/sms/1000"}, 302, "",
			[2]string{"Location", "/protected/json/sms/1000"}, false},
		"permanent redirect": {fault.Effect{Location: "http://x.test/", Status: 308}, 308, "",
			[2]string{"Location", "http://x.test/"}, false},
		"success as boolean": {fault.Effect{Kind: mockapi.SuccessBoolean}, 200,
			`"token":"is valid","success":true}`, [2]string{}, true},
		"wrong types": {fault.Effect{Kind: mockapi.WrongTypes}, 200,
			`{"message":["Token is valid."],"token":["is valid"],"success":true}`, [2]string{}, true},
		"extra keys": {fault.Effect{Kind: mockapi.ExtraKeys}, 200,
			`{"unheard_of":{"list":[1,null,"x"],"flag":true},"zz":null,"message":"Token is valid."`, [2]string{}, true},
		"slow body": {fault.Effect{Kind: mockapi.SlowBody, Delay: 20 * time.Millisecond}, 200, valid,
			[2]string{}, true},
		"malformed": {fault.Effect{Kind: mockapi.Malformed}, 200, "<<<", [2]string{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			m.set(func(s *authy.Settings) { s.IncludeDevice = false })
			m.ann()
			m.fault(fault.Rule{Match: fault.Match{Endpoint: mockapi.Verify, User: "ann"}, Effect: c.effect, Times: 1})
			got, err := m.try(request{path: verifyPath(vectorCode, 1000)})
			if (err != nil) != (c.status == 0) || got.status != c.status && err == nil {
				t.Fatalf("got %d %s %v, want %d", got.status, got.body, err, c.status)
			}
			if err == nil && (!strings.Contains(got.body, c.body) || c.body == "" && got.body != "") {
				t.Errorf("body %q, want %q", got.body, c.body)
			}
			if k := c.header[0]; k != "" && got.header.Get(k) != c.header[1] {
				t.Errorf("header %s: %q, want %q", k, got.header.Get(k), c.header[1])
			}
			if e := m.last(); e.Fault == "" || e.Status != c.status || !strings.Contains(e.Reason, "fault: ") {
				t.Errorf("journal: %+v", e)
			}
			want, part := 200, "is valid"
			if c.processed {
				want, part = 401, "60019"
			}
			m.expect(m.get(verifyPath(vectorCode, 1000)), want, part)
			m.expect(m.get("/protected/json/app/details"), 200, "Application information.")
		})
	}
}

func TestEveryErrorCanBeOrdered(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for _, e := range authy.Errors() {
		for _, ref := range []string{e.Code, e.Name} {
			m.fault(fault.Rule{Effect: fault.Effect{Error: ref}, Times: 1})
			got := m.get("/protected/json/app/details")
			var body struct {
				Code    string            `json:"error_code"`
				Message string            `json:"message"`
				Success *bool             `json:"success"`
				Errors  map[string]string `json:"errors"`
			}
			if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.status != e.Status ||
				body.Code != e.Code ||
				body.Message != e.Message || body.Success == nil || *body.Success || body.Errors == nil {
				t.Errorf("%s: %d %s %v", ref, got.status, got.body, err)
			}
		}
	}
}

func TestFaultsStandBehindTheKey(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.fault(fault.Rule{Effect: fault.Effect{Status: 500}})
	m.expect(m.do(request{path: "/protected/json/app/details", noKey: true}), 401, "60001")
	m.expect(m.do(request{path: "/protected/json/app/details",
		header: map[string]string{"X-Authy-API-Key": "other-key"}}), 200, "Demo App")
	m.expect(m.get("/protected/json/app/details"), 500, "")
}

// A client that hangs up ends the delay; so does a server that stops.
func TestLatencyEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.fault(fault.Rule{Effect: fault.Effect{Delay: 4 * time.Minute}})
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error)
	go func() {
		req, err := http.NewRequestWithContext(ctx, "GET", m.url+"/protected/json/app/details?api_key="+key, nil)
		if err == nil {
			_, err = http.DefaultClient.Do(req) //nolint:bodyclose // it fails
		}
		failed <- err
	}()
	soon, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	if _, err := m.Journal.Wait(soon, 1, journal.Filter{}); err != nil {
		t.Fatal("a request is not in the journal before it is answered")
	}
	cancel()
	if err := <-failed; err == nil {
		t.Fatal("the request was answered")
	}
	m.last() // waits for completion
}

func TestDelayIsAfterTheDecision(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann(unregistered)
	m.fault(fault.Rule{Effect: fault.Effect{Delay: 4 * time.Minute}, Times: 1})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		req, _ := http.NewRequestWithContext(ctx, "GET", m.url+"/protected/json/sms/1000?api_key="+key, nil)
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
		}
	}()
	wait, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	if _, err := m.Outbox.Wait(wait, 1, outbox.Filter{}); err != nil {
		t.Fatal("the text of a slow request was not sent at once")
	}
}

// A client sees the headers and waits for the body until it has had enough; the code is used up.
func TestHangMidway(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	m.fault(fault.Rule{Effect: fault.Effect{Kind: "hang_midway"}, Times: 1})
	ctx, giveUp := context.WithCancel(context.Background())
	defer giveUp()
	req, err := http.NewRequestWithContext(ctx, "GET", m.url+verifyPath(vectorCode, 1000)+"?api_key="+key, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 200 || resp.ContentLength < 100 {
		t.Fatalf("got %+v, %v, want the headers of a right code", resp, err)
	}
	defer resp.Body.Close()
	giveUp()
	if body, err := io.ReadAll(resp.Body); len(body) > 0 || err == nil {
		t.Errorf("got %q, %v, want nothing and an error", body, err)
	}
	if e := m.last(); e.Status != 0 || e.Decision != "accepted" ||
		!strings.HasSuffix(e.Reason, "; fault: hang_midway") {
		t.Errorf("journal: %+v", e)
	}
	m.expect(m.get(verifyPath(vectorCode, 1000)), 401, "60019")
}

// Where a connection cannot be taken over, as with HTTP/2, net/http is told to end it, and the
// journal still knows.
func TestDropWithoutAConnection(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for _, kind := range []string{mockapi.DropBefore, mockapi.DropAfter, mockapi.DropMidway} {
		m.fault(fault.Rule{Effect: fault.Effect{Kind: kind}, Times: 1})
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("%s: got %v, want the panic that net/http knows", kind, p)
				}
			}()
			req := httptest.NewRequest("GET", "/protected/json/app/details", nil)
			req.Header.Set("X-Authy-API-Key", key)
			authyapi.New(m.worlds, authyapi.Options{}).ServeHTTP(httptest.NewRecorder(), req)
		}()
		if e := m.last(); e.Decision != "dropped" || e.Reason != "fault: "+kind || e.Status != 0 {
			t.Errorf("%s: journal %+v", kind, e)
		}
	}
}

func TestBehindAnotherURL(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	req := httptest.NewRequest("POST", "/protected/json/users/1000/secret", nil)
	req.Header.Set("X-Authy-API-Key", key)
	rec := httptest.NewRecorder()
	authyapi.New(m.worlds, authyapi.Options{ExternalURL: "https://mock.test/"}).ServeHTTP(rec, req)
	if !strings.Contains(rec.Body.String(), `"qr_code":"https://mock.test/qr/`) {
		t.Errorf("got %s", rec.Body)
	}
}
