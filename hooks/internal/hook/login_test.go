package hook

import (
	"context"
	"errors"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// TestBroken: a configuration that cannot be used denies whatever is asked, is audited, and says
// why to the administrator alone.
func TestBroken(t *testing.T) {
	t.Parallel()
	for hook, want := range denials {
		l, log := login(stub{found: true, result: provider.Right},
			gate.Policy{AllowNoAnswer: true, PassWithoutAuditor: true})
		var told []string
		l.Problem = func(err error) { told = append(told, err.Error()) }
		reply := l.Broken(hook, "ann", "192.0.2.7", "FTP", errors.New("api_key: is missing"))
		if string(reply.Body) != want || !reply.Fault {
			t.Errorf("%s: got %q, fault %v", hook, reply.Body, reply.Fault)
		}
		for _, text := range []string{`"reason":"config"`, `"account":"ann"`, `"ip":"192.0.2.7"`, `"protocol":"FTP"`,
			`"hook":"` + string(hook) + `"`} {
			if !strings.Contains(log.String(), text) {
				t.Errorf("%s: audit %s lacks %s", hook, log, text)
			}
		}
		if len(told) != 1 || told[0] != "configuration: api_key: is missing" {
			t.Errorf("%s: told %q", hook, told)
		}
	}
}

// TestSeparatorCutsAtTheLast: a password may hold the separator; what lacks it, or has nothing
// before it, has no code.
func TestSeparatorCutsAtTheLast(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"se,cret,1234567":   "se,cret",
		"secret,123 4567":   "secret",
		"secret , 1234567 ": "secret ",
		"secret1234567":     "",
		"1234567":           "",
		",1234567":          "",
		"secret,":           "",
		"secret,1234":       "",
	} {
		password, code, ok := split(typed, ",", 7)
		if password != want || ok != (want != "") || (code == otp.Code{}) != (want == "") {
			t.Errorf("%q: got %q, %v, want %q", typed, password, ok, want)
		}
	}
}

// TestPushIsCutOnlyWhereItMay: the word asks on the phone with a password before it, where push is
// on, and never over WebDAV.
func TestPushIsCutOnlyWhereItMay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s               Settings
		typed, protocol string
		want            string
	}{
		{Settings{Push: true}, "secret,push", "FTP", "secret"},
		{Settings{Push: true, Separator: ":"}, "secret:push", "SSH", "secret"},
		{Settings{Push: true, Separator: ":"}, "secret,push", "SSH", ""},
		{Settings{Push: true}, "secret,push", "DAV", ""},
		{Settings{Push: true}, "secret,Push", "FTP", "secret"},
		{Settings{Push: true}, "se,cret , PUSH\t", "FTP", "se,cret "},
		{Settings{Push: true, Separator: " "}, "secret push ", "FTP", "secret"},
		{Settings{Push: true}, "secret,push,", "FTP", ""},
		{Settings{Push: true}, "secret,pu sh", "FTP", ""},
		{Settings{Push: true}, ",push", "FTP", ""},
		{Settings{Push: true}, "secretpush", "FTP", ""},
		{Settings{}, "secret,push", "FTP", ""},
	} {
		password, push := c.s.splitPush(sftpgo.CheckPassword{Password: c.typed, Protocol: c.protocol})
		if password != c.want || push != (c.want != "") {
			t.Errorf("%+v, %q over %s: got %q, %v, want %q", c.s, c.typed, c.protocol, password, push, c.want)
		}
	}
}

// phones notes which codes were sent, and may fail.
type phones struct {
	err  error
	sent []string
}

func (p *phones) SendCode(_ context.Context, person provider.Person, by string) error {
	p.sent = append(p.sent, by+" "+person.String())
	return p.err
}

// pause bounds how many codes are sent.
type pause struct {
	free bool
	err  error
}

func (p pause) ClaimSend(context.Context, provider.Person) (bool, error) { return p.free, p.err }

// TestSending: a code is sent to who is known, once in a while, and never without the memory that
// says so. Who asks sees the same question.
func TestSending(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	for name, c := range map[string]struct {
		found bool
		sends Sends
		err   error
		sent  int
		told  bool
	}{
		"nothing bounds it":          {found: true},
		"the first in a while":       {found: true, sends: pause{free: true}, sent: 1},
		"too soon":                   {found: true, sends: pause{}},
		"the memory does not answer": {found: true, sends: pause{free: true, err: gone}, told: true},
		"an account that is nowhere": {sends: pause{free: true}},
		"Authy does not send":        {found: true, sends: pause{free: true}, err: gone, sent: 1, told: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _ := login(stub{found: c.found}, gate.Policy{})
			to, told := &phones{err: c.err}, 0
			l.Sends, l.Sender, l.Settings.SendBy, l.Problem = c.sends, to, []string{"sms"}, func(error) { told++ }
			turn := l.Keyint(t.Context(), sftpgo.Keyint{Step: 3, Username: "ann", Questions: []string{"Authy code: "},
				Answers: []string{"sms"}})
			if turn.Question != "sent" || len(to.sent) != c.sent || (told > 0) != c.told ||
				c.sent > 0 && to.sent[0] != "sms 1000" {
				t.Errorf("asks %q, sent %q, told %d times; want %d sent, told %v", turn.Question, to.sent, told,
					c.sent, c.told)
			}
		})
	}
}

// TestExtauthKeepsToItsAccounts: an account that takes no password over this protocol is not
// extauth's, whatever the code.
func TestExtauthKeepsToItsAccounts(t *testing.T) {
	t.Parallel()
	l, log := login(stub{found: true, result: provider.Right}, gate.Policy{})
	user := `{"username":"ann","status":1,"filters":{"denied_login_methods":["password","publickey"]}}`
	reply := l.ExternalAuth(t.Context(), sftpgo.ExternalAuth{Username: "ann", Password: "1234567", Protocol: "SSH",
		User: []byte(user)})
	if string(reply.Body) != denials[gate.Extauth] || !strings.Contains(log.String(), `"reason":"method_denied"`) {
		t.Errorf("got %q: %s", reply.Body, log)
	}
}
