// Package phone_test logs in to a real SFTPGo with what a person reads and presses on mockauthy's
// phone page, in a real Chromium. Without an sftpgo program the embedded hook host takes its place;
// without Chromium the tests are skipped.
package phone_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/browser"
	"sftpgo-authy/internal/client"
	"sftpgo-authy/mockauthy/mockapi"
)

const password = "correct horse"

// desk is one person's desk: a file server to log in to, and a browser window with the phone page
// of the mock behind it.
type desk struct {
	t      *testing.T
	site   target.Site
	window *browser.Window
	web    *browser.Window // at SFTPGo's web client, where there is one
}

// room is what the desks share: the hook programs, the file server's kind and a Chromium.
type room struct {
	server  target.Target
	browser *browser.Browser
}

func newRoom(t *testing.T) room {
	t.Helper()
	path := browser.Find(t)
	root, err := filepath.Abs(filepath.Join("..", ".."))
	must(t, err)
	programs, err := target.BuildPrograms(t.Context(), root)
	must(t, err)
	t.Cleanup(func() { must(t, programs.Remove()) })
	r := room{server: target.NewBinary(os.Getenv("SFTPGO_BIN"), programs)}
	if err := r.server.Available(t.Context(), false); err != nil {
		t.Logf("no SFTPGo on this machine (%v): the hook host takes its place", err)
		r.server = target.NewEmbedded(programs)
	}
	t.Cleanup(func() { must(t, r.server.Close()) })
	t.Logf("logging in to %s", r.server.Describe())
	r.browser, err = browser.Start(path, nil)
	must(t, err)
	t.Cleanup(func() { must(t, r.browser.Close()) })
	return r
}

// newDesk makes a desk with a server whose hook asks hookd. config goes into the hook's
// configuration file.
func (r room) newDesk(t *testing.T, hook target.Hook, config map[string]string) *desk {
	t.Helper()
	ctx := t.Context()
	site, err := r.server.Lease(ctx, target.Setup{Hooks: []target.Hook{hook}, Door: target.HTTP, Config: config})
	must(t, err)
	t.Cleanup(func() { must(t, site.Release()) })
	must(t, site.PutAccount(ctx, target.Account{Name: "ann", Password: password, Kind: target.Kind(hook)}))
	_, err = site.Authy().AddUser(ctx, mockapi.NewUser{ID: target.AnnID, Name: "ann", Email: "ann@example.com",
		CountryCode: 1, Cellphone: "2025550101"})
	must(t, err)
	d := &desk{t: t, site: site, window: r.browser.Window(t)}
	d.window.Visit(site.Authy().URL + "/")
	d.window.Until(`document.querySelector('#connection').dataset.state === 'live'`)
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// login answers the prompts of an SSH login with the password and with what code gives when it is
// asked for.
func (d *desk) login(code func() string) error {
	d.t.Helper()
	way, err := client.Find("SFTP with prompts")
	must(d.t, err)
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	session, err := way.Open(ctx, d.site.Servers(),
		client.Person{Account: "ann", Answer: func(n int, _ string) (string, error) {
			if n == 0 {
				return password, nil
			}
			return code(), nil
		}})
	if err != nil {
		return err
	}
	err = session.Put(ctx, "hello.txt", []byte("from the desk"))
	if data, getErr := session.Get(ctx, "hello.txt"); getErr != nil || string(data) != "from the desk" {
		err = errors.Join(err, fmt.Errorf("read back %q: %w", data, getErr))
	}
	return errors.Join(err, session.Close())
}

// read reads ann's code from the page.
func (d *desk) read() string {
	const digits = `[data-user="1001"] [data-family="app"] .digits`
	d.window.Until(`/^[0-9]{7}$/.test(document.querySelector('` + digits + `').textContent)`)
	return d.window.Text(digits)
}

// freshCode reads a code that was not used yet, since one code opens one door: the clock is turned
// by a step.
func (d *desk) freshCode(used string) string {
	d.t.Helper()
	_, err := d.site.Authy().TurnClock(d.t.Context(), mockapi.ClockChange{Advance: mockapi.Duration(10 * time.Second)})
	must(d.t, err)
	d.window.Until(
		fmt.Sprintf(`document.querySelector('[data-user="1001"] [data-family="app"] .digits').textContent !== %q`,
			used))
	return d.read()
}

func (d *desk) refused(err error) {
	d.t.Helper()
	if !errors.Is(err, client.ErrRefused) {
		d.t.Errorf("the login: %v, want a refusal; %s", err, d.site.ServerLog(d.t.Context()))
	}
}

func (d *desk) opened(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatalf("the login: %v; %s", err, d.site.ServerLog(d.t.Context()))
	}
}

func TestAPersonAtTheDesk(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	t.Run("logs in with the code read from the page", r.codes)
	t.Run("answers a push while the login waits", r.push)
	t.Run("logs in on the page of SFTPGo's web client", r.web)
}

func (r room) codes(t *testing.T) {
	t.Parallel()
	d := r.newDesk(t, target.Keyint, nil)
	var used string
	d.opened(d.login(func() string { used = d.read(); return used }))
	d.window.Sees(".entry:first-child", "accepted")
	d.window.Sees(".entry:first-child", "ann")
	d.window.Until(`document.querySelector('.badges').textContent === ''`) // ann is confirmed now

	// The same code again: refused, and the page says why.
	d.refused(d.login(func() string { return used }))

	// A wrong code: the reason is on the page, in words.
	d.refused(d.login(func() string { return "0000000" }))
	d.window.Sees(".entry:first-child", "refused")
	entries, err := d.site.Authy().Journal(t.Context(), mockapi.JournalQuery{})
	must(t, err)
	d.window.Sees(".entry:first-child .reason", entries[len(entries)-1].Reason)

	// A fault, switched on by hand: the right code fails. Switched off: it opens again.
	const wrongKey = `.fault:nth-of-type(5)`
	d.window.Sees(wrongKey, "The API key is wrong")
	d.window.Click(wrongKey + " input")
	d.window.Sees(wrongKey, "hit 0 times")
	d.refused(d.login(func() string { used = d.freshCode(used); return used }))
	d.window.Sees(wrongKey, "hit 1 time")
	d.window.Sees(".entry:first-child", "fault")
	d.window.Click(wrongKey + " input")
	d.window.Until(`!document.querySelector('` + wrongKey + `').classList.contains('on')`)
	d.opened(d.login(func() string { used = d.freshCode(used); return used }))
	for _, problem := range d.window.Problems() {
		t.Errorf("the page complained: %s", problem)
	}
	if text := d.window.Text("#journal"); strings.Contains(text, used) {
		t.Error("the journal shows a code")
	}
}

func (r room) push(t *testing.T) {
	t.Parallel()
	d := r.newDesk(t, target.Keyint, map[string]string{"push.enabled": "true"})
	answers := make(chan error, 1)
	ask := func() { answers <- d.login(func() string { return "push" }) }

	go ask()
	d.window.Sees(".push.pending", "ann")
	d.window.Sees(".push.pending", "left")
	d.window.Sees(".push.pending", "Log in to SFTPGo?") // what, and with the details who and from where
	d.window.Sees(".push.pending .facts", "127.0.0.1")
	d.window.Click(".push.pending .approve")
	d.opened(<-answers)
	d.window.Sees(".push", "Approved")

	go ask()
	d.window.Until(`document.querySelector('.push.pending')`)
	d.window.Focus(".push.pending .danger")
	d.window.Press("\r") // by keyboard this time
	d.refused(<-answers)
	d.window.Sees("#pushes", "Denied")
	for _, problem := range d.window.Problems() {
		t.Errorf("the page complained: %s", problem)
	}
}
