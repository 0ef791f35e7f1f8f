package phone_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// TestScreenshots takes the pictures of the README, of a world that always looks the same, into the
// folder that PHONE_SCREENSHOTS names:
//
//	PHONE_SCREENSHOTS=$PWD/docs/screenshots go test ./mockauthy/internal/phone -run Screenshots
func TestScreenshots(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("PHONE_SCREENSHOTS")
	if folder == "" {
		t.Skip("skipped: takes pictures only where PHONE_SCREENSHOTS names a folder for them") // on purpose
	}
	m := mockauthytest.New(t)
	scene(t, m)
	w := open(t, m)
	for _, shot := range []struct {
		name          string
		theme         string
		width, height int64
		before        func()
	}{
		{name: "phone-light", theme: "light", width: 1440, height: 900},
		{name: "phone-dark", theme: "dark", width: 1440, height: 900},
		{name: "phone-narrow", theme: "light", width: 400, height: 860},
		{name: "phone-qr", theme: "light", width: 1100, height: 760, before: func() {
			w.Click(`.phone:nth-child(2) .phone-foot button`)
			w.Until(`document.querySelector('dialog img').naturalWidth > 0`)
		}},
	} {
		w.Look(shot.theme, shot.width, shot.height)
		w.Visit(m.URL + "/")
		live(w)
		readCode(w, m.User("alice").ID, "generic")
		if shot.before != nil {
			shot.before()
		}
		if err := os.WriteFile(filepath.Join(folder, shot.name+".png"), w.Picture(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// scene fills a world with something of everything.
func scene(t *testing.T, m *mockauthytest.Mock) {
	t.Helper()
	m.SetTime(time.Date(2026, 3, 14, 9, 26, 43, 0, time.UTC))
	m.Freeze()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ"
	for i, spec := range []mockapi.NewUser{
		{Name: "Grace Hopper", CountryCode: 1, Cellphone: "2025550181", Email: "grace@example.com", Confirmed: true},
		{Name: "Ada Lovelace", CountryCode: 44, Cellphone: "7700900142", Email: "ada@example.com", Confirmed: true},
		{Name: "linus", CountryCode: 358, Cellphone: "457369123", Registered: mockapi.Ptr(false)},
		{Name: "mallory", CountryCode: 1, Cellphone: "2025550166", Email: "mallory@example.com", Confirmed: true,
			Suspended: true},
		{Name: "Katherine Johnson", CountryCode: 1, Cellphone: "2025550113", Email: "katherine@example.com"},
	} {
		spec.ID = 20_481_101 + int64(i)*7_919
		spec.Secret = secret + string(rune('A'+i))
		m.AddUser(spec)
	}
	alice, grace, ada := m.User("alice"), m.User("Grace Hopper"), m.User("Ada Lovelace")
	ask(t, m, "/protected/json/verify/"+grace.Code()+"/"+grace.Ref()+"?force=true")
	m.Advance(2 * time.Second)
	ask(t, m, "/protected/json/sms/"+alice.Ref()+"?force=true")
	m.Advance(3 * time.Second)
	ask(t, m, "/protected/json/verify/"+alice.WrongCode()+"/"+alice.Ref()+"?force=true")
	m.Advance(time.Second)
	ask(t, m, "/protected/json/call/"+m.User("linus").Ref()+"?force=true")
	m.Advance(2 * time.Second)
	ask(t, m, "/protected/json/verify/"+ada.Code()+"/"+ada.Ref()+"?force=true")
	ask(t, m, "/protected/json/verify/"+ada.Code()+"/"+ada.Ref()+"?force=true")
	m.Advance(time.Second)
	ask(t, m, "/protected/json/users/"+m.User("mallory").Ref()+"/status")
	ask(t, m, "/protected/json/verify/"+m.User("mallory").Code()+"/"+m.User("mallory").Ref()+"?force=true")
	lin := m.AddFactor(mockapi.NewFactor{Identity: "authy-user-20481101", FriendlyName: "Lin at Verify",
		Secret: secret + "W"})
	entity := "/Entities/" + lin.Identity
	twilio(t, m, entity+"/Challenges", url.Values{"FactorSid": {lin.SID}, "AuthPayload": {lin.Code()}})
	twilio(t, m, "/Verifications", url.Values{"To": {"+12025550113"}, "Channel": {"sms"}})
	m.Advance(time.Second)
	push(t, m, ada, "Log in to SFTPGo?", "Account", "ada", "From", "192.0.2.44", "Protocol", "SSH")
	m.Refuse(mockapi.Verify, "60003").For(grace).Times(3)
	ask(t, m, "/protected/json/verify/"+grace.Code()+"/"+grace.Ref()+"?force=true")
}

// push asks a user for approval as a login hook would; details are names and values in turn.
func push(t testing.TB, m *mockauthytest.Mock, user *mockauthytest.User, message string, details ...string) {
	t.Helper()
	form := url.Values{"message": {message}, "seconds_to_expire": {"90"}}
	for i := 0; i+1 < len(details); i += 2 {
		form.Set("details["+details[i]+"]", details[i+1])
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		m.URL+"/onetouch/json/users/"+user.Ref()+"/approval_requests", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status := send(t, m, req); status != http.StatusOK {
		t.Fatalf("the approval request: %d", status)
	}
}

// ask sends a GET to the Authy API as a login hook would, and returns the status.
func ask(t testing.TB, m *mockauthytest.Mock, path string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, m, req)
}

func send(t testing.TB, m *mockauthytest.Mock, req *http.Request) int {
	t.Helper()
	req.Header.Set("X-Authy-API-Key", m.Key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}
