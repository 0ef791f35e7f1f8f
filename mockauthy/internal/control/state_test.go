package control_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/internal/outbox"
)

func TestStateRoundTripsExactly(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.ask(201, "POST", "/_mock/users", `{"cellphone":"2015550123","name":"bob","registered":false,"disabled":true}`)
	x.ask(200, "PATCH", "/_mock/users/alice", `{"suspended":true}`)
	x.ask(200, "POST", "/_mock/clock", `{"freeze":true,"advance":"1h"}`)
	rule := x.ask(201, "POST", "/_mock/faults",
		`{"effect":{"error":"rate_limited","delay":"1ms"},"match":{"user":77,"endpoint":"verify"},"after":1,"times":3}`)
	x.ask(201, "POST", "/_mock/faults", `{"effect":{"status":503,"body":"<html>"},"probability":0.5}`)
	x.ask(204, "DELETE", "/_mock/faults/"+rule["id"].(string), "")
	_, before := x.send(request("GET", "/_mock/state", ""))

	x.ask(204, "POST", "/_mock/reset", "")
	if _, after := x.send(request("GET", "/_mock/state", "")); after == before {
		t.Fatal("the reset changed nothing")
	}
	x.ask(204, "PUT", "/_mock/state", before)
	_, after := x.send(request("GET", "/_mock/state", ""))
	if after != before {
		t.Errorf("got back\n%s, want\n%s", after, before)
	}
}

func TestResetGoesBackToTheSeed(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	_, before := x.send(request("GET", "/_mock/state", ""))
	x.ask(201, "POST", "/_mock/users", `{"cellphone":"2015550123"}`)
	x.ask(204, "DELETE", "/_mock/users/alice", "")
	x.ask(200, "POST", "/_mock/clock", `{"freeze":true}`)
	x.ask(201, "POST", "/_mock/faults", `{"effect":{"status":503}}`)
	w, _ := x.worlds.First()
	w.Outbox.Add(outbox.Message{})
	x.ask(204, "POST", "/_mock/reset", "{}")
	if _, after := x.send(request("GET", "/_mock/state", "")); after != before {
		t.Errorf("got\n%s, want\n%s", after, before)
	}
	if v := x.ask(200, "GET", "/_mock/outbox", ""); v["total"] != 0.0 {
		t.Errorf("the outbox still has %v", v)
	}
}

func TestWorldsAreApart(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	made := x.ask(201, "POST", "/_mock/apps", `{"name":"Third"}`)
	for _, key := range []string{"second", made["key"].(string)} {
		r := request("POST", "/_mock/users", `{"cellphone":"2015550123","name":"only-`+key[:5]+`"}`)
		r.Header.Set("X-Authy-API-Key", key)
		if status, text := x.send(r); status != 201 {
			t.Fatalf("%s: got %d %s", key, status, text)
		}
	}
	if v := x.ask(200, "GET", "/_mock/users", ""); v["total"] != 1.0 {
		t.Errorf("the first world got %v", v)
	}
	if v := x.ask(200, "GET", "/_mock/users?api_key=second", ""); v["total"] != 2.0 {
		t.Errorf("the second world has %v, want two users", v)
	}
	x.ask(204, "DELETE", "/_mock/apps/first", "")
	if v := x.ask(200, "GET", "/_mock/users", ""); v["total"] != 2.0 {
		t.Errorf("without the first, the second is first: got %v", v)
	}
	if v := x.ask(200, "GET", "/_mock/apps", ""); v["total"] != 2.0 {
		t.Errorf("got %v, want two apps", v)
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte(`{"users":[{"cellphone":"2015550123"}],"clock":{"skew":"1h"},"faults":[{"effect":{"status":503}}]}`))
	f.Add([]byte(`{"settings":{"totp":{"app":{"period":0}}}}`))
	f.Add([]byte(`{"users":[{"cellphone":"2015550123","history":{"used":[]}}],"seed":"00","next_id":4294967295}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		x := newTester(t)
		r := request("PUT", "/_mock/state", string(body))
		r.Header.Set("Content-Type", "application/json")
		rec := x.bare(r)
		status, text := rec.Code, rec.Body.String()
		if status != 204 && (status < 400 || status > 499 || !strings.Contains(text, `"error"`)) {
			t.Fatalf("got %d %s", status, text)
		}
		if status != 204 {
			return
		}
		first := x.bare(request("GET", "/_mock/state", "")).Body.String()
		if again := x.bare(request("PUT", "/_mock/state", first)); again.Code != 204 {
			t.Fatalf("its own state is refused: %d %s\n%s", again.Code, again.Body, first)
		}
		if second := x.bare(request("GET", "/_mock/state", "")).Body.String(); first != second {
			t.Fatalf("the state does not round-trip:\n%s\n%s", first, second)
		}
	})
}

func FuzzRequest(f *testing.F) {
	f.Add("POST", "/_mock/users", []byte(`{"cellphone":"2015550123"}`))
	f.Add("POST", "/_mock/faults", []byte(`{"effect":{"kind":"latency","delay":"1s"},"probability":1e308}`))
	f.Add("POST", "/_mock/clock", []byte(`{"advance":"2562047h"}`))
	f.Add("GET", "/_mock/users/%zz/token?step=99999999999999999999", []byte{})
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		r, err := http.NewRequest(method, "http://localhost"+path, bytes.NewReader(body))
		if err != nil || !strings.HasPrefix(path, "/_mock/") || strings.Contains(path, "wait") ||
			strings.Contains(path, "events") {
			return
		}
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		newTester(t).handler.ServeHTTP(rec, r)
		data, _ := io.ReadAll(rec.Body)
		if rec.Code >= 500 || rec.Code >= 400 && !json.Valid(data) {
			t.Fatalf("%s %s %q: got %d %s", method, path, body, rec.Code, data)
		}
	})
}
