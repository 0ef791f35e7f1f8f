package hooks_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// graceful is a configuration with a grace for all protocols and a lockout.
const graceful = "grace: 10m\nhookd: {lockout: {window: 15m, per_account_ip: 3, per_ip: 40}}\n"

// ask logs in by keyint and says whether that got in, and after which questions.
func (c *cluster) ask(name, code, ip string) (in bool, asked int) {
	c.t.Helper()
	login := call{username: name, answers: []string{"OK", code}, ip: ip}
	if c.program != nil && c.program() {
		v := viaProgram(c.t, c.s, "keyint", login)
		return v.reply == `{"auth_result":1}`, len(v.asked)
	}
	v := converseHTTP(c.t, c.url+"/keyint", login)
	return v.reply == `{"auth_result":1}`, len(v.asked)
}

// asks counts the questions to Authy about somebody.
func (c *cluster) asks(name string) int {
	c.t.Helper()
	return len(c.mock.Journal(mockapi.JournalQuery{Endpoint: mockauthytest.Verify, User: c.mock.User(name).Ref()}))
}

// enroll writes the users file anew, without those named; replaced are mapped to another user.
func (c *cluster) enroll(without string, replaced map[string]string) {
	var users strings.Builder
	for _, name := range names {
		if name != without {
			fmt.Fprintf(&users, "%s: %s\n", name, or(replaced[name], c.mock.User(name).Ref()))
		}
	}
	c.s.write("users", users.String(), 0o644)
}

// graces are what any hookd or group of them does with a grace. Each uses accounts and addresses of
// its own.
var graces = map[string]func(t *testing.T, c *cluster){
	"the same code goes on, over any protocol": func(t *testing.T, c *cluster) {
		code := c.mock.User("ann").Code()
		for _, protocol := range []string{"SSH", "SSH", "FTP", "DAV", "HTTP"} {
			if !c.ext("ann", code, "198.51.100.1", protocol) {
				t.Errorf("%s: refused", protocol)
			}
		}
		c.expect("ann", "code_right", "code_grace", "code_grace", "code_grace", "code_grace")
		if n := c.asks("ann"); n != 1 {
			t.Errorf("asked %d times", n)
		}
	},
	"a thief with the code stays out": func(t *testing.T, c *cluster) {
		code := c.mock.User("bob").Code()
		for range 2 {
			if !c.check("bob", code, "198.51.100.2") {
				t.Error("the owner is refused")
			}
		}
		if c.check("bob", code, "198.51.100.3") || c.check("bob", code, "") ||
			c.ext("bob", code, "198.51.100.2", "FTP") {
			t.Error("a thief is in")
		}
		if in, _ := c.ask("bob", code, "198.51.100.2"); in {
			t.Error("a thief is in by keyint")
		}
		c.expect("bob", "code_right", "code_grace", "code_reused", "code_reused", "code_reused", "code_reused")
	},
	"of many connections at once one is asked about, and none counts": func(t *testing.T, c *cluster) {
		code := c.mock.User("cid").Code()
		var in atomic.Int32
		var wait sync.WaitGroup
		for range 16 {
			wait.Go(func() {
				if c.check("cid", code, "198.51.100.4") {
					in.Add(1)
				}
			})
		}
		wait.Wait()
		if n := c.asks("cid"); in.Load() != 16 || n != 1 {
			t.Errorf("%d of 16 are in, asked %d times: %v", in.Load(), n, c.reasons("cid"))
		}
	},
	"of many with a wrong code at once each counts": func(t *testing.T, c *cluster) {
		wrong := c.mock.User("dan").WrongCode()
		var wait sync.WaitGroup
		for range 16 {
			wait.Go(func() {
				if c.check("dan", wrong, "198.51.100.5") {
					t.Error("in with a wrong code")
				}
			})
		}
		wait.Wait()
		counts := map[string]int{}
		for _, reason := range c.reasons("dan") {
			counts[reason]++
		}
		if counts["code_wrong"] > 3 || counts["code_wrong"]+counts["locked_out"] != 16 {
			t.Errorf("the audit says %v", counts)
		}
	},
	"an attempt that the grace answers neither counts nor forgives": func(t *testing.T, c *cluster) {
		u := c.mock.User("eve")
		code := u.Code()
		try := func(code string) bool { return c.check("eve", code, "198.51.100.6") }
		if !try(code) || try(u.WrongCode()) || try(u.WrongCode()) || !try(code) || try(u.WrongCode()) ||
			try(u.WrongCode()) || !try(code) {
			t.Error("somebody is in who should not be, or the other way round")
		}
		c.expect("eve", "code_right", "code_wrong", "code_wrong", "code_grace", "code_wrong", "locked_out",
			"code_grace")
	},
	"keyint does not ask again, but somebody elsewhere": func(t *testing.T, c *cluster) {
		u := c.mock.User("fay")
		for i, want := range []int{2, 1, 1} {
			if in, asked := c.ask("fay", u.Code(), "198.51.100.7"); !in || asked != want {
				t.Errorf("login %d: in %v after %d questions, want %d", i, in, asked, want)
			}
		}
		for _, ip := range []string{"198.51.100.8", "-"} {
			if in, asked := c.ask("fay", u.Code(), ip); in || asked != 2 {
				t.Errorf("from %s: in %v after %d questions", ip, in, asked)
			}
		}
		c.expect("fay", "code_right", "code_grace", "code_grace", "code_reused", "code_reused")
	},
	"who is taken out of the users file, or is somebody else there, does not go on": func(t *testing.T, c *cluster) {
		u := c.mock.User("gus")
		code := u.Code()
		if in, _ := c.ask("gus", code, "198.51.100.9"); !in || !c.ext("gus", u.CodeAt(1), "198.51.100.9", "FTP") {
			t.Fatal("refused")
		}
		c.enroll("gus", nil)
		if in, asked := c.ask("gus", code, "198.51.100.9"); in || asked != 2 {
			t.Error("in without an id")
		}
		c.enroll("", map[string]string{"gus": c.mock.User("joy").Ref()})
		if in, asked := c.ask("gus", code, "198.51.100.9"); in || asked != 2 ||
			c.ext("gus", u.CodeAt(1), "198.51.100.9", "FTP") {
			t.Error("in with the code of another id")
		}
		c.enroll("", nil)
		c.expect("gus", "code_right", "code_right", "user_unmapped", "code_wrong", "code_wrong")
	},
	"a grace that ended is over, also when the line is what it was": func(t *testing.T, c *cluster) {
		for name, change := range map[string]func(){
			"ian": func() { c.enroll("ian", nil) },
			"joy": func() { c.enroll("", map[string]string{"joy": c.mock.User("ian").Ref()}) },
		} {
			u := c.mock.User(name)
			code, ip := u.Code(), "198.51.100.12"
			if in, _ := c.ask(name, code, ip); !in || !c.ext(name, u.CodeAt(1), ip, "FTP") {
				t.Fatal(name, "is refused")
			}
			change()
			if c.check(name, u.WrongCode(), "198.51.100.13") {
				t.Error(name, "is in with a wrong code")
			}
			c.enroll("", nil)
			if in, asked := c.ask(name, code, ip); in || asked != 2 || c.ext(name, u.CodeAt(1), ip, "FTP") {
				t.Error(name, "goes on")
			}
			for range 2 {
				if !c.ext(name, u.CodeAt(-1), ip, "FTP") {
					t.Error(name, "has no new grace")
				}
			}
		}
	},
	"a suspension ends it once Authy tells": func(t *testing.T, c *cluster) {
		u := c.mock.User("hal")
		code := u.Code()
		if !c.check("hal", code, "198.51.100.10") {
			t.Fatal("refused")
		}
		u.Suspend()
		if !c.check("hal", code, "198.51.100.10") {
			t.Error("nobody was asked, and it ended")
		}
		c.ext("hal", "0000000", "198.51.100.11", "FTP")
		if c.check("hal", code, "198.51.100.10") {
			t.Error("goes on though Authy said that the user is suspended")
		}
		c.expect("hal", "code_right", "code_grace", "provider_user_blocked", "code_reused")
	},
}

// TestProgramsHaveNoGrace: without a file they remember nothing, and the setting changes nothing
// for them.
func TestProgramsHaveNoGrace(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	s := newSetting(t, m.URL, "alice: "+alice.Ref()+"\n", "grace: 1h")
	s.write("key", m.Key, 0o600)
	login := call{username: "alice", answers: []string{"OK", alice.Code()}}
	for i, want := range []string{`{"auth_result":1}`, `{"auth_result":-1}`} {
		if got := viaProgram(t, s, "keyint", login); got.reply != want || len(got.asked) != 2 {
			t.Errorf("login %d: got %s after %q", i, got.reply, got.asked)
		}
	}
	m.ExpectCalls(mockauthytest.Verify, 2)
}
