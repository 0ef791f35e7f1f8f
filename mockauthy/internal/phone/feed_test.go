package phone_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

func TestATextArrivesInTheInboxWithACodeThatPasses(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	w := open(t, m)
	w.Sees("#inbox", "Nothing was sent yet")
	ask(t, m, "/protected/json/sms/"+alice.Ref()+"?force=true")
	w.Sees("#inbox .message", "alice")
	w.Sees("#inbox .message", "Text")
	code := w.Text("#inbox .code-chip .digits")
	if got := verify(t, m, code, alice.ID); got != http.StatusOK {
		t.Errorf("the code %s of the inbox: %d, want 200", code, got)
	}
	ask(t, m, "/protected/json/call/"+alice.Ref()+"?force=true")
	w.Sees("#inbox .message:first-child", "Call") // the newest comes first
	w.Click(`[aria-label="Clear the inbox"]`)
	w.Sees("#inbox", "Nothing was sent yet")
	if left := m.Outbox(mockapi.OutboxQuery{}); len(left) != 0 {
		t.Errorf("the outbox still has %d messages", len(left))
	}
}

func TestAFailedLoginAppearsWithItsReason(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	m.SetTime(time.Unix(1_700_000_000, 0)) // a whole second, which is written without a fraction
	alice, bob := m.User("alice"), m.User("bob")
	w := open(t, m)
	w.Sees("#journal", "No requests yet")
	verify(t, m, alice.CodeAt(-20), alice.ID)
	w.Sees(".entry:first-child", "refused")
	w.Sees(".entry:first-child", "alice")
	w.Sees(".entry:first-child .status", "401")
	reason := m.Journal(mockapi.JournalQuery{})[0].Reason
	w.Sees(".entry:first-child .reason", reason)
	// and is said aloud
	w.Until(`document.querySelector('#announcer').textContent.includes(` + browser.Quote(reason) + `)`)

	right := bob.Code()
	verify(t, m, right, bob.ID)
	w.Sees(".entry:first-child", "accepted")

	w.Click(".entry:first-child .entry-row")
	w.Until(`document.querySelector('.entry:first-child .entry-row').getAttribute('aria-expanded') === 'true'`)
	w.Sees(".entry:first-child .entry-details", "is valid")
	if details := w.Text(".entry:first-child .entry-details"); strings.Contains(details, right) ||
		strings.Contains(details, m.Key) {
		t.Errorf("the opened row shows the code or the key: %s", details)
	}
	w.Sees(".entry:first-child .entry-details", "2023-11-14 22:13:20 UTC")
	verify(t, m, bob.CodeAt(-20), bob.ID)
	w.Until(`document.querySelectorAll('.entry').length === 3`)
	w.Sees(".entry:nth-child(2) .entry-details", "is valid") // stays open while others arrive

	w.Type("#journal-filter", "alice")
	w.Until(`document.querySelectorAll('.entry').length === 1`)
	w.Click(`[aria-label="Clear the journal"]`)
	w.Sees("#journal", "No requests yet")
}

// The curl line of a row or of a message asks for that one, also when newer ones came.
func TestTheCurlLineOfAnOldRowGivesThatRow(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	ask(t, m, "/protected/json/sms/"+alice.Ref()+"?force=true")
	ask(t, m, "/protected/json/call/"+alice.Ref()+"?force=true")
	w := open(t, m)
	w.Sees(".entry:nth-child(2)", "sms")
	for control, want := range map[string]string{".entry:nth-child(2) .entry-row": `"endpoint":"sms"`,
		".message:nth-child(2) button": `"channel":"sms"`} {
		line := curlLine(w, control, "#shell", "since")
		resp, err := http.Get(strings.Trim(line[strings.Index(line, "http://"):], "'"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		if err != nil || !strings.Contains(string(answer), want) {
			t.Errorf("%s answers %s, want %s in it (%v)", line, answer, want, err)
		}
		resp.Body.Close()
	}
}

func TestTheJournalIsFilteredByKind(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	ask(t, m, "/protected/json/users/"+alice.Ref()+"/status")
	verify(t, m, alice.Code(), alice.ID)
	verify(t, m, "0000000", alice.ID)
	m.Fail(mockapi.SMS, 500).Once()
	ask(t, m, "/protected/json/sms/"+alice.Ref())
	w := open(t, m)
	for pick, want := range map[string]string{"all": "sms verify verify users/status", "verify": "verify verify",
		"refused": "sms verify", "fault": "sms"} {
		browser.Value[any](w, `(() => { const s = document.querySelector('#journal-pick'); s.value = `+
			browser.Quote(pick)+`; s.dispatchEvent(new Event('change', {bubbles: true})); })()`)
		got := browser.Value[string](w,
			`[...document.querySelectorAll('.entry .endpoint')].map((e) => e.textContent).join(' ')`)
		if got != want {
			t.Errorf("%s shows %q, want %q", pick, got, want)
		}
	}
}

func TestAPushIsApprovedDeniedAndExpires(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	w := open(t, m)
	status := func() string {
		t.Helper()
		resp, err := http.Get(m.URL + "/_mock/approvals?limit=1")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var newest mockapi.List[mockapi.Approval]
		if err := json.NewDecoder(resp.Body).Decode(&newest); err != nil || len(newest.Items) != 1 {
			t.Fatalf("%d approvals, %v", len(newest.Items), err)
		}
		return newest.Items[0].Status
	}
	push(t, m, alice, "First?", "From", "192.0.2.7")
	w.Sees(".push.pending", "alice")
	w.Sees(".push.pending", "First?")
	w.Sees(".push.pending .facts", "192.0.2.7")
	w.Sees(".push.pending .left", "1:30 left")
	w.Until(`document.title === '(1) mockauthy' && document.querySelector('#announcer').textContent.includes('First?')`)
	m.Advance(30 * time.Second)
	w.Sees(".push.pending .left", "1:00 left")
	inShell(t, curlLine(w, ".push.pending .approve", "#shell", "/approve"))
	w.Sees(".push .push-state", "Approved")
	if got := status(); got != "approved" {
		t.Errorf("the first push is %s, want approved", got)
	}
	push(t, m, alice, "Second?")
	w.Sees(".push.pending", "Second?")
	w.Click(".push.pending .danger")
	w.Until(`!document.querySelector('.push.pending')`)
	if got := status(); got != "denied" {
		t.Errorf("the second push is %s, want denied", got)
	}
	push(t, m, alice, "Third?")
	w.Sees(".push.pending", "Third?")
	m.Advance(2 * time.Minute)
	w.Until(`!document.querySelector('.push.pending')`)
	w.Sees("#pushes", "Expired")
	m.Advance(-2 * time.Minute)
	w.Sees(".push.pending", "Third?") // it waits again, as the server says
	m.Advance(2 * time.Minute)
	w.Until(`!document.querySelector('.push.pending')`)
	if title := browser.Value[string](w, `document.title`); title != "mockauthy" {
		t.Errorf("the title says %q, but nothing waits", title)
	}
}

// A load test beside an open page: the page keeps up, and keeps only the newest.
func TestThePageKeepsUpWithALoadTest(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	alice := m.User("alice")
	w := open(t, m)
	const requests, clients = 1200, 4
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for range requests / clients {
				verify(t, m, "0000000", alice.ID)
			}
		})
	}
	group.Wait()
	ask(t, m, "/protected/json/app/details")
	w.Sees(".entry:first-child", "app/details")
	if n := browser.Value[int](w, `document.querySelectorAll('.entry').length`); n != 300 {
		t.Errorf("%d entries are drawn, want the newest 300", n)
	}
	live(w)
}
