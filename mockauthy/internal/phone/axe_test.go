package phone_test

import (
	"strconv"
	"strings"
	"testing"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/internal/browser/axe"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// crowd adds users whose names, addresses and states are the longest and oddest that the mock
// takes.
func crowd(m *mockauthytest.Mock) {
	long := strings.Repeat("averylongnamewithoutanyblank", 4)
	no, yes := mockapi.Ptr(false), true
	for i, spec := range []mockapi.NewUser{
		{Name: long, Email: strings.Repeat("x", 90) + "@example.com", Suspended: yes, Disabled: yes},
		{Name: "Maximiliane Wolfeschlegelsteinhausen-Bergerdorff",
			Email: "maximiliane.wolfeschlegelsteinhausen@subsidiary.example.com", Suspended: yes, Registered: no},
		{Email: strings.Repeat("an.address.", 8) + "@example.com", Registered: no, Disabled: yes},
		{Name: "<img src=x onerror=alert(1)>"},
		{},
	} {
		spec.CountryCode, spec.Cellphone = 44, "770090080"+strconv.Itoa(i)
		m.AddUser(spec)
	}
	m.Factor("3f9c0e12-5d1b-4c8e-9a57-0d2f6b7c8e91")
	m.AddFactor(mockapi.NewFactor{Identity: strings.Repeat("0123456789abcdef", 4), FriendlyName: long[:64],
		Verified: no, Digits: 8})
}

// dialogs are the dialogs of the page, by what opens each and what shows that it is whole.
var dialogs = []struct{ name, opens, whole string }{
	{"a new user", "#add-user", `document.querySelector('dialog #new-user')`},
	{"a user", ".phone-foot button", `document.querySelector('dialog .qr').naturalWidth > 0`},
	{"a factor", "[data-factor]:last-child .phone-foot button",
		`document.querySelector('dialog .qr').naturalWidth > 0`},
	{"the clock", `[aria-label="Set the clock"]`, `document.querySelector('dialog .clock-large').textContent`},
	{"the reset", "#reset", `document.querySelector('dialog .danger')`},
}

// axe-core finds nothing on the page in either theme and at each width, with everything on it that
// can be.
func TestAxeFindsNothing(t *testing.T) {
	t.Parallel()
	checker := axe.Load(t)
	m := mockauthytest.New(t)
	scene(t, m)
	crowd(m)
	m.Fault(mockapi.SMS, mockapi.Effect{Kind: mockapi.RawStatus, Status: 418}).Times(2) // a rule that no switch shows
	w := newWindow(t)
	known := map[string]bool{} // what was said of one look is not said again of the next
	look := func(what string) {
		t.Helper()
		for _, violation := range checker.Violations(t, w) {
			if of := violation.Rule + violation.Where; !known[of] {
				known[of] = true
				t.Errorf("%s: %s", what, violation)
			}
		}
	}
	// Colours hang on the theme and positions on the width: each is seen once, in turn.
	for _, s := range []struct {
		theme         string
		width, height int64
	}{
		{"light", 1440, 900},
		// so high that it does not scroll: what lies half below the foot would count as too small
		{"dark", 375, 12_000},
	} {
		at := s.theme + ", " + strconv.FormatInt(s.width, 10) + " pixels"
		w.Look(s.theme, s.width, s.height)
		w.Visit(m.URL + "/")
		live(w)
		readCode(w, m.User("alice").ID, "generic")
		w.Click(".entry:first-child .entry-row")
		w.Click(".fault:nth-of-type(2) input")
		w.Sees(".fault.on", "hit 0 times")
		browser.Value[any](w, `document.querySelector('.scope').open = true`)
		look(at)
		for _, dialog := range dialogs {
			w.Click(dialog.opens)
			w.Until(dialog.whole)
			look(at + ", the dialog of " + dialog.name)
			w.Press("\x1b")
			w.Until(`!document.querySelector('dialog')`)
		}
		w.Click(".fault:nth-of-type(2) input")
		w.Until(`document.querySelectorAll('.fault.on').length === 1`)
	}
	empty := mockauthytest.New(t)
	w.Visit(empty.URL + "/")
	live(w)
	look("without a user")
	w.Visit(m.URL + "/?app=gone")
	live(w)
	w.Sees(".app-missing", "gone")
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	w.Until(noCode)
	look("without a connection, and an app that is not there")
}
