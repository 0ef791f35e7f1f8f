package phone_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

func verify(t testing.TB, m *mockauthytest.Mock, code string, user int64) int {
	t.Helper()
	return ask(t, m, fmt.Sprintf("/protected/json/verify/%s/%d?force=true", code, user))
}

func TestACodeReadFromThePagePasses(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	w := open(t, m)
	for _, family := range []string{"app", "generic"} {
		if got := verify(t, m, readCode(w, alice.ID, family), alice.ID); got != http.StatusOK {
			t.Errorf("the %s code of the page: %d, want 200", family, got)
		}
	}
}

func TestTheNextCodeBecomesTheCode(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	m.SetTime(time.Unix(1_700_000_005, 0))
	alice := m.User("alice")
	w := open(t, m)
	before := readCode(w, alice.ID, "app")
	next := strings.TrimPrefix(w.Text(`[data-family="app"] .next`), "next ")
	if left := w.Text(`[data-family="app"] .ring-label`); left != "5" {
		t.Errorf("the ring says %s, want 5 seconds", left)
	}
	m.Advance(10 * time.Second)
	w.Until(`document.querySelector('[data-family="app"] .digits').textContent === ` + browser.Quote(next))
	if next == before || next != alice.Code() {
		t.Errorf("the code went from %s to %s, want %s", before, next, alice.Code())
	}
}

func TestARunningClockTurnsTheCodesByItself(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.SetTime(time.Unix(1_700_000_009, 0)) // a second before the step ends
	alice := m.User("alice")
	w := open(t, m)
	first := alice.CodeAt(0)
	w.Until(`document.querySelector('[data-family="app"] .digits').textContent !== ` + browser.Quote(first))
	if got := verify(t, m, readCode(w, alice.ID, "app"), alice.ID); got != http.StatusOK {
		t.Errorf("the code after the step: %d, want 200", got)
	}
}

func TestCodesAreCopied(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	w := open(t, m)
	w.AllowClipboard(m.URL)
	for _, c := range []struct {
		name string
		do   func()
		want string
	}{
		{"by a click", func() { w.Click(`[data-family="app"]`) }, alice.Code()},
		{"by Enter on the code", func() {
			w.Focus(`[data-family="generic"]`)
			w.Press("\r")
		}, alice.GenericCode()},
		{"by Enter in the search", func() { w.Type("#search", "ali\r") }, alice.Code()},
	} {
		browser.Value[any](w, `navigator.clipboard.writeText('nothing')`)
		c.do()
		w.Until(`navigator.clipboard.readText().then((text) => text === ` + browser.Quote(c.want) + `)`)
		w.Sees("#toasts", "Copied "+c.want)
	}
	// Under a plain-http name of another machine browsers hide the clipboard; there is an older
	// way.
	browser.Value[any](w,
		`(() => { window.hidden = navigator.clipboard; Object.defineProperty(navigator, 'clipboard', {value: `+
			`undefined}); })()`)
	w.Click(".phone-foot button")
	w.Until(`document.querySelector('dialog .secret').textContent`)
	w.Click("dialog .enrol .buttons:last-child button")
	w.Until(`window.hidden.readText().then((text) => text === document.querySelector('dialog .secret').textContent)`)
	w.Until(`[...document.querySelectorAll('dialog #toasts .toast')].some((toast) => toast.textContent === 'Copied')`)
	w.Press("\x1b")
	w.Until(`!document.querySelector('dialog') && document.querySelector('#announcer')`)
}

func TestBadgesSayWhatKeepsACodeFromWorking(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	w := open(t, m)
	w.Sees(".badges", "unconfirmed")
	verify(t, m, alice.Code(), alice.ID)
	w.Until(`document.querySelector('.badges').textContent === ''`)
	alice.Suspend()
	w.Sees(".badges", "suspended")
	alice.Patch(mockapi.UserPatch{Suspended: mockapi.Ptr(false), Disabled: mockapi.Ptr(true)})
	w.Sees(".badges", "disabled")
	if err := m.Client.RemoveUser(t.Context(), alice.Ref()); err != nil {
		t.Fatal(err)
	}
	w.Until(`!document.querySelector('.phone') || document.querySelector('.badges').textContent.includes('deleted')`)
}

func TestAUserWithoutTheAppHasTheOtherCode(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	bob := m.AddUser(mockapi.NewUser{Name: "bob", CountryCode: 44, Cellphone: "7700900123",
		Registered: mockapi.Ptr(false)})
	w := open(t, m)
	if got := readCode(w, bob.ID, "generic"); got != bob.GenericCode() {
		t.Errorf("the page shows %s, want %s", got, bob.GenericCode())
	}
	w.Sees(".phone", "No Authy app on this phone")
	w.Sees(".phone", "+44 ••• ••• 0123")
	w.Sees(".phone", "id "+bob.Ref())
}

func TestEachDeviceShowsItsCode(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	second, err := m.Client.AddDevice(t.Context(), alice.Ref(), mockapi.NewDevice{OS: "ipad"})
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, m)
	w.Until(`[...document.querySelectorAll('[data-family="app"] .digits')].filter((one) => ` +
		`/^[0-9]+$/.test(one.textContent)).length === 2`)
	w.Sees(`[data-family="app"]:nth-child(1)`, "Authy app · Android")
	w.Sees(`[data-family="app"]:nth-child(2)`, "Authy app · iPad")
	w.Until(`document.querySelector('[data-family="app"]:nth-child(2)').textContent.startsWith('Authy app · iPad ` +
		`code of alice: ')`)
	first, other := w.Text(`[data-family="app"]:nth-child(1) .digits`),
		w.Text(`[data-family="app"]:nth-child(2) .digits`)
	if first != alice.Code() || other == first {
		t.Errorf("the devices show %s and %s, want %s and another one", first, other, alice.Code())
	}
	if got := verify(t, m, other, alice.ID); got != http.StatusOK {
		t.Errorf("the code of the second device: %d, want 200", got)
	}
	inShell(t, curlLine(w, `[data-family="app"]:nth-child(2)`, "#shell", "/_mock/codes"))
	if err := m.Client.RemoveDevice(t.Context(), alice.Ref(), second.ID); err != nil {
		t.Fatal(err)
	}
	w.Until(`document.querySelectorAll('[data-family="app"]').length === 1 && ` +
		`document.querySelector('[data-family="app"] .code-family').textContent === 'Authy app'`)
}

// A thousand users cost the page no more than a screenful: it draws and asks for twenty-four.
func TestAThousandUsers(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	state, err := m.Client.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		state.Users = append(state.Users, mockapi.NewUser{ID: int64(5000 + i), Name: fmt.Sprintf("user%04d", i),
			CountryCode: 1, Cellphone: strconv.Itoa(2_015_550_000 + i)})
	}
	if err := m.Client.SetState(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	w := open(t, m)
	w.Sees("#phones-where", "1 to 24 of 1,000 users")
	readCode(w, 5000, "app")
	if n := browser.Value[int](w, `document.querySelectorAll('.phone').length`); n != 24 {
		t.Errorf("%d phones are drawn, want 24", n)
	}
	most := browser.Value[int](w,
		`Math.max(...performance.getEntriesByType('resource').map((e) => new URL(e.name)).filter((u) => u.pathname `+
			`=== '/_mock/codes').map((u) => u.searchParams.get('ids').split(',').length))`)
	if most != 24 {
		t.Errorf("codes of %d users are asked for at once, want 24", most)
	}
	w.Type("#search", "user0777")
	w.Sees("#phones-where", "1 user")
	readCode(w, 5777, "app")
	w.Press("\b\b\b\b\b\b\b\b")
	w.Sees("#phones-where", "of 1,000 users")
	w.Click(".pager button:last-child")
	w.Sees("#phones-where", "25 to 48 of 1,000 users")
	readCode(w, 5024, "app")

	slowest := browser.Value[float64](w, `new Promise((done) => {
		let last = performance.now(), slowest = 0, frames = 0;
		const frame = (at) => {
			slowest = Math.max(slowest, at - last);
			last = at;
			++frames < 60 ? requestAnimationFrame(frame) : done(slowest);
		};
		requestAnimationFrame((at) => { last = at; requestAnimationFrame(frame); });
	})`)
	t.Logf("the slowest of 60 frames took %.0f ms", slowest)
}

func TestAThousandUsersAreFoundByNumberAndID(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice, bob := m.User("alice"),
		m.AddUser(mockapi.NewUser{Name: "bob", CountryCode: 44, Cellphone: "7700900123", Email: "robert@example.com"})
	w := open(t, m)
	for _, c := range []struct {
		search string
		want   int64
	}{{"7700900", bob.ID}, {"robert@", bob.ID}, {alice.Ref(), alice.ID}} {
		browser.Value[any](w, `(() => { const s = document.querySelector('#search'); s.value = ''; s.focus(); })()`)
		w.Type("#search", c.search)
		w.Until(fmt.Sprintf(`document.querySelectorAll('.phone').length === 1 && `+
			`document.querySelector('.phone').dataset.user === '%d'`, c.want))
	}
	w.Type("#search", "x")
	w.Sees("#phones .empty", "No user goes by")
}
