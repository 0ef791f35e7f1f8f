package hooks_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

const (
	talkative = "keyint: {send_codes: [sms, call], retries: 1}\n"
	password  = "(check) Password: "
	code      = "Authy code: "
	sent      = "A code is on its way. Authy code: "
	retry     = "Wrong or already used. Authy code: "
)

// TestConversation talks to keyint where it may send codes and ask once more, through both doors.
func TestConversation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers  func(u *mockauthytest.User) []string // those after the password
		settings string
		users    string // default: alice is mapped
		asked    []string
		in       bool
		reasons  string
		sends    int
	}{
		"right at once": {func(u *mockauthytest.User) []string { return []string{u.Code()} }, talkative, "",
			[]string{password, code}, true, "[code_right]", 0},
		"right the second time": {func(u *mockauthytest.User) []string { return []string{u.WrongCode(), u.Code()} },
			talkative, "",
			[]string{password, code, retry}, true, "[code_wrong code_right]", 0},
		"wrong twice": {func(u *mockauthytest.User) []string { return []string{u.WrongCode(), u.WrongCode()} },
			talkative, "",
			[]string{password, code, retry}, false, "[code_wrong code_wrong]", 0},
		"a slip, then right": {func(u *mockauthytest.User) []string { return []string{"12345", u.Code()} },
			talkative, "",
			[]string{password, code, retry}, true, "[code_malformed code_right]", 0},
		"sms": {func(u *mockauthytest.User) []string { return []string{"sms", "sent"} }, talkative, "",
			[]string{password, code, sent}, true, "[code_right]", 1},
		"sms in any case, with blanks": {func(u *mockauthytest.User) []string { return []string{" SmS\t", "sent"} },
			talkative, "",
			[]string{password, code, sent}, true, "[code_right]", 1},
		"call in capitals": {func(u *mockauthytest.User) []string { return []string{"CALL ", "sent"} }, talkative, "",
			[]string{password, code, sent}, true, "[code_right]", 1},
		"call": {func(u *mockauthytest.User) []string { return []string{"call", "sent"} }, talkative, "",
			[]string{password, code, sent}, true, "[code_right]", 1},
		"sms, wrong, right": {func(u *mockauthytest.User) []string { return []string{"sms", u.WrongCode(), "sent"} },
			talkative, "",
			[]string{password, code, sent, retry}, true, "[code_wrong code_right]", 1},
		"sms twice": {func(u *mockauthytest.User) []string { return []string{"sms", "sms", u.Code()} }, talkative, "",
			[]string{password, code, sent, retry}, true, "[code_malformed code_right]", 1},
		"sms after a wrong code": {func(u *mockauthytest.User) []string { return []string{u.WrongCode(), "sms"} },
			talkative, "",
			[]string{password, code, retry}, false, "[code_wrong code_malformed]", 0},
		"sms where only calls are sent": {func(u *mockauthytest.User) []string { return []string{"sms"} },
			"keyint: {send_codes: [call]}", "",
			[]string{password, code}, false, "[code_malformed]", 0},
		"sms by default": {func(u *mockauthytest.User) []string { return []string{"sms"} }, "", "",
			[]string{password, code}, false, "[code_malformed]", 0},
		"wrong by default": {func(u *mockauthytest.User) []string { return []string{u.WrongCode()} }, "", "",
			[]string{password, code}, false, "[code_wrong]", 0},
		"somebody unmapped sees the same": {
			func(u *mockauthytest.User) []string { return []string{"sms", u.Code(), u.Code()} }, talkative, "bob: 1\n",
			[]string{password, code, sent, retry}, false, "[user_unmapped user_unmapped]", 0},
		"own texts": {func(u *mockauthytest.User) []string { return []string{u.WrongCode(), u.Code()} },
			"keyint: {retries: 1, password_question: 'Mot de passe : ', code_question: 'Code : ', retry_question: " +
				"'Encore : '}", "",
			[]string{"(check) Mot de passe : ", "Code : ", "Encore : "}, true, "[code_wrong code_right]", 0},
		"authy down is not asked again": {
			func(u *mockauthytest.User) []string { u.Suspend(); return []string{"1234567"} }, talkative, "",
			[]string{password, code}, false, "[provider_user_blocked]", 0},
	} {
		for through, enter := range doors() {
			t.Run(name+"/"+through, func(t *testing.T) {
				t.Parallel()
				m := mockauthytest.New(t)
				m.Freeze()
				alice := m.User("alice")
				s := newSetting(t, m.URL, or(c.users, "alice: "+alice.Ref()+"\n"), c.settings)
				s.write("key", m.Key, 0o600)
				answers := append([]string{"OK"}, c.answers(alice)...)
				if slices.Contains(answers, "sent") {
					// what the phone gets is known before it is sent: by the same rules as all
					// else, a seed
					answers = withSent(t, m, alice, answers)
				}
				got := enter(t, s, "keyint", call{username: "alice", answers: answers})
				if (got.reply == `{"auth_result":1}`) != c.in || !slices.Equal(got.asked, c.asked) {
					t.Errorf("got %s after %q, want in %v after %q\nstderr: %s", got.reply, got.asked, c.in, c.asked,
						got.stderr)
				}
				var reasons []string
				for _, r := range s.records() {
					reasons = append(reasons, fmt.Sprint(r["reason"]))
				}
				if fmt.Sprint(reasons) != c.reasons {
					t.Errorf("the audit says %v, want %s", reasons, c.reasons)
				}
				if n := len(m.Journal(mockapi.JournalQuery{Endpoint: mockauthytest.SMS})) +
					len(m.Journal(mockapi.JournalQuery{Endpoint: mockauthytest.Call})); n > c.sends+1 ||
					c.sends == 0 && n > 0 {
					t.Errorf("%d codes were sent, want %d", n, c.sends)
				}
			})
		}
	}
}

// withSent has a code sent beforehand and puts it where the answers say "sent": Authy sends the
// same code again while it is valid.
func withSent(t *testing.T, m *mockauthytest.Mock, u *mockauthytest.User, answers []string) []string {
	t.Helper()
	res, err := http.DefaultClient.Do(request(t, m, "/protected/json/sms/"+u.Ref()+"?force=true"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	messages := u.Outbox()
	if len(messages) != 1 {
		t.Fatalf("outbox: %v", messages)
	}
	out := slices.Clone(answers)
	out[slices.Index(out, "sent")] = messages[0].Code
	return out
}

func request(t *testing.T, m *mockauthytest.Mock, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Authy-API-Key", m.Key)
	return req
}

// phone is an Authy that puts questions on a phone, whose answer is status.
func phone(t *testing.T, status string, gate <-chan struct{}) *authytest.Server {
	const uuid = "e1b0c3d0-0000-0134-1111-0e5d6a065904"
	return authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && gate != nil {
			<-gate
		}
		fmt.Fprintf(w, `{"approval_request":{"uuid":%q,"status":%q},"success":true}`, uuid, status)
	})
}

const pushing = "push: {enabled: true, wait: 2s}\n"

// TestPush asks on the phone, through hookd.
func TestPush(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hook     string
		settings string
		status   string
		typed    string // checkpwd and extauth: the password; keyint: the answer to the code question
		protocol string
		yes      string // "" is a denial
		reason   string
		unseen   bool
	}{
		"keyint, approved": {"keyint", pushing, "approved", "push", "", `{"auth_result":1}`,
			"push_approved", false},
		"keyint, an empty answer": {"keyint", pushing, "approved", "", "", `{"auth_result":1}`,
			"push_approved", false},
		"keyint, in any case": {"keyint", pushing, "approved", " Push ", "", `{"auth_result":1}`,
			"push_approved", false},
		"keyint, blanks": {"keyint", pushing, "approved", "  ", "", `{"auth_result":1}`,
			"push_approved", false},
		"keyint, denied":               {"keyint", pushing, "denied", "push", "", "", "push_denied", false},
		"keyint, expired":              {"keyint", pushing, "expired", "push", "", "", "push_expired", false},
		"keyint, nobody answers":       {"keyint", pushing, "pending", "push", "", "", "push_expired", false},
		"keyint, off":                  {"keyint", "", "approved", "push", "", "", "code_malformed", true},
		"keyint, off, an empty answer": {"keyint", "", "approved", "", "", "", "code_malformed", true},
		"checkpwd, approved": {"checkpwd", pushing, "approved", "secret,push", "FTP",
			`{"status":2,"to_verify":"secret"}`, "push_approved", false},
		"checkpwd, in any case": {"checkpwd", pushing, "approved", "secret, PUSH ", "FTP",
			`{"status":2,"to_verify":"secret"}`, "push_approved", false},
		"checkpwd, own separator": {"checkpwd", pushing + "checkpwd: {separator: '|'}", "approved", "a,b|push",
			"FTP", `{"status":2,"to_verify":"a,b"}`, "push_approved", false},
		"checkpwd, denied":             {"checkpwd", pushing, "denied", "secret,push", "FTP", "", "push_denied", false},
		"checkpwd, without a password": {"checkpwd", pushing, "approved", ",push", "FTP", "", "code_malformed", true},
		"checkpwd, over webdav": {"checkpwd", pushing, "approved", "secret,push", "DAV", "",
			"code_malformed", true},
		"checkpwd, off": {"checkpwd", "", "approved", "secret,push", "FTP", "", "code_malformed", true},
		"extauth never": {"extauth", pushing, "approved", "push", "FTP", "", "code_malformed", true},
		"extauth never, by its comma": {"extauth", pushing, "approved", "secret,push", "FTP", "",
			"code_malformed", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := phone(t, c.status, nil)
			s := newSetting(t, server.URL, users, c.settings)
			url := startHookd(t, s)
			var got verdict
			if c.hook == "keyint" {
				got = converseHTTP(t, url+"/keyint", call{username: "alice", answers: []string{"OK", c.typed}})
			} else {
				body := map[string]any{"username": "alice", "password": c.typed, "ip": "192.0.2.7",
					"protocol": c.protocol}
				if c.hook == "extauth" {
					body["user"] = map[string]any{"username": "alice", "status": 1}
				}
				got = post(t, url+"/"+c.hook, body).oneDocument(t)
			}
			if want := or(c.yes, replies(c.hook, no, call{})); got.reply != want {
				t.Errorf("got %s, want %s", got.reply, want)
			}
			if seen := server.Seen(); c.unseen && len(seen) > 0 {
				t.Errorf("the provider saw %v", seen)
			}
			checkAudit(t, s, map[string]any{"reason": c.reason})
		})
	}
}

// TestProgramsDoNotPush: they have no memory of another push that waits.
func TestProgramsDoNotPush(t *testing.T) {
	t.Parallel()
	server := phone(t, "approved", nil)
	s := newSetting(t, server.URL, users, pushing)
	for hook, c := range map[string]call{
		"keyint":   {username: "alice", answers: []string{"OK", "push"}},
		"checkpwd": {username: "alice", password: "secret,push"},
	} {
		if got := viaProgram(t, s, hook, c); got.reply != replies(hook, no, c) {
			t.Errorf("%s: got %s", hook, got.reply)
		}
	}
	if seen := server.Seen(); len(seen) > 0 {
		t.Errorf("the provider saw %v", seen)
	}
}

// TestOnePushAtATime: while somebody's phone rings, a second login with the same password makes it
// ring no more.
func TestOnePushAtATime(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	server := phone(t, "approved", gate)
	s := newSetting(t, server.URL, users, "push: {enabled: true, wait: 10s}\n")
	url := startHookd(t, s)
	login := func() string {
		return post(t, url+"/checkpwd",
			map[string]any{"username": "alice", "password": "secret,push", "ip": "192.0.2.7", "protocol": "FTP"}).reply
	}
	var first string
	var wait sync.WaitGroup
	wait.Go(func() { first = login() })
	for end := time.Now().Add(10 * time.Second); len(server.Seen()) == 0 &&
		time.Now().Before(end); <-time.After(time.Millisecond) {
	}
	for range 3 {
		if got := login(); !strings.HasPrefix(got, `{"status":0`) {
			t.Errorf("a second push: got %s", got)
		}
	}
	close(gate)
	wait.Wait()
	if !strings.HasPrefix(first, `{"status":2`) {
		t.Errorf("the first push: got %s", first)
	}
	puts := 0
	for _, path := range server.Seen() {
		if strings.HasPrefix(path, "/onetouch/json/users/") {
			puts++
		}
	}
	if puts != 1 {
		t.Errorf("the phone rang %d times", puts)
	}
	if got := login(); !strings.HasPrefix(got, `{"status":2`) {
		t.Errorf("after it was answered: got %s", got)
	}
}
