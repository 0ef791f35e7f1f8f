package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a person would wait before calling a page broken. A machine under load is
// slow too.
const patience = time.Minute

// Window shows pages to one test. Whatever cannot be done in it fails the test.
type Window struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	problems []string
	console  []string // all errors, for a report
}

// Window opens an empty window with cookies and storage of its own, which closes with the test.
func (b *Browser) Window(t testing.TB) *Window {
	t.Helper()
	w := &Window{t: t}
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.listen))
	t.Cleanup(end)
	w.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // without a deadline, which would be the window's
		t.Fatalf("browser: open a window: %v", err)
	}
	_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled,
		emulation.SetFocusEmulationEnabledParams{Enabled: true})
	w.must(err)
	return w
}

// listen keeps what a page complains of: exceptions, and what its own policy refused.
func (w *Window) listen(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		w.problems = append(w.problems, text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			w.console = append(w.console, e.Entry.Text+" "+e.Entry.URL)
		}
		if e.Entry.Source == log.EntrySourceSecurity || strings.Contains(e.Entry.Text, "Content Security Policy") {
			w.problems = append(w.problems, e.Entry.Text)
		}
	}
}

// Problems are the exceptions of the pages shown so far, and what their own policy refused.
func (w *Window) Problems() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.problems...)
}

func (w *Window) consoleErrors() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.console...)
}

// Visit goes to an address and waits until the page is loaded. Chromium drops what it is loading
// whenever a network of the machine comes or goes, as those of containers do; the page is visited
// again then.
func (w *Window) Visit(url string) {
	w.t.Helper()
	for {
		before := len(w.consoleErrors())
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		err := chromedp.Do(ctx, chromedp.Navigate(url))
		cancel()
		const changed = "ERR_NETWORK_CHANGED"
		if err != nil && strings.Contains(err.Error(), changed) {
			continue
		}
		w.must(err)
		if !strings.Contains(strings.Join(w.consoleErrors()[before:], " "), changed) {
			return
		}
	}
}

// Do runs steps of chromedp.
func (w *Window) Do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	w.must(chromedp.Do(ctx, steps...))
}

func (w *Window) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("browser: %v", err)
	}
}

// Get runs an action of chromedp and returns its value.
func Get[T any](w *Window, action chromedp.Action[T]) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	w.must(err)
	return value
}

// Value returns the value of a JavaScript expression; a promise is waited for.
func Value[T any](w *Window, expression string) T {
	w.t.Helper()
	return Get(w, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Until waits until a JavaScript expression, or what it promises, is true. What throws is not true
// yet.
func (w *Window) Until(condition string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	expression := fmt.Sprintf(`new Promise((done) => {
		const look = async () => {
			let is = false;
			try { is = Boolean(await (%s)); } catch {}
			is ? done(true) : setTimeout(look, 40);
		};
		look();
	})`, condition)
	for {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression, chromedp.EvalAwaitPromise))
		if err == nil {
			return
		}
		if ctx.Err() == nil { // the page went away under the question, being loaded again
			continue
		}
		w.t.Fatalf("browser: waited for %s: %v; problems %q; console %q; the page shows:\n%s",
			condition, err, w.Problems(), w.consoleErrors(), Value[string](w, `document.body?.innerText ?? ""`))
	}
}

// Sees waits until the element of that selector shows the text.
func (w *Window) Sees(selector, text string) {
	w.t.Helper()
	w.Until(fmt.Sprintf(`document.querySelector(%s).innerText.includes(%s)`, Quote(selector), Quote(text)))
}

// Text returns the text of an element.
func (w *Window) Text(selector string) string {
	w.t.Helper()
	return Value[string](w, fmt.Sprintf(`document.querySelector(%s).textContent`, Quote(selector)))
}

// Click waits until the element can be clicked and clicks it, with the mouse.
func (w *Window) Click(selector string) {
	w.t.Helper()
	w.Do(chromedp.WaitEnabled(chromedp.CSS(selector)), chromedp.ScrollIntoView(chromedp.CSS(selector)),
		chromedp.Click(chromedp.CSS(selector)))
}

// Type puts the focus on an element and types a text.
func (w *Window) Type(selector, text string) {
	w.t.Helper()
	w.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Focus puts the focus on an element, without the mouse.
func (w *Window) Focus(selector string) {
	w.t.Helper()
	w.Do(chromedp.Focus(chromedp.CSS(selector)))
}

// Press presses keys where the focus is: a text, or constants of chromedp's package kb.
func (w *Window) Press(keys string) {
	w.t.Helper()
	w.Do(chromedp.KeyEvent(keys))
}

// Quote writes a text as a JavaScript literal.
func Quote(text string) string {
	data, err := json.Marshal(text)
	if err != nil { // a string always can be
		panic(err)
	}
	return string(data)
}

// Look makes the window width by height pixels and its system's colours "light" or "dark".
func (w *Window) Look(theme string, width, height int64) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
	w.must(err)
	w.Do(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(1.5)))
}

// Picture returns the window as a PNG.
func (w *Window) Picture() []byte {
	w.t.Helper()
	return Get(w, chromedp.CaptureScreenshot())
}

// AllowClipboard lets the pages of an origin read and write the clipboard without asking.
func (w *Window) AllowClipboard(origin string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			Origin:           origin,
			BrowserContextID: chromedp.FromContext(ctx).BrowserContextID})
		w.must(err)
	}
}
