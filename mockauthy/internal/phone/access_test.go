package phone_test

import (
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// Everything that can be reached has a name that a screen reader can say, and headings and regions
// are there.
func TestAScreenReaderHasNamesForEverything(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	scene(t, m)
	w := open(t, m)
	readCode(w, m.User("alice").ID, "app")
	w.Click(".entry:first-child .entry-row")
	for _, look := range []string{"the page", "the dialog of a new user", "the dialog of a user",
		"the dialog of the clock"} {
		switch look {
		case "the dialog of a new user":
			w.Click("#add-user")
		case "the dialog of a user":
			w.Press("\x1b")
			w.Click(".phone-foot button")
			w.Until(`document.querySelector('dialog .qr').naturalWidth > 0`)
		case "the dialog of the clock":
			w.Press("\x1b")
			w.Click(`[aria-label="Set the clock"]`)
		}
		controls, regions := 0, 0
		for _, thing := range w.Spoken() {
			switch thing.Role {
			case "button", "link", "textbox", "searchbox", "switch", "combobox", "checkbox", "image", "dialog":
				controls++
				if strings.TrimSpace(thing.Name) == "" {
					t.Errorf("%s: a %s has no name", look, thing.Role)
				}
			case "region":
				regions++
			}
		}
		if controls < 5 || look == "the page" && (controls < 40 || regions < 4) {
			t.Errorf("%s: %d controls and %d regions: was everything looked at?", look, controls, regions)
		}
	}
}

// A person without a mouse adds a user, copies the code, reads the curl line and freezes the clock.
func TestTheKeyboardAloneIsEnough(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	w := open(t, m)
	tabTo := func(selector string) {
		t.Helper()
		for range 80 {
			if browser.Value[bool](w, `document.activeElement.matches(`+browser.Quote(selector)+`)`) {
				return
			}
			w.Press("\t")
		}
		t.Fatalf("Tab never comes to %s", selector)
	}
	w.Press("\t")
	w.Until(`document.activeElement.matches('.skip')`) // the first stop leads past the head of the page
	tabTo("#freeze")
	w.Press(" ")
	w.Sees("#freeze", "Run")
	tabTo("#add-user")
	w.Press("\r")
	w.Until(`document.activeElement.name === 'name'`)
	w.Press("kim")
	tabTo(`[name="cellphone"]`)
	w.Press("2015550142\r")
	w.Until(`!document.querySelector('dialog')`)
	kim := m.User("kim")
	readCode(w, kim.ID, "app")
	w.Until(`document.activeElement.matches('#add-user')`) // the focus is where it was
	tabTo(`[data-family="app"]`)
	w.Sees("#shell", "/_mock/users/"+kim.Ref()+"/token")
	w.Press("\r")
	w.Sees("#toasts", "Copied "+kim.Code())
	w.Until(`document.querySelector('#announcer').textContent.includes('Copied')`)
	verify(t, m, "1234567", kim.ID)
	w.Sees("#journal", "refused")
	tabTo(".entry-row")
	w.Press("\r")
	w.Sees(".entry-details", "Token is invalid")
	tabTo(".fault input")
	w.Press(" ")
	w.Sees(".fault.on", "Every code is wrong")
}

func TestThemes(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	w := newWindow(t)
	ground := func() string {
		return browser.Value[string](w, `getComputedStyle(document.documentElement).backgroundColor`)
	}
	seen := map[string]string{}
	for _, theme := range []string{"light", "dark"} {
		w.Look(theme, 1200, 800)
		w.Visit(m.URL + "/")
		live(w)
		seen[theme] = ground()
	}
	if seen["light"] == seen["dark"] {
		t.Fatalf("the system's theme changes nothing: %s", seen["light"])
	}
	w.Click("#theme") // the system is dark, and light is wanted
	if got := ground(); got != seen["light"] {
		t.Errorf("after the button: %s, want %s", got, seen["light"])
	}
	w.Visit(m.URL + "/")
	live(w)
	if got := ground(); got != seen["light"] {
		t.Errorf("after a reload: %s, want %s", got, seen["light"])
	}
}

func TestANarrowScreenNeedsNoScrollingSideways(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	scene(t, m)
	m.AddUser(mockapi.NewUser{Name: strings.Repeat("averylongnamewithoutanyblank", 4), Cellphone: "2015550190",
		Email: strings.Repeat("x", 90) + "@example.com", Suspended: true, Disabled: true})
	w := newWindow(t)
	for _, width := range []int64{320, 400, 700, 1080, 1920} {
		w.Look("light", width, 720)
		w.Visit(m.URL + "/")
		live(w)
		w.Sees("#phones", "averylong")
		if over := browser.Value[int](w,
			`document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("at %d pixels the page is %d too wide", width, over)
		}
	}
}

// The page says the moment by the clock of the world, also when that is far from the clock of the
// computer.
func TestThePageShowsTheWorldsTime(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.SetTime(time.Date(2041, 1, 2, 3, 4, 0, 0, time.UTC))
	w := open(t, m)
	w.Sees(".clock", "03:04:")
	w.Sees(".clock", "2041-01-02 UTC")
}

// contrasts returns, for every text on the page, what it says and its contrast to what is behind
// it, as WCAG 2 reckons.
const contrasts = `(() => {
	const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
	const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
	const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
	const paint = (layers) => {
		canvas.clearRect(0, 0, 1, 1);
		for (const [colour, alpha] of layers) {
			canvas.globalAlpha = alpha;
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
		}
		return [...canvas.getImageData(0, 0, 1, 1).data];
	};
	const found = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let text = walker.nextNode(); text; text = walker.nextNode()) {
		const node = text.parentElement;
		if (!text.data.trim() || !node.checkVisibility({ visibilityProperty: true }) ||
			node.closest('.unseen, .skip, [disabled], noscript')) continue;
		const behind = [];
		let opacity = 1;
		for (let e = node; e; e = e.parentElement) {
			behind.unshift([getComputedStyle(e).backgroundColor, 1]);
			opacity *= getComputedStyle(e).opacity;
		}
		const style = getComputedStyle(node);
		const ground = paint(behind),
			front = paint([...behind, [node instanceof SVGElement ? style.fill : style.color, opacity]]);
		const [a, b] = [light(ground), light(front)].sort((x, y) => y - x);
		found.push({ text: text.data, contrast: (a + 0.05) / (b + 0.05) });
	}
	return found;
})()`

func TestTextsAreReadableInBothThemes(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	scene(t, m)
	w := newWindow(t)
	for _, theme := range []string{"light", "dark"} {
		w.Look(theme, 1440, 900)
		w.Visit(m.URL + "/")
		live(w)
		w.Click(".entry:nth-child(2) .entry-row")
		w.Click(".fault input")
		w.Sees(".fault", "hit 0 times")
		all := browser.Value[[]struct {
			Text     string
			Contrast float64
		}](w, contrasts)
		if len(all) < 100 {
			t.Errorf("%s: looked at %d texts only", theme, len(all))
		}
		for _, one := range all {
			if one.Contrast < 4.5 {
				t.Errorf("%s: %q has a contrast of %.1f, want 4.5", theme, one.Text, one.Contrast)
			}
		}
		w.Click("#faults .pane-head button")
		w.Until(`!document.querySelector('.fault.on')`)
	}
}
