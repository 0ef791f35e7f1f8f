package phone_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockauthytest"
)

// The page asks for the rules when one was hit. While that answer is on its way the rule is taken
// away: the page, which an event has told, must not believe the old answer.
func TestAnOldAnswerDoesNotBringAFaultBack(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	target, err := url.Parse(m.URL)
	if err != nil {
		t.Fatal(err)
	}
	var slow, released atomic.Bool
	asked, release, again := make(chan struct{}), make(chan struct{}), make(chan struct{}, 10)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.Method != http.MethodGet || r.Request.URL.Path != "/_mock/faults" {
			return nil
		}
		if slow.CompareAndSwap(true, false) {
			close(asked)
			<-release
		} else if released.Load() {
			again <- struct{}{}
		}
		return nil
	}
	between := httptest.NewServer(proxy)
	t.Cleanup(between.Close)
	w := openAt(t, between.URL)
	const wrongKey = `.fault:has(input):nth-of-type(5)`
	w.Click(wrongKey + " input")
	w.Sees(wrongKey, "hit 0 times")
	slow.Store(true)
	if got := verify(t, m, alice.Code(), alice.ID); got != http.StatusUnauthorized {
		t.Fatalf("with the fault on: %d, want 401", got)
	}
	await(t, asked, "the page to ask for the rules")
	rules, err := m.Client.Faults(t.Context())
	if err != nil || len(rules) != 1 {
		t.Fatalf("rules %v, %v; want one", rules, err)
	}
	if err := m.Client.RemoveFault(t.Context(), rules[0].ID); err != nil {
		t.Fatal(err)
	}
	w.Until(`!document.querySelector('` + wrongKey + `').classList.contains('on')`)
	released.Store(true)
	close(release)
	await(t, again, "the page to ask again")
	w.Until(`!document.querySelector('` + wrongKey + `').classList.contains('on')`)
}

func await(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("waited for %s", what)
	}
}
