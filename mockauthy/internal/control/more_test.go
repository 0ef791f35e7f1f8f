package control_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/outbox"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// first is the world that the tester asks when it names none.
func (x *tester) first() *world.World {
	w, ok := x.worlds.First()
	if !ok {
		x.t.Fatal("no world")
	}
	return w
}

// asked notes a verify as the API would.
func asked(w *world.World, user int64, status int) {
	w.Journal.Done(
		w.Journal.Begin(journal.Entry{Endpoint: mockapi.Verify, Method: "GET", Path: "/protected/json/verify/*/77",
			User: user}), journal.Result{Status: status, Decision: "accepted"})
}

func TestFiltersCountsAndWaits(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	asked(x.first(), 77, 200)
	asked(x.first(), 77, 503)
	asked(x.first(), 999, 200) // nobody's id
	x.first().Outbox.Add(outbox.Message{User: 77, Channel: "sms", To: "+16625550148", Code: "0000001"})
	for path, want := range map[string]float64{
		"/_mock/journal/count":                                   3,
		"/_mock/journal/count?user=alice":                        2,
		"/_mock/journal/count?user=999":                          1,
		"/_mock/journal/count?user=alice&status=503":             1,
		"/_mock/journal/count?since=2":                           1,
		"/_mock/journal/count?endpoint=sms":                      0,
		"/_mock/journal/count?method=get&done=true":              3,
		"/_mock/journal/count?done=false":                        0,
		"/_mock/outbox/count?channel=sms":                        1,
		"/_mock/outbox/count?user=77&to=%2B16625550148":          1,
		"/_mock/outbox/count?channel=call":                       0,
		"/_mock/journal/count?decision=accepted&endpoint=verify": 3,
	} {
		if got := x.ask(200, "GET", path, ""); got["count"] != want {
			t.Errorf("%s: got %v, want %v", path, got["count"], want)
		}
	}
	if v := x.ask(200, "GET", "/_mock/journal?limit=1", ""); v["total"] != 3.0 || len(v["items"].([]any)) != 1 ||
		v["items"].([]any)[0].(map[string]any)["id"] != 3.0 {
		t.Errorf("the newest one: got %v", v)
	}
	if v := x.ask(200, "GET", "/_mock/journal/wait?user=alice&count=2&timeout=5s", ""); v["total"] != 2.0 {
		t.Errorf("a wait for what is there: got %v", v)
	}
	if v := x.ask(408, "GET", "/_mock/journal/wait?user=alice&count=3&timeout=1ms",
		""); !strings.Contains(v["error"].(string), "there are 2") {
		t.Errorf("a wait in vain: got %v", v)
	}
	x.ask(400, "GET", "/_mock/journal/wait?timeout=1h", "")
	x.ask(400, "GET", "/_mock/outbox/wait?count=-1", "")

	done := make(chan map[string]any)
	go func() { done <- x.ask(200, "GET", "/_mock/outbox/wait?count=2&timeout=1m", "") }()
	x.first().Outbox.Add(outbox.Message{User: 77, Channel: "call", Code: "0000002"})
	if v := <-done; v["total"] != 2.0 {
		t.Errorf("a wait for what comes: got %v", v)
	}
	x.ask(204, "DELETE", "/_mock/journal", "")
	x.ask(204, "DELETE", "/_mock/outbox", "")
}

func TestSettingsAndQuirks(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	before := x.ask(200, "GET", "/_mock/settings", "")
	after := x.ask(200, "PATCH", "/_mock/settings",
		`{"include_device":false,"totp":{"app":{"past":2}},"delete_grace":"24h"}`)
	for field, want := range map[string]string{"include_device": "false", "delete_grace": "24h0m0s",
		"app_name": fmt.Sprint(before["app_name"])} {
		if fmt.Sprint(after[field]) != want {
			t.Errorf("%s: got %v, want %s", field, after[field], want)
		}
	}
	if app := after["totp"].(map[string]any)["app"].(map[string]any); app["past"] != 2.0 || app["digits"] != 7.0 {
		t.Errorf("the window is %v, want only past changed", app)
	}
	x.ask(400, "PATCH", "/_mock/settings", `{"id_scope":"world"}`)
	x.ask(400, "PATCH", "/_mock/settings", `{"colour":"red"}`)
	if got := x.ask(200, "GET", "/_mock/settings", ""); fmt.Sprint(got) != fmt.Sprint(after) {
		t.Errorf("a refused change left %v, want %v", got, after)
	}
	if v := x.ask(200, "GET", "/_mock/quirks", ""); v["total"].(float64) < 10 {
		t.Errorf("got %v, want many quirks", v)
	}
	if v := x.ask(200, "POST", "/_mock/quirks/vulnerable-2015", ""); v["vulnerable_2015"] != true {
		t.Errorf("got %v, want the quirk on", v)
	}
	x.ask(404, "POST", "/_mock/quirks/nonsense", "")
	x.ask(204, "POST", "/_mock/reset", "")
	if got := x.ask(200, "GET", "/_mock/settings", ""); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("after a reset: got %v, want %v", got, before)
	}
}

func TestDevices(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	made := x.ask(201, "POST", "/_mock/users/alice/devices",
		`{"os":"iphone","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR"}`)
	if v := x.ask(200, "GET", "/_mock/users/alice", ""); len(v["devices"].([]any)) != 2 {
		t.Errorf("got %v, want two devices", v)
	}
	x.ask(400, "POST", "/_mock/users/alice/devices", `{"os":"toaster"}`)
	x.ask(204, "DELETE", fmt.Sprintf("/_mock/users/alice/devices/%.0f", made["id"]), "")
	x.ask(404, "DELETE", fmt.Sprintf("/_mock/users/alice/devices/%.0f", made["id"]), "")
	x.ask(404, "DELETE", "/_mock/users/alice/devices/x", "")
}

func TestFaultsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	id := x.ask(201, "POST", "/_mock/faults", `{"effect":{"delay":"1ms"},"match":{"user":"alice"}}`)["id"].(string)
	if v := x.ask(200, "PATCH", "/_mock/faults/"+id, `{"disabled":true}`); v["disabled"] != true {
		t.Errorf("got %v", v)
	}
	if v := x.ask(200, "PATCH", "/_mock/faults/"+id, `{"disabled":false}`); v["disabled"] != nil {
		t.Errorf("got %v", v)
	}
	x.ask(404, "PATCH", "/_mock/faults/f9", `{"disabled":false}`)
	x.ask(204, "DELETE", "/_mock/faults", "")
	if v := x.ask(200, "GET", "/_mock/faults", ""); v["total"] != 0.0 {
		t.Errorf("got %v", v)
	}
}

func TestPushesAreAnswered(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	var uuids []string
	for range 3 {
		p, err := x.first().App.RequestApproval(authy.ApprovalRequest{User: "77", Message: "Log in?", Seconds: 60,
			Details: []authy.Pair{{Name: "From", Value: "here"}}})
		if err != nil {
			t.Fatal(err)
		}
		uuids = append(uuids, p.UUID)
	}
	if v := x.ask(200, "GET", "/_mock/approvals?user=alice&status=pending", ""); v["total"] != 3.0 {
		t.Errorf("got %v, want three pending ones", v)
	}
	if v := x.ask(200, "POST", "/_mock/approvals/"+uuids[0]+"/approve", ""); v["status"] != "approved" {
		t.Errorf("got %v", v)
	}
	if v := x.ask(200, "POST", "/_mock/approvals/"+uuids[1]+"/deny", "{}"); v["status"] != "denied" {
		t.Errorf("got %v", v)
	}
	x.ask(409, "POST", "/_mock/approvals/"+uuids[1]+"/approve", "")
	x.ask(200, "POST", "/_mock/clock", `{"advance":"2m"}`)
	if v := x.ask(200, "GET", "/_mock/approvals/"+uuids[2], ""); v["status"] != "expired" {
		t.Errorf("got %v", v)
	}
	x.ask(404, "GET", "/_mock/approvals/nonsense", "")
	x.ask(400, "GET", "/_mock/approvals?status=perhaps", "")
}

func TestTheGlobalClockMovesAllWorlds(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.ask(200, "POST", "/_mock/clock", `{"advance":"1h"}`)
	x.ask(200, "POST", "/_mock/clock/global", `{"freeze":true,"set":"2030-01-01T00:00:00Z"}`)
	for key, want := range map[string]string{"first": "2030-01-01T01:00:00Z", "second": "2030-01-01T00:00:00Z"} {
		if v := x.ask(200, "GET", "/_mock/clock?api_key="+key, ""); v["now"] != want {
			t.Errorf("%s: got %v, want %s", key, v, want)
		}
	}
	if v := x.ask(200, "POST", "/_mock/clock/global", `{"reset":true}`); v["now"] != "2023-11-14T22:15:50Z" {
		t.Errorf("got %v", v)
	}
}

func TestCodesOfManyAndPictures(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	if v := x.ask(200, "GET", "/_mock/codes?ids=77,999", ""); v["total"] != 2.0 {
		t.Errorf("got %v, want both families of alice", v)
	}
	if status, text := x.send(request("GET", "/_mock/users/alice/qr", "")); status != 200 ||
		!strings.HasPrefix(text, "\x89PNG") {
		t.Errorf("got %d %.20q, want a PNG", status, text)
	}
	if status, _ := x.send(request("GET", "/_mock/openapi.json", "")); status != 200 {
		t.Errorf("the document: got %d", status)
	}
	x.ask(404, "GET", "/_mock/ca.pem", "")
}

// listen reads events from a real connection until there are n.
func listen(t *testing.T, url, last string, n int, then func()) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/_mock/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("content type %q", kind)
	}
	then()
	var got []string
	for lines := bufio.NewScanner(resp.Body); len(got) < n && lines.Scan(); {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, ":") && !strings.HasPrefix(line, "retry") {
			got = append(got, line)
		}
	}
	return got
}

func TestEvents(t *testing.T) {
	t.Parallel()
	x := newTesterAt(t, time.Now) // a stream has deadlines
	srv := httptest.NewServer(x.handler)
	defer srv.Close()
	first := x.first().Events.Last()
	got := listen(t, srv.URL, "", 6, func() {
		x.ask(200, "POST", "/_mock/clock", `{"freeze":true,"set":"2023-11-14T22:15:50Z"}`)
		x.ask(201, "POST", "/_mock/users", `{"cellphone":"2015550123","id":5}`)
	})
	want := []string{
		fmt.Sprintf("id: %d", first+1), "event: clock", `data: {"now":"2023-11-14T22:15:50Z","frozen":true}`,
		fmt.Sprintf("id: %d", first+2), "event: users", `data: {"id":5}`,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
	again := listen(t, srv.URL, fmt.Sprint(first+1), 3, func() {})
	if fmt.Sprint(again) != fmt.Sprint(want[3:]) {
		t.Errorf("after the first event: got %q, want %q", again, want[3:])
	}
	// A number of a server that ran before is answered with: read everything.
	if lost := listen(t, srv.URL, "123456", 2, func() {}); len(lost) < 2 || lost[1] != "event: reset" {
		t.Errorf("an unknown number: got %q, want a reset", lost)
	}
	x.ask(400, "GET", "/_mock/events?last_event_id=x", "")
}
