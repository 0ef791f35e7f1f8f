package phone_test

import (
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// Every text that comes from outside, put where a careless page would let it act.
func TestTextsFromOutsideAreOnlyTexts(t *testing.T) {
	t.Parallel()
	const evil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
	m := mockauthytest.New(t)
	mallory := m.AddUser(mockapi.NewUser{Name: evil, Email: `"><svg onload=document.title='owned'>@example.com`,
		Cellphone: "2015550199"})
	m.Fault(mockapi.AppDetails, mockapi.Effect{Kind: mockapi.RawStatus, Status: 418, Body: evil}).For(mallory).Always()
	ask(t, m, "/protected/json/sms/"+mallory.Ref()+"?force=true&action_message="+url.QueryEscape(evil))
	ask(t, m, "/protected/json/verify/"+url.PathEscape(evil)+"/"+mallory.Ref())
	ask(t, m, "/protected/json/"+url.PathEscape(evil))
	const short = `<svg onload=x()>` // names of apps and details have bounds
	push(t, m, mallory, evil, short, evil)
	if _, err := m.Client.AddApp(t.Context(), mockapi.NewApp{Name: short}); err != nil {
		t.Fatal(err)
	}
	w := open(t, m)
	w.Sees(".push-text", evil)
	w.Sees(".push dt", short)
	w.Sees(".push dd", evil)
	w.Until(`document.querySelector('#app').textContent.includes(` + browser.Quote(short) + `)`)
	w.Sees("#phones .name", evil)
	w.Sees("#inbox", evil)
	w.Sees("#journal", evil) // by the name of the user
	w.Sees(".rule", evil)
	w.Click(".phone-foot button")
	w.Sees("dialog h2", evil)
	w.Until(`document.querySelector('dialog .qr').naturalWidth > 0`)
	w.Press("\x1b")
	for i := 1; i <= 4; i++ {
		w.Click(fmt.Sprintf(".entry:nth-child(%d) .entry-row", i))
	}
	w.Type("#search", evil)
	w.Sees("#phones-where", "1 user")
	if title := browser.Value[string](w, `document.title`); title != "(1) mockauthy" {
		t.Errorf("the title became %q", title)
	}
	if n := browser.Value[int](w,
		`document.querySelectorAll('body script, img[src="x"], svg[onload]').length`); n != 0 {
		t.Errorf("%d elements were made of texts", n)
	}
}

// attack is a page of somebody else that tries what a page can to read and drive a mock on this
// machine.
var attack = template.Must(template.New("").Parse(`<!doctype html><title>attack</title>
<img id="picture" src="{{.}}/_mock/users/alice/qr"><iframe id="frame" src="{{.}}/"></iframe>
<form id="form" method="post" target="_blank" enctype="text/plain" action="{{.}}/_mock/reset"></form>
<script>
const mock = "{{.}}";
const read = (path, init) => fetch(mock + path, init).then((r) => r.text())
	.then((text) => "read: " + text, () => "refused");
const blind = (path, init) => fetch(mock + path, {mode: "no-cors", ...init}).then(() => "sent", () => "not sent");
window.sent = Promise.all([blind("/_mock/clock", {method: "POST", body: '{"advance":"1h"}'}),
	blind("/_mock/reset", {method: "POST"})]);
window.result = (async () => [
  await read("/_mock/users"), await read("/_mock/users/alice/token"), await read("/_mock/codes?ids=1"), await read("/"),
  await read("/_mock/clock", {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"advance":"1h"}'}),
  await read("/_mock/faults", {method: "DELETE"}),
  await new Promise((done) => {
    const s = new EventSource(mock + "/_mock/events"); s.onmessage = s.onopen = () => done("events");
    s.onerror = () => { s.close(); done("no events"); }; }),
  await new Promise((done) => {
    const i = document.getElementById("picture"); const end = () => done(i.naturalWidth ? "picture" : "no picture");
    i.complete ? end() : i.onload = i.onerror = end; }),
])();
</script>`))

func TestAPageOfAnotherOriginCannotDriveTheMock(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	m.Fail(mockapi.SMS, 500).Always()
	before := m.Now()
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = attack.Execute(w, m.URL)
	}))
	t.Cleanup(foreign.Close)
	// Another port is another origin; another host name is another site too. Both are tried.
	_, port, err := net.SplitHostPort(foreign.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, site := range []string{foreign.URL, "http://localhost:" + port} {
		w := newWindow(t)
		w.Visit(site)
		got := browser.Value[[]string](w, `window.sent.then(() => window.result)`)
		if strings.Join(got, ",") != "refused,refused,refused,refused,refused,refused,no events,no picture" {
			t.Errorf("%s: %q, want everything refused", site, got)
		}
		w.Do(chromedp.Submit(chromedp.CSS("#form")))
	}
	if got := m.Now(); !got.Equal(before) {
		t.Errorf("the clock was moved by %v", got.Sub(before))
	}
	if rules, err := m.Client.Faults(t.Context()); err != nil || len(rules) != 1 {
		t.Errorf("the faults were changed: %v, %v", rules, err)
	}
	if _, err := m.Client.User(t.Context(), alice.Ref()); err != nil {
		t.Errorf("the world was reset: %v", err)
	}
}

// DNS rebinding: the attacker's name suddenly means this machine, so that the page is of the same
// origin as the mock.
func TestUnderAForeignNameThereIsNoPage(t *testing.T) {
	t.Parallel()
	path := browser.Find(t)
	m := mockauthytest.New(t)
	alice := m.User("alice")
	b, err := browser.Start(path, map[string]any{"host-resolver-rules": "MAP rebind.example 127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	w := b.Window(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(m.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	w.Visit("http://rebind.example:" + port + "/")
	w.Sees("body", "is not a name of this server")
	for _, path := range []string{"/", "/_mock/users", "/_mock/codes?ids=" + alice.Ref(), "/_phone/js/main.js",
		"/_mock/events"} {
		got := browser.Value[int](w, fmt.Sprintf(`fetch(%q).then((r) => r.status)`, path))
		if got != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", path, got)
		}
	}
	if got := browser.Value[int](w,
		`fetch('/_mock/reset', {method: 'POST'}).then((r) => r.status)`); got != http.StatusForbidden {
		t.Errorf("reset: %d, want 403", got)
	}
	// Authy's own paths have a key of their own and stay open under any name: a container is called
	// by its network alias.
	if got := browser.Value[int](w,
		`fetch('/protected/json/app/details', {headers: {'X-Authy-API-Key': '`+m.Key+
			`'}}).then((r) => r.status)`); got != http.StatusOK {
		t.Errorf("the Authy API under that name: %d, want 200", got)
	}
}

func TestThePageCannotBeFramed(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `<!doctype html><iframe src="%s/"></iframe>`, m.URL)
	}))
	t.Cleanup(foreign.Close)
	w := newWindow(t)
	w.Visit(foreign.URL)
	w.Until(`document.readyState === 'complete'`)
	found := false
	for _, problem := range w.Problems() {
		found = found || strings.Contains(problem, "frame-ancestors")
	}
	if !found {
		t.Errorf("the browser did not complain of the frame: %q", w.Problems())
	}
}
