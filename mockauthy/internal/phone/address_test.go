package phone_test

import (
	"testing"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// twoApps returns a mock with alice in its first app and zoe in "other key", whose key must be
// quoted in an address.
func twoApps(t *testing.T) *mockauthytest.Mock {
	t.Helper()
	m := mockauthytest.New(t)
	m.User("alice")
	other, err := m.Client.AddApp(t.Context(), mockapi.NewApp{Key: "other+key"})
	if err != nil {
		t.Fatal(err)
	}
	second := &mockapi.Client{URL: m.URL, Key: other.Key}
	if _, err := second.AddUser(t.Context(), mockapi.NewUser{Name: "zoe", Cellphone: "2015550188"}); err != nil {
		t.Fatal(err)
	}
	return m
}

// shows waits until the page is live and shows that user and no other.
func shows(w *browser.Window, name string) {
	live(w)
	w.Until(`document.querySelectorAll('.phone').length === 1 && document.querySelector('.phone ` +
		`.name').textContent === ` + browser.Quote(name))
}

// pick chooses an app as a person does.
func pick(w *browser.Window, key string) {
	browser.Value[any](w, `(() => { const s = document.querySelector('#app'); s.value = `+browser.Quote(key)+
		`; s.dispatchEvent(new Event('change', {bubbles: true})); })()`)
}

func TestTheAddressNamesTheApp(t *testing.T) {
	t.Parallel()
	m := twoApps(t)
	w := open(t, m)
	shows(w, "alice")
	pick(w, "other+key")
	shows(w, "zoe")
	browser.Value[any](w, `void setTimeout(() => location.reload())`)
	w.Until(`performance.getEntriesByType('navigation')[0].type === 'reload'`)
	shows(w, "zoe")
	browser.Value[any](w, `document.querySelector('.jump a').click()`) // a part of the same page is the same app
	w.Until(`location.hash === '#phones'`)
	pick(w, m.Key)
	shows(w, "alice")
	browser.Value[any](w, `history.back()`)
	shows(w, "zoe")
	browser.Value[any](w, `history.go(-2)`)
	shows(w, "alice")
	browser.Value[any](w, `history.forward()`)
	shows(w, "zoe")
	bookmark := browser.Value[string](w, `location.href`)
	w = newWindow(t)
	w.Visit(bookmark)
	shows(w, "zoe")
	if got := browser.Value[string](w, `document.querySelector('#app').value`); got != "other+key" {
		t.Errorf("the bookmark chose %q", got)
	}
}

// An app that is not there, or not yet there again, is said and not made up; the page goes to it
// when it comes.
func TestAnUnknownAppInTheAddress(t *testing.T) {
	t.Parallel()
	m := twoApps(t)
	w := newWindow(t)
	w.Visit(m.URL + "/?app=%3Cimg%20src%3Dx%3E")
	shows(w, "alice")
	w.Sees(".app-missing", "There is no app “<img src=x>” here now")
	w.Visit(m.URL + "/?app=late")
	shows(w, "alice")
	w.Sees(".app-missing", "“late”")
	if _, err := m.Client.AddApp(t.Context(), mockapi.NewApp{Key: "late"}); err != nil {
		t.Fatal(err)
	}
	w.Focus("#app")
	w.Until(`document.querySelector('#app').value === 'late' && !document.querySelector('.app-missing').textContent`)
	w.Sees("#phones-where", "0 users")
	if err := m.Client.RemoveApp(t.Context(), "late"); err != nil {
		t.Fatal(err)
	}
	shows(w, "alice")
	w.Sees(".app-missing", "“late”")
	pick(w, "other+key")
	shows(w, "zoe")
	w.Until(`!document.querySelector('.app-missing').textContent`)
}
