package authyapi_test

import (
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/world"
)

func TestJournalTellsWhatAndWhy(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	old, _ := m.App.Code(1000, "", -8)
	for _, c := range []struct {
		request request
		want    journal.Entry
	}{
		{request{path: verifyPath(vectorCode, 1000) + "?force=true"},
			journal.Entry{Endpoint: "verify", Path: "/protected/json/verify/*******/1000", User: 1000, Status: 200,
				Decision: "accepted", Reason: "code of the present step", Request: "force=true"}},
		{request{path: verifyPath(vectorCode, 1000)},
			journal.Entry{Endpoint: "verify", Path: "/protected/json/verify/*******/1000", User: 1000, Status: 401,
				Decision: "refused", Reason: "code of the present step was used before"}},
		{request{path: verifyPath(old.Token, 1000)},
			journal.Entry{Endpoint: "verify", Path: "/protected/json/verify/*******/1000", User: 1000, Status: 401,
				Decision: "refused", Reason: "code of 8 steps ago, outside the window"}},
		{request{path: "/protected/json/sms/1000?api_key=" + key, noKey: true},
			journal.Entry{Endpoint: "sms", Path: "/protected/json/sms/1000", User: 1000, Status: 200,
				Decision: "ignored", Reason: "the user has the app, and the call was made without force=true",
				Request: "api_key=********"}},
		{request{path: "/protected/json/sms/1000?api_key=" + vectorCode, noKey: true},
			journal.Entry{Endpoint: "sms", Path: "/protected/json/sms/1000", User: 1000, Status: 401,
				Decision: "refused", Reason: "the API key is missing or no app's", Request: "api_key=*******"}},
		{request{path: "/protected/json/verify/x?y=" + vectorCode + "/1000"},
			journal.Entry{Endpoint: "unknown", Path: "/protected/json/verify/*", Status: 404, Decision: "refused",
				Reason: "no call of the API has this method and path", Request: "y=*******/****"}},
		{request{path: "/protected/json/users/1000/phone_number?user_ip=2001:db8::1&code=" + vectorCode},
			journal.Entry{Endpoint: "users/phone_number", Path: "/protected/json/users/1000/phone_number", User: 1000,
				Status: 400, Decision: "refused", Reason: "the app has its migration tools switched off",
				Request: "user_ip=2001:db8::1&code=*******"}},
		{request{path: "/verify/" + vectorCode + "/" + vectorCode + "/1000"},
			journal.Entry{Endpoint: "unknown", Path: "/verify/**********/****", Status: 404, Decision: "refused",
				Reason: "no call of the API has this method and path"}},
	} {
		m.do(c.request)
		got := m.last()
		if got.DoneAt == nil || !strings.HasPrefix(got.Reply, "{") {
			t.Errorf("not completed: %+v", got)
		}
		c.want.ID, c.want.At, c.want.DoneAt, c.want.Method, c.want.Reply = got.ID, got.At, got.DoneAt, "GET", got.Reply
		if got != c.want {
			t.Errorf("\n got %+v\nwant %+v", got, c.want)
		}
	}
}

func TestWithoutAnyAppTheKeyIsWrong(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for _, w := range append([]*world.World{}, m.worlds.List()...) {
		m.worlds.Remove(w.Key)
	}
	m.expect(m.get("/protected/json/app/details"), 401, "60001")
}
