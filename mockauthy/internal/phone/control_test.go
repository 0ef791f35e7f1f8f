package phone_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// curlLine returns the line that the page shows for a control that was reached by keyboard, once it
// speaks of what is wanted.
func curlLine(w *browser.Window, control, view, want string) string {
	w.Focus(control)
	w.Sees(view+" .shell-line", want)
	return w.Text(view + " .shell-line")
}

// inShell runs a line as a person would who pasted it.
func inShell(t *testing.T, line string) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		untried.Skip(t, "no curl on this machine to run the line with")
	}
	if !strings.HasPrefix(line, "curl ") {
		t.Fatalf("the page shows %q, want a curl line", line)
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c",
		strings.Replace(line, "curl ", "curl --noproxy '*' --fail-with-body ", 1)).CombinedOutput()
	if err != nil {
		t.Errorf("%s\n%v: %s", line, err, out)
	}
}

func TestAUserIsAddedByThePageAndByItsCurlLine(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	w := open(t, m)
	w.Click("#add-user")
	w.Type(`[name="name"]`, `o'hara "$HOME" \`)
	w.Type(`[name="cellphone"]`, "201-555-0145")
	inShell(t, curlLine(w, `[name="email"]`, "dialog", "201-555-0145"))
	name := `o'hara "$HOME" \`
	users, err := m.Client.Users(t.Context(), mockapi.UserQuery{})
	if err != nil || users.Total != 1 || users.Items[0].Name != name || users.Items[0].Cellphone != "2015550145" {
		t.Fatalf("after the curl line: %+v, %v", users, err)
	}
	w.Click(`dialog [type="submit"]`) // the same again: refused at the field that is wrong
	w.Sees(`dialog`, "belongs to another user")
	browser.Value[any](w, `document.querySelector('[name="cellphone"]').select()`)
	w.Type(`[name="cellphone"]`, "201-555-0146")
	browser.Value[any](w, `document.querySelector('[name="name"]').select()`)
	w.Type(`[name="name"]`, "second")
	w.Click(`dialog [type="submit"]`)
	w.Until(`!document.querySelector('dialog')`)
	w.Sees("#phones", "second")
	w.Sees("#phones", name)
}

func TestTheClockIsTurnedByThePageAndByItsCurlLine(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	w := open(t, m)
	w.Click("#freeze")
	w.Sees("#freeze", "Run")
	at := m.Now()
	if m.Now() != at {
		t.Fatal("the clock runs on")
	}
	w.Click(`[title="Forward 10 seconds"]`)
	w.Until(`document.querySelector('#clock').textContent === ` +
		browser.Quote(at.Add(10*time.Second).Format("15:04:05")))
	if got := readCode(w, alice.ID, "app"); got != alice.Code() {
		w.Until(`document.querySelector('[data-family="app"] .digits').textContent === ` + browser.Quote(alice.Code()))
	}
	inShell(t, curlLine(w, `[title="Back 30 seconds"]`, "#shell", "-30s"))
	if got := m.Now().Sub(at); got != -20*time.Second {
		t.Errorf("the clock moved by %v, want 20 s back", got)
	}
	w.Click(`[aria-label="Set the clock"]`)
	browser.Value[any](w, `document.querySelector('[name="advance"]').select()`)
	w.Type(`[name="advance"]`, "soon\r")
	w.Sees("dialog", "soon")
	browser.Value[any](w, `document.querySelector('[name="advance"]').select()`)
	w.Type(`[name="advance"]`, "1h")
	inShell(t, curlLine(w, `[name="advance"]`, "dialog", "1h"))
	browser.Value[any](w,
		`(() => { const i = document.querySelector('[name="set"]'); i.value = '2033-05-18T03:33:20'; `+
			`i.dispatchEvent(new Event('input', {bubbles: true})); })()`)
	inShell(t, curlLine(w, `[name="set"]`, "dialog", "2033"))
	if got := m.Now(); !got.Equal(time.Unix(2_000_000_000, 0)) {
		t.Errorf("the clock shows %v, want 2033-05-18 03:33:20", got)
	}
	w.Sees("#clock", "03:33:20")
}

func TestAFaultIsSwitchedOnAndTheLoginFails(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	w := open(t, m)
	const wrongKey = `.fault:has(input):nth-of-type(5)`
	w.Sees(wrongKey, "The API key is wrong")
	w.Click(wrongKey + " input")
	w.Sees(wrongKey, "checking a code; hit 0 times")
	if got := verify(t, m, alice.Code(), alice.ID); got != http.StatusUnauthorized {
		t.Errorf("a right code with the fault on: %d, want 401", got)
	}
	w.Sees(".entry:first-child", "fault")
	w.Sees(wrongKey, "hit 1 time")
	inShell(t, curlLine(w, wrongKey+" input", "#shell", "-X DELETE")) // switches it off
	w.Until(`!document.querySelector('` + wrongKey + `').classList.contains('on')`)
	if got := verify(t, m, alice.Code(), alice.ID); got != http.StatusOK {
		t.Errorf("a right code with the fault off: %d, want 200", got)
	}
	inShell(t, curlLine(w, wrongKey+" input", "#shell", "60001")) // and on again
	w.Until(`document.querySelector('` + wrongKey + `').classList.contains('on')`)
	w.Click(wrongKey + " input")
	w.Until(`!document.querySelector('` + wrongKey + `').classList.contains('on')`)
	if rules, err := m.Client.Faults(t.Context()); err != nil || len(rules) != 0 {
		t.Errorf("rules left: %v, %v", rules, err)
	}
}

// Every switch must be a rule that the server takes and that the page knows again.
func TestEveryFaultOfTheListCanBeSwitchedOnAndIsExplained(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	w := open(t, m)
	n := browser.Value[int](w, `document.querySelectorAll('.fault input').length`)
	if n < 15 {
		t.Fatalf("%d faults, want all kinds", n)
	}
	for i := range n {
		at := fmt.Sprintf(`document.querySelectorAll('.fault')[%d]`, i)
		browser.Value[any](w, at+`.querySelector('input').click()`)
		w.Until(at + `.classList.contains('on')`)
		if words := browser.Value[string](w, at+`.querySelector('.fault-words').textContent`); len(words) < 10 {
			t.Errorf("fault %d is not explained: %q", i, words)
		}
	}
	rules, err := m.Client.Faults(t.Context())
	if err != nil || len(rules) != n {
		t.Errorf("%d rules, want %d: %v", len(rules), n, err)
	}
	kinds := map[string]bool{}
	for _, rule := range rules {
		kinds[rule.Effect.Kind] = true
	}
	for _, kind := range mockapi.Kinds() {
		if !kinds[kind] {
			t.Errorf("no switch for %s", kind)
		}
	}
	if others := w.Text(".rules"); others != "" {
		t.Errorf("rules that the page does not know again: %s", others)
	}
	w.Click("#faults .pane-head button")
	w.Until(`!document.querySelector('.fault.on')`)
}

func TestAFaultIsAimedAtOneUserAndRulesOfTestsAreShown(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice, bob := m.User("alice"), m.User("bob")
	m.Fault(mockapi.SMS, mockapi.Effect{Kind: mockapi.RawStatus, Status: 418}).Times(2)
	w := open(t, m)
	w.Sees(".rule", "status 418")
	w.Sees(".rule", "sending a text; hit 0 of 2 times")
	w.Click(".scope summary")
	w.Type(`.scope [name="user"]`, "alice")
	w.Sees(".scope summary", "for alice")
	w.Click(`.fault input`) // every code is wrong
	w.Sees(".fault", "for alice")
	if a, b := verify(t, m, alice.Code(), alice.ID), verify(t, m, bob.Code(), bob.ID); a != 401 || b != 200 {
		t.Errorf("alice %d and bob %d, want 401 and 200", a, b)
	}
	w.Click(".rule button")
	w.Until(`!document.querySelector('.rule')`)
}

func TestResetByThePageAndByItsCurlLine(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	w := open(t, m)
	for _, way := range []func(){
		func() { w.Click("dialog .danger") },
		func() {
			inShell(t, curlLine(w, "dialog .danger", "dialog", "/_mock/reset"))
			w.Press("\x1b") // Escape closes the dialog
		},
	} {
		m.User("alice")
		w.Sees("#phones", "alice")
		w.Click("#reset")
		way()
		w.Until(`!document.querySelector('dialog')`)
		w.Sees("#phones-where", "0 users")
		w.Until(`!document.querySelector('.phone')`)
	}
}

func TestTheQRCodeAndSwitchesOfAUser(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	w := open(t, m)
	w.Click(".phone-foot button")
	w.Until(`document.querySelector('dialog .qr').naturalWidth === 300`)
	token, err := m.Client.Token(t.Context(), "alice", "generic", 0)
	if err != nil {
		t.Fatal(err)
	}
	if secret := w.Text("dialog .secret"); secret == "" || !strings.Contains(token.OTPAuth, "secret="+secret) {
		t.Errorf("the page shows the secret %q, want that of %s", secret, token.OTPAuth)
	}
	w.Click(`dialog [name="suspended"]`)
	w.Sees(".badges", "suspended")
	if got := verify(t, m, alice.Code(), alice.ID); got != http.StatusServiceUnavailable {
		t.Errorf("a right code of the suspended user: %d, want 503", got)
	}
	w.Click("dialog .switches .danger")
	w.Until(`!document.querySelector('dialog') && !document.querySelector('.phone')`)
	if _, err := m.Client.User(t.Context(), "alice"); !mockapi.IsRefusal(err, 404) {
		t.Errorf("alice after the removal: %v, want 404", err)
	}
}

func TestAppsAreSwitched(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.User("alice")
	other, err := m.Client.AddApp(t.Context(), mockapi.NewApp{Key: "other-key", Name: "Second"})
	if err != nil {
		t.Fatal(err)
	}
	second := &mockapi.Client{URL: m.URL, Key: other.Key}
	if _, err := second.AddUser(t.Context(), mockapi.NewUser{Name: "zoe", Cellphone: "2015550188"}); err != nil {
		t.Fatal(err)
	}
	w := open(t, m)
	w.Sees("#phones", "alice")
	browser.Value[any](w,
		`(() => { const s = document.querySelector('#app'); s.value = 'other-key'; s.dispatchEvent(new `+
			`Event('change', {bubbles: true})); })()`)
	w.Sees("#phones", "zoe")
	w.Until(`document.querySelectorAll('.phone').length === 1`)
	live(w)
	if _, err := m.Client.AddApp(t.Context(), mockapi.NewApp{Key: "third-key"}); err != nil {
		t.Fatal(err)
	}
	w.Focus("#app") // who looks for an app finds those that were made since
	w.Until(`document.querySelector('#app [value="third-key"]') && document.querySelector('#app').value === ` +
		`'other-key'`)
	inShell(t, curlLine(w, `[title="Forward 30 seconds"]`, "#shell", other.Key)) // names the app
	a, err := m.Client.Clock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := second.Clock(t.Context())
	if err != nil || b.Now.Sub(a.Now) < 29*time.Second {
		t.Errorf("the clocks differ by %v, want 30 s: the line is for the app chosen (%v)", b.Now.Sub(a.Now), err)
	}
	w.Click("#freeze")
	w.Sees("#freeze", "Run")
	if a, err := m.Client.Clock(t.Context()); err != nil || a.Frozen {
		t.Errorf("the clock of the other app was frozen (%v)", err)
	}
	if err := m.Client.RemoveApp(t.Context(), other.Key); err != nil {
		t.Fatal(err)
	}
	w.Sees("#phones", "alice") // the app is gone, and the first takes its place
	w.Until(`!document.querySelector('#app [value="other-key"]')`)
}
