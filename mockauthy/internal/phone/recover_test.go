package phone_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

func TestThePageComesBackAfterTheServerRestarts(t *testing.T) {
	t.Parallel()
	addr := ports.Addrs(t, 1)[0]
	first, err := mockauthytest.Start(mockauthytest.WithListen(addr))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Client.AddUser(t.Context(),
		mockapi.NewUser{Name: "before", Cellphone: "2015550111"}); err != nil {
		t.Fatal(err)
	}
	app, err := first.Client.AddApp(t.Context(), mockapi.NewApp{Key: "gone-with-the-server"})
	if err != nil {
		t.Fatal(err)
	}
	w := openAt(t, first.URL)
	w.Sees("#phones", "before")
	w.Until(`(() => { const s = document.querySelector('#app'); s.value = '` + app.Key +
		`'; s.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	w.Sees("#phones-where", "0 users")
	live(w)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	w.Sees("#connection", "no connection")

	second, err := mockauthytest.Start(mockauthytest.WithListen(addr), mockauthytest.WithSeed(2))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	after, err := second.Client.AddUser(t.Context(), mockapi.NewUser{Name: "after", Cellphone: "2015550122"})
	if err != nil {
		t.Fatal(err)
	}
	live(w)
	w.Sees("#phones", "after") // in the first app, since the one chosen is gone
	w.Until(`!document.querySelector('#phones').textContent.includes('before')`)
	code := readCode(w, after.ID, "app")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		fmt.Sprintf("%s/protected/json/verify/%s/%d?force=true", second.URL, code, after.ID), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Authy-API-Key", second.Key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the code of the page after the restart: %d, want 200", resp.StatusCode)
	}
	w.Sees(".entry:first-child", "accepted") // events come again
}

// A server that restarts counts its messages from 1 again: the page shows the new ones under the
// old numbers.
func TestAfterARestartTheInboxHasTheNewMessages(t *testing.T) {
	t.Parallel()
	first, second := mockauthytest.New(t), mockauthytest.New(t, mockauthytest.WithSeed(2))
	var now atomic.Pointer[url.URL]
	for _, m := range []*mockauthytest.Mock{second, first} {
		ask(t, m, "/protected/json/sms/"+m.User("alice").Ref()+"?force=true")
		target, err := url.Parse(m.URL)
		if err != nil {
			t.Fatal(err)
		}
		now.Store(target)
	}
	between := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(now.Load())
		r.Out.Host = r.In.Host // the page's own origin stays the server's
	}})
	t.Cleanup(between.Close)
	w := newWindow(t)
	w.Visit(between.URL + "/")
	w.Sees("#inbox", first.Outbox(mockapi.OutboxQuery{})[0].Code[:3])
	target, err := url.Parse(second.URL)
	if err != nil {
		t.Fatal(err)
	}
	now.Store(target)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	w.Sees("#connection", "no connection")
	live(w)
	if got, want := w.Text("#inbox .code-chip .digits"), second.Outbox(mockapi.OutboxQuery{})[0].Code; got != want {
		t.Errorf("the inbox shows the code %s, want %s", got, want)
	}
}

// A part of the page gets lost on the way: the page is loaded again and works.
func TestThePageLoadsAgainWhenAPartIsLost(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.User("alice")
	target, err := url.Parse(m.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	var lost sync.Once
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve := proxy.ServeHTTP
		if strings.HasSuffix(r.URL.Path, "/words.js") {
			lost.Do(func() { serve = http.NotFound })
		}
		serve(w, r)
	}))
	t.Cleanup(between.Close)
	w := newWindow(t)
	w.Visit(between.URL + "/")
	w.Sees("#phones", "alice")
}
