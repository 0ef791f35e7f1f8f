package phone_test

import (
	"testing"
	"time"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// noCode waits until no card shows a code or lets one be copied.
const noCode = `document.querySelector('.phone') && [...document.querySelectorAll('.code')].every((code) =>
	code.disabled && !/[0-9]/.test(code.querySelector('.digits').textContent +
		code.querySelector('.next').textContent + code.querySelector('.ring-label').textContent))`

// clipboard returns what is on the clipboard.
func clipboard(w *browser.Window) string {
	return browser.Value[string](w, `navigator.clipboard.readText()`)
}

// Everything that a server said is only shown as true while the server is there, a stopped clock's
// code too.
func TestTheCodesOfAStoppedServerAreNeitherShownNorCopied(t *testing.T) {
	t.Parallel()
	m, err := mockauthytest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	ctx := t.Context()
	user, err := m.Client.AddUser(ctx, mockapi.NewUser{Name: "alice", Cellphone: "2015550111"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Client.TurnClock(ctx, mockapi.ClockChange{Freeze: mockapi.Ptr(true)}); err != nil {
		t.Fatal(err)
	}
	w := openAt(t, m.URL)
	w.AllowClipboard(m.URL)
	readCode(w, user.ID, "app")
	browser.Value[any](w, `navigator.clipboard.writeText('nothing')`)
	w.Click(".phone-foot button")
	w.Until(`document.querySelector('dialog .secret').textContent`)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	w.Sees("#connection", "no connection")
	w.Click("dialog .enrol .buttons:last-child button")
	w.Sees("dialog #toasts", "Not copied: the server does not answer")
	w.Press("\x1b")
	w.Until(noCode)
	w.Until(`document.querySelector('.code').textContent.includes('code of alice, no connection')`)
	w.Until(`document.querySelector('#clock').textContent === '––:––:––'`)
	browser.Value[any](w, `document.querySelector('.code').click()`)
	w.Type("#search", "\r")
	w.Until(`[...document.querySelectorAll('#toasts .toast')].at(-1).textContent.startsWith('Not copied')`)
	if got := clipboard(w); got != "nothing" {
		t.Errorf("%q was copied from a server that is gone", got)
	}
	w.Click(".fault input") // a switch that could not be switched says so
	w.Until(`!document.querySelector('.fault input').checked`)
}

// The inbox too: a server that comes back may have sent nothing, and asked nobody.
func TestMessagesOfAStoppedServerAreNotCopiedOrAnswered(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	ask(t, m, "/protected/json/sms/"+alice.Ref()+"?force=true")
	push(t, m, alice, "Log in?")
	w := open(t, m)
	w.Until(`!document.querySelector('.code-chip').disabled && !document.querySelector('.push .approve').disabled`)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	w.Until(`document.querySelector('.code-chip').disabled && document.querySelector('.push .approve').disabled && ` +
		`document.querySelector('.push .danger').disabled`)
	w.Sees(".push .left", "no connection")
}

// openByWire opens the page of a mock whose time stands still, over a wire of its own.
func openByWire(t *testing.T) (*mockauthytest.Mock, *mockauthytest.User, *wire, *browser.Window) {
	t.Helper()
	m := mockauthytest.New(t)
	m.Freeze()
	wire := newWire(t, m)
	return m, m.User("alice"), wire, openAt(t, wire.URL)
}

// A server that hangs does not break its connections. The page asks, and says that nobody answers.
func TestTheCodesOfAServerThatHangsAreHidden(t *testing.T) {
	t.Parallel()
	m, alice, wire, w := openByWire(t)
	readCode(w, alice.ID, "app")
	wire.hush(everything)
	w.Until(noCode)
	w.Sees("#connection", "no connection")
	m.Advance(time.Hour)
	wire.speak()
	live(w)
	w.Until(`document.querySelector('[data-family="app"] .digits').textContent === ` + browser.Quote(alice.Code()))
}

// An event got lost: the page does not know that the clock was turned. What it copies is right all
// the same.
func TestTheCodeThatIsCopiedIsTheServers(t *testing.T) {
	t.Parallel()
	m, alice, wire, w := openByWire(t)
	w.AllowClipboard(wire.URL)
	before := readCode(w, alice.ID, "app")
	wire.hush(eventStream)
	m.Advance(time.Hour)
	w.Click(`[data-family="app"]`)
	w.Sees("#toasts", "Copied "+alice.Code())
	if got := clipboard(w); got != alice.Code() || got == before {
		t.Errorf("copied %s, want %s; the page showed %s", got, alice.Code(), before)
	}
	// and the page finds out by itself
	w.Until(`document.querySelector('[data-family="app"] .digits').textContent === ` + browser.Quote(alice.Code()))
}

// A computer that slept wakes with connections that are dead and do not know it: the page begins
// anew.
func TestThePageBeginsAnewAfterTheComputerSlept(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	w := open(t, m)
	readCode(w, alice.ID, "app")
	browser.Value[any](w, `(() => {
		new MutationObserver(() => {
			window.anew ||= document.querySelector('#connection').dataset.state === 'connecting';
		}).observe(document.querySelector('#connection'), {attributes: true});
		const now = Date.now;
		Date.now = () => now() + 3600e3;
	})()`)
	w.Until(`window.anew`)
	m.Advance(time.Hour)
	live(w)
	w.Until(`document.querySelector('[data-family="app"] .digits').textContent === ` + browser.Quote(alice.Code()))
}
