package phone_test

import (
	"testing"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/browser"
)

// openLogin opens a window with the login page of SFTPGo's web client, beside the one with the
// phone page.
func (r room) openLogin(d *desk) {
	d.t.Helper()
	d.web = r.browser.Window(d.t)
	d.web.Visit("http://" + d.site.Servers().HTTP + "/web/client/login")
}

// webLogin fills in the login page, which stays when it has said no.
func (d *desk) webLogin(secret string) {
	d.t.Helper()
	d.web.Until(`document.querySelector('[name=username]')`)
	d.web.Type(`[name=username]`, "ann")
	d.web.Type(`[name=password]`, secret)
	browser.Value[bool](d.web, `window.asked = true`)
	d.web.Click("#sign_in_submit")
	d.web.Until(`!window.asked`) // the next page, whatever it says
}

// refusedOnPage waits for the login page to say no.
func (d *desk) refusedOnPage() {
	d.t.Helper()
	d.web.Sees("#sign_in_form", "credentials")
}

// web logs in to SFTPGo's web client with the code that the phone page shows: alone for extauth,
// behind the password for checkpwd. The password alone, the code once more and a wrong code leave
// the person on the login page, which says no.
func (r room) web(t *testing.T) {
	t.Parallel()
	if !r.server.SFTPGo() {
		t.Skip("the hook host has no web client") // on purpose
	}
	for hook, before := range map[target.Hook]string{target.Extauth: "", target.Checkpwd: password} {
		t.Run(string(hook), func(t *testing.T) {
			t.Parallel()
			d := r.newDesk(t, hook, nil)
			r.openLogin(d)
			d.webLogin(password)
			d.refusedOnPage()
			d.webLogin(before + "0000000")
			d.refusedOnPage()
			used := d.read()
			d.webLogin(before + used)
			d.web.Until(`location.pathname === '/web/client/files'`)
			d.web.Until(`document.querySelector('#id_logout_link')`)
			d.window.Sees(".entry:first-child", "accepted")

			stranger := d.web
			r.openLogin(d) // without the first one's cookies
			d.webLogin(before + used)
			d.refusedOnPage()
			d.webLogin(before + d.freshCode(used))
			d.web.Until(`location.pathname === '/web/client/files'`)
			for _, problem := range append(stranger.Problems(), d.web.Problems()...) {
				t.Errorf("the web client complained: %s", problem)
			}
		})
	}
}
