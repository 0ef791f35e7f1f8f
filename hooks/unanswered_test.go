package hooks_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/internal/redistest"
)

// later are functions that hookd wants called later. The test says when it is later.
type later struct {
	mu    sync.Mutex
	calls []*func()
}

// after implements what hookd asks of its system.
func (l *later) after(d time.Duration, f func()) func() bool {
	if d < 2*time.Minute {
		panic("an SSH login may take two minutes")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	call := &f
	l.calls = append(l.calls, call)
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		was := *call != nil
		*call = nil
		return was
	}
}

// pass calls what is still wanted, and says how much that was.
func (l *later) pass() (n int) {
	l.mu.Lock()
	calls := l.calls
	l.calls = nil
	l.mu.Unlock()
	for _, call := range calls {
		if f := *call; f != nil {
			f()
			n++
		}
	}
	return n
}

// say takes a step of a conversation of alice's.
func say(t *testing.T, url string, step int, question, answer string) round {
	t.Helper()
	body := map[string]any{"request_id": "r1", "step": step, "username": "alice", "password": "$2a$04$hash"}
	if step == 1 {
		body["ip"] = "192.0.2.7"
	} else {
		body["questions"], body["answers"] = []string{question}, []string{answer}
	}
	var r round
	if err := json.Unmarshal([]byte(post(t, url+"/keyint", body).reply), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// reasonsOf lists the reasons of the audit.
func reasonsOf(s *setting) string {
	var list []any
	for _, r := range s.records() {
		list = append(list, r["reason"])
	}
	return fmt.Sprint(list)
}

// TestWhoHangsUpLeavesALine: a right password without a code stands in the audit of hookd, once SSH
// would not wait longer. A conversation that ended, or that did not get as far, leaves no more
// lines than it has.
func TestWhoHangsUpLeavesALine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings string
		body     string // of the provider
		answers  []string
		reasons  string
		unseen   bool
	}{
		"at the code": {"", authytest.Valid, []string{"OK"}, "[input_timeout]", true},
		"at the second question": {"keyint: {retries: 1}", authytest.Invalid, []string{"OK", "1234567"},
			"[code_wrong input_timeout]", false},
		"at the code that is sent": {"keyint: {send_codes: [sms]}", `{"success":true}`, []string{"OK", "sms"},
			"[input_timeout]", false},
		"the code alone":           {"keyint: {code_alone: [alice]}", authytest.Valid, nil, "[input_timeout]", true},
		"never":                    {"", authytest.Valid, []string{"OK", "1234567"}, "[code_right]", false},
		"never, with a wrong code": {"", authytest.Invalid, []string{"OK", "1234567"}, "[code_wrong]", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := authytest.Says(t, 200, c.body)
			s := newSetting(t, server.URL, users, c.settings)
			l := &later{}
			url := insideWith(t, s, l.after)
			r := say(t, url, 1, "", "")
			for i, answer := range c.answers {
				r = say(t, url, i+2, r.Questions[0], answer)
			}
			l.pass()
			if got := reasonsOf(s); got != c.reasons || c.unseen && len(server.Seen()) > 0 {
				t.Errorf("the audit says %s, want %s; the provider saw %q", got, c.reasons, server.Seen())
			}
			last := s.records()[len(s.records())-1]
			if last["ip"] != "192.0.2.7" || last["account"] != "alice" || last["id"] != "r1" {
				t.Errorf("the line is %v", last)
			}
			if n := l.pass(); n != 0 {
				t.Errorf("%d are still waited for", n)
			}
		})
	}
}

// TestWhoHangsUpAtThePassword: SFTPGo does not say whether the password was wrong or never came,
// and nobody is waited for.
func TestWhoHangsUpAtThePassword(t *testing.T) {
	t.Parallel()
	s := newSetting(t, authytest.Says(t, 200, authytest.Valid).URL, users, "")
	l := &later{}
	say(t, insideWith(t, s, l.after), 1, "", "")
	if n := l.pass(); n != 0 {
		t.Errorf("%d are waited for", n)
	}
	s.write("audit.log", "", 0o600) // nothing has made it yet
	if got := s.records(); len(got) != 0 {
		t.Errorf("the audit has %v", got)
	}
}

// TestWhoGoesOnElsewhereLeavesNoLine: a conversation that another hookd went on with is not one
// that nobody answered.
func TestWhoGoesOnElsewhereLeavesNoLine(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	s := newSetting(t, authytest.Says(t, 200, authytest.Valid).URL, users, "hookd: {redis_url: "+redis.URL+"}")
	here, there := &later{}, &later{}
	one, other := insideWith(t, s, here.after), insideWith(t, s, there.after)
	say(t, one, 1, "", "")
	r := say(t, one, 2, "Password: ", "OK")
	if r = say(t, other, 3, r.Questions[0], "1234567"); r.AuthResult != 1 {
		t.Fatalf("got %+v", r)
	}
	if n := here.pass(); n != 1 {
		t.Errorf("%d were waited for", n)
	}
	there.pass()
	if got := reasonsOf(s); got != "[code_right]" {
		t.Errorf("the audit says %s", got)
	}
}
