package phone_test

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// chromium is the one browser of this test binary; every test has windows of its own in it.
var chromium struct {
	once    sync.Once
	browser *browser.Browser
	err     error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.browser != nil {
		_ = chromium.browser.Close() // the tests have spoken
	}
	os.Exit(code)
}

// newWindow opens an empty window; without Chromium the test is skipped.
func newWindow(t testing.TB) *browser.Window {
	t.Helper()
	path := browser.Find(t)
	chromium.once.Do(func() { chromium.browser, chromium.err = browser.Start(path, nil) })
	if chromium.err != nil {
		t.Fatal(chromium.err)
	}
	return chromium.browser.Window(t)
}

// open shows the phone page of a mock and waits until it is live. Exceptions in it, and whatever
// its own policy had to refuse, fail the test.
func open(t testing.TB, m *mockauthytest.Mock) *browser.Window {
	t.Helper()
	return openAt(t, m.URL)
}

func openAt(t testing.TB, url string) *browser.Window {
	t.Helper()
	w := newWindow(t)
	w.Visit(url + "/")
	live(w)
	t.Cleanup(func() {
		for _, problem := range w.Problems() {
			t.Errorf("the page complained: %s", problem)
		}
	})
	return w
}

// live waits until the page says that it is connected.
func live(w *browser.Window) {
	w.Until(`document.querySelector('#connection').dataset.state === 'live'`)
}

// readCode reads the code of a user from the page, as a person does. family is "app" or "generic".
func readCode(w *browser.Window, user int64, family string) string {
	selector := fmt.Sprintf(`[data-user="%d"] [data-family=%q] .digits`, user, family)
	w.Until(fmt.Sprintf(`/^[0-9]+$/.test(document.querySelector(%s).textContent)`, browser.Quote(selector)))
	return w.Text(selector)
}
