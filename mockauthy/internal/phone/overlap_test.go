package phone_test

import (
	"testing"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// overlaps returns the texts of the page that cover each other, and those that reach out of the
// card, row or button they belong to. What a box cuts off is not seen and covers nothing.
const overlaps = `(() => {
	const cut = (box, node) => {
		for (let e = node; e && e !== document.documentElement; e = e.parentElement) {
			if (getComputedStyle(e).overflow === 'visible') continue;
			const by = e.getBoundingClientRect();
			box = {left: Math.max(box.left, by.left), right: Math.min(box.right, by.right),
				top: Math.max(box.top, by.top), bottom: Math.min(box.bottom, by.bottom)};
		}
		return box;
	};
	const seen = [], problems = [];
	const walker = document.createTreeWalker(document.querySelector('dialog') ?? document.body, NodeFilter.SHOW_TEXT);
	for (let text = walker.nextNode(); text; text = walker.nextNode()) {
		const node = text.parentElement;
		if (!text.data.trim() || !node.checkVisibility({visibilityProperty: true}) ||
			node.closest('.unseen, .skip, noscript, option, .toasts')) continue;
		const range = document.createRange();
		range.selectNodeContents(text);
		for (const rect of range.getClientRects()) {
			const box = cut(rect, node);
			if (box.right - box.left < 2 || box.bottom - box.top < 2) continue;
			const bar = node.closest('.shell, .jump, .top'); // lies over what scrolls below it
			seen.push({node: text, text: text.data.trim(), box, bar});
			const home = node.closest(
				'button, .phone, .entry, .message, .push, .rule, .fault, .pane-head, .top, .dialog-head, dialog');
			if (!home) continue;
			const by = home.getBoundingClientRect();
			if (box.left < by.left - 1 || box.right > by.right + 1 ||
				box.top < by.top - 2 || box.bottom > by.bottom + 2)
				problems.push('"' + text.data.trim() + '" reaches out of ' + (home.className || home.tagName));
		}
	}
	for (const [i, a] of seen.entries()) for (const b of seen.slice(i + 1)) {
		if (a.bar !== b.bar || a.node === b.node) continue;
		const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left),
			high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
		if (wide > 1 && high > 4) problems.push('"' + a.text + '" and "' + b.text + '" cover each other');
	}
	return {texts: seen.length, problems};
})()`

// Whatever people are called and whatever holds of them, no text covers another at any width.
func TestNoTextCoversAnother(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	scene(t, m)
	crowd(m)
	w := newWindow(t)
	check := func(width int64, what string) {
		t.Helper()
		found := browser.Value[struct {
			Texts    int
			Problems []string
		}](w, overlaps)
		if found.Texts < 8 {
			t.Errorf("%s at %d pixels: looked at %d texts only", what, width, found.Texts)
		}
		for _, problem := range found.Problems {
			t.Errorf("%s at %d pixels: %s", what, width, problem)
		}
	}
	for _, width := range []int64{320, 768, 1280} {
		w.Look("light", width, 900)
		w.Visit(m.URL + "/?app=an-app-that-is-not-here-and-has-a-long-name")
		live(w)
		readCode(w, m.User("alice").ID, "generic")
		w.Click(".entry:first-child .entry-row")
		check(width, "the page")
		for _, dialog := range dialogs {
			w.Click(dialog.opens)
			w.Until(dialog.whole)
			check(width, "the dialog of "+dialog.name)
			w.Press("\x1b")
			w.Until(`!document.querySelector('dialog')`)
		}
	}
}
