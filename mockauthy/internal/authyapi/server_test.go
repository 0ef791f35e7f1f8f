package authyapi_test

import (
	"context"
	"fmt"
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
	"sftpgo-authy/mockauthy/internal/world"
)

const key = "test-key"

// start is when the clock of every test stands: 2023-11-14 22:15:50 UTC, at which the vectors' code
// is 0391515.
var start = time.Unix(1_700_000_150, 0)

const (
	secret     = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	vectorCode = "0391515"
)

// mock is a served world of its own.
type mock struct {
	*world.World
	t      testing.TB
	url    string
	worlds *world.Worlds
}

func newMock(t testing.TB) *mock {
	t.Helper()
	seed := uint64(7)
	worlds, err := world.New(world.Options{Now: func() time.Time { return start }, Keys: []string{key, "other-key"},
		Seed: &seed, Remember: 1000})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(authyapi.New(worlds, authyapi.Options{}))
	t.Cleanup(server.Close)
	w, _ := worlds.Lookup(key)
	return &mock{World: w, t: t, url: server.URL, worlds: worlds}
}

// ann is a user with the vectors' secret.
func (m *mock) ann(change ...func(*authy.UserSpec)) authy.User {
	m.t.Helper()
	s := authy.UserSpec{ID: 1000, Name: "ann", Email: "ann@x.test", Cellphone: "201-555-1118", Secret: secret}
	for _, c := range change {
		c(&s)
	}
	u, err := m.App.AddUser(s)
	if err != nil {
		m.t.Fatal(err)
	}
	return u
}

func unregistered(s *authy.UserSpec) { no := false; s.Registered = &no }

func (m *mock) set(change func(*authy.Settings)) {
	m.t.Helper()
	if err := m.App.UpdateSettings(func(s *authy.Settings) error { change(s); return nil }); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mock) quirk(name string) {
	m.t.Helper()
	if err := m.UpdateSettings(func(s *world.Settings) error { return s.ApplyQuirk(name) }); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mock) fault(r fault.Rule) {
	m.t.Helper()
	if _, err := m.Faults.Add(r); err != nil {
		m.t.Fatal(err)
	}
}

// answer is a reply as a client sees it.
type answer struct {
	status int
	body   string
	header http.Header
}

// request is what a client sends; the key is in the header unless noKey.
type request struct {
	method, path, contentType, body string
	noKey                           bool
	header                          map[string]string
}

func (m *mock) try(r request) (answer, error) {
	m.t.Helper()
	if r.method == "" {
		r.method = "GET"
	}
	req, err := http.NewRequestWithContext(context.Background(), r.method, m.url+r.path, strings.NewReader(r.body))
	if err != nil {
		m.t.Fatal(err)
	}
	if !r.noKey {
		req.Header.Set("X-Authy-API-Key", key)
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, string(body), res.Header}, err
}

func (m *mock) do(r request) answer {
	m.t.Helper()
	a, err := m.try(r)
	if err != nil {
		m.t.Fatal(err)
	}
	if a.header.Get("X-Mock-Authy") == "" {
		m.t.Error("the reply does not say that it is a mock's")
	}
	check, err := checker()
	if err != nil {
		m.t.Fatal(err)
	}
	if len(m.Faults.List()) > 0 || m.App.Settings().Vulnerable2015 {
		return a // something else answers than the call in the path
	}
	if r.method == "" {
		r.method = "GET"
	}
	if err := check.check(r.method, r.path, a); err != nil {
		m.t.Error(err)
	}
	return a
}

func (m *mock) get(path string) answer { m.t.Helper(); return m.do(request{path: path}) }

func (m *mock) post(path, form string) answer {
	m.t.Helper()
	return m.do(request{method: "POST", path: path, contentType: "application/x-www-form-urlencoded", body: form})
}

func (m *mock) expect(got answer, status int, part string) {
	m.t.Helper()
	if got.status != status || !strings.Contains(got.body, part) {
		m.t.Fatalf("got %d %s\nwant %d and %s", got.status, got.body, status, part)
	}
}

// last is the newest journal entry, once it is done.
func (m *mock) last() journal.Entry {
	m.t.Helper()
	done := true
	all := m.Journal.List(journal.Filter{})
	if len(all) == 0 {
		m.t.Fatal("the journal is empty")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	finished, err := m.Journal.Wait(ctx, 1, journal.Filter{Done: &done, After: all[len(all)-1].ID - 1})
	if err != nil {
		m.t.Fatalf("the newest request was never completed: %v", err)
	}
	return finished[0]
}

func verifyPath(token string, id any) string {
	return fmt.Sprintf("/protected/json/verify/%s/%v", token, id)
}
