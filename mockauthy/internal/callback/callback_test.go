package callback

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sftpgo-authy/mockauthy/internal/authy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parse reads JSON into a tree, in order.
func parse(t *testing.T, text string) Hash {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return read(t, d).(Hash)
}

func read(t *testing.T, d *json.Decoder) any {
	t.Helper()
	token, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch token {
	case json.Delim('{'):
		h := Hash{}
		for d.More() {
			name, _ := d.Token()
			h = append(h, Entry{name.(string), read(t, d)})
		}
		_, _ = d.Token()
		return h
	case json.Delim('['):
		l := List{}
		for d.More() {
			l = append(l, read(t, d))
		}
		_, _ = d.Token()
		return l
	}
	return token
}

// The vectors follow the algorithm that those in the tests of authy-java prove.
func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	if got := Sign("foo", "1455825429", "POST", "https://foo.bar/",
		"foo%5Bbar%5D%5Bbiz%5D=foo&qux=net"); got != "uq/wB8AR1Acvn0wFcjm7mmBJyR11nuuMhMy6semsAO8=" {
		t.Errorf("first vector: %s", got)
	}
	tree := parse(t,
		`{"authy_id":1000001,"device_uuid":77,"callback_action":"approval_request_status",`+
			`"uuid":"11111111-2222-0135-4444-555555555555","status":"approved",`+
			`"approval_request":{"transaction":{"details":{"User":"Ann Lee","Path":"/in/a&b"},"device_details":{},`+
			`"hidden_details":null,"flagged":false},"logos":[{"res":"default",`+
			`"url":"https://x.test/l.png"},{"res":"low","url":"https://x.test/s.png"}],`+
			`"expiration_timestamp":1700000300},"signature":"AA+/==","device":{"enabled_unlock_methods":["pin",`+
			`"fingerprint"],"city":null}}`)
	const want = `approval_request%5Bexpiration_timestamp%5D=1700000300&` +
		`approval_request%5Blogos%5D%5B%5D%5Bres%5D=default&` +
		`approval_request%5Blogos%5D%5B%5D%5Burl%5D=https%3A%2F%2Fx.test%2Fl.png&` +
		`approval_request%5Blogos%5D%5B%5D%5Bres%5D=low&` +
		`approval_request%5Blogos%5D%5B%5D%5Burl%5D=https%3A%2F%2Fx.test%2Fs.png&` +
		`approval_request%5Btransaction%5D%5Bdetails%5D%5BPath%5D=%2Fin%2Fa%26b&` +
		`approval_request%5Btransaction%5D%5Bdetails%5D%5BUser%5D=Ann+Lee&` +
		`approval_request%5Btransaction%5D%5Bflagged%5D=false&` +
		`approval_request%5Btransaction%5D%5Bhidden_details%5D=&authy_id=1000001&` +
		`callback_action=approval_request_status&device%5Bcity%5D=&` +
		`device%5Benabled_unlock_methods%5D%5B%5D=pin&device%5Benabled_unlock_methods%5D%5B%5D=fingerprint&` +
		`device_uuid=77&signature=AA%2B%2F%3D%3D&status=approved&uuid=11111111-2222-0135-4444-555555555555`
	params := Params(tree)
	if params != want {
		t.Errorf("parameters\n got %s\nwant %s", params, want)
	}
	if got := Sign("test-key-123", "1700000000", "POST", "https://app.test/authy/cb",
		params); got != "ucRMOWQ/D9YaiHaR9GjE2B1dS4nfQNjXyDtHEu9UEsw=" {
		t.Errorf("second vector: %s", got)
	}
}

func answer(to, method string) authy.Answer {
	at := time.Unix(1_700_000_000, 0)
	return authy.Answer{
		Approval: authy.Approval{UUID: "11111111-2222-4333-8444-555555555555", User: 1000, Status: "approved",
			Message: "Log in & stay?",
			Details: []authy.Pair{{Name: "User", Value: "Ann Lee"}},
			Logos:   [][]authy.Pair{{{Name: "res", Value: "default"}, {Name: "url", Value: "https://x.test/l.png"}}},
			Seconds: 300, CreatedAt: at},
		Device: authy.Device{ID: 77, OS: "android", CreatedAt: at}, URL: to, Method: method, Key: "test-key",
		AppID: "0123456789ab0123456789ab", At: at,
	}
}

type received struct {
	request *http.Request
	body    []byte
}

func receiver(t *testing.T, status int) (url string, got chan received) {
	t.Helper()
	got = make(chan received, 10)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- received{r, body}
		w.Header().Set("Location", "/again")
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}

// A receiver that checks the signature as clients do: over the body's own tree for POST, over the
// query for GET.
func TestCallbacksAreSigned(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			to, got := receiver(t, 302)
			done := make(chan int, 1)
			c := NewCourier(context.Background(), func(_ authy.Answer, status int, err error) {
				if err != nil {
					t.Error(err)
				}
				done <- status
			})
			defer c.Close()
			c.Deliver(answer(to+"/cb?x=1", method))
			r := <-got
			if status := <-done; status != 302 {
				t.Errorf("status %d, want the application's own and no redirect followed", status)
			}
			nonce := r.request.Header.Get("X-Authy-Signature-Nonce")
			params := r.request.URL.RawQuery
			if method == "POST" {
				params = Params(parse(t, string(r.body)))
			}
			if want := Sign("test-key", nonce, method, to+"/cb", params); nonce != "1700000000" ||
				r.request.Header.Get("X-Authy-Signature") != want {
				t.Errorf("nonce %s, signature %s, want %s", nonce, r.request.Header.Get("X-Authy-Signature"), want)
			}
			if q, _ := url.ParseQuery(r.request.URL.RawQuery); q.Get("x") != "1" {
				t.Errorf("query %s, want the URL's own x=1 in it", r.request.URL.RawQuery)
			}
			if q, _ := url.ParseQuery(params); q.Get("status") != "approved" ||
				q.Get("approval_request[transaction][details][User]") != "Ann Lee" ||
				q.Get("approval_request[logos][][res]") != "default" || q.Get("authy_id") != "1000" ||
				q.Get("callback_action") != "approval_request_status" {
				t.Errorf("parameters %s", params)
			}
		})
	}
}

func TestCloseEndsDeliveries(t *testing.T) {
	t.Parallel()
	reached, release := make(chan bool), make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached <- true; <-release }))
	defer s.Close()
	defer close(release)
	failed := make(chan error, 1)
	c := NewCourier(context.Background(), func(_ authy.Answer, _ int, err error) { failed <- err })
	c.Deliver(answer(s.URL, "POST"))
	<-reached
	c.Close()
	if err := <-failed; err == nil {
		t.Error("a delivery that was ended is reported as done")
	}
	c.Deliver(answer(s.URL, "POST")) // after Close: nothing
	c.Deliver(answer("", "POST"))
}

func TestNonsenseURL(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	c := NewCourier(context.Background(), func(_ authy.Answer, _ int, err error) { failed <- err })
	defer c.Close()
	c.Deliver(answer("http://%zz", "GET"))
	if <-failed == nil {
		t.Error("delivered to nowhere")
	}
}

func TestOrderOfABodyIsKept(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(Body(answer("http://x.test", "POST")))
	if err != nil ||
		!bytes.HasPrefix(text,
			[]byte(`{"authy_id":1000,"device_uuid":77,"callback_action":"approval_request_status","uuid":"11111111-`)) {
		t.Errorf("%s %v", text, err)
	}
}
