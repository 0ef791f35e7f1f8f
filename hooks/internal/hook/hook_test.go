package hook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// stub is accounts and provider.
type stub struct {
	found  bool
	result provider.Result
	panics bool
	stale  bool
}

func (s stub) Lookup(context.Context, gate.Account) (gate.Found, error) {
	id, err := authy.ParseID("1000")
	return gate.Found{Person: id, Mapped: s.found, Stale: s.stale}, err
}

func (s stub) Verify(context.Context, provider.Person, otp.Code) provider.Answer {
	if s.panics {
		panic("secret1234567")
	}
	return provider.Answer{Result: s.result, Status: 200}
}

func login(s stub, p gate.Policy) (*Login, *bytes.Buffer) {
	log := &bytes.Buffer{}
	return &Login{
		Door: audit.HTTP, Gate: &gate.Gate{Policy: p, Accounts: s, Provider: s}, Audit: audit.NewLog(log),
		Settings: Settings{CodeLength: 7, PasswordQuestion: "Password: ", CodeQuestion: "Authy code: ",
			SentQuestion: "sent", RetryQuestion: "again"},
		Now: func() time.Time { return time.UnixMilli(1_700_000_000_000) }, NewID: func() string { return "x" },
	}, log
}

const account = `{"username":"ann","status":1}`

// TestUsesOfOldContentAreAudited: each line that rests on the last content of a source says so, and
// no other.
func TestUsesOfOldContentAreAudited(t *testing.T) {
	t.Parallel()
	for _, stale := range []bool{true, false} {
		l, log := login(stub{found: true, result: provider.Right, stale: stale}, gate.Policy{})
		all(l)
		if n := strings.Count(log.String(), `,"accounts":"stale"}`); n != map[bool]int{true: 3}[stale] {
			t.Errorf("stale %v: %d lines say so\n%s", stale, n, log)
		}
	}
}

// all runs a hook each and says who passed.
func all(l *Login) map[gate.Hook]sftpgo.Reply {
	ctx := context.Background()
	return map[gate.Hook]sftpgo.Reply{
		gate.Checkpwd: l.CheckPassword(ctx, sftpgo.CheckPassword{Username: "ann", Password: "secret1234567"}),
		gate.Extauth: l.ExternalAuth(ctx,
			sftpgo.ExternalAuth{Username: "ann", Password: "1234567", User: []byte(account)}),
		gate.Keyint: l.Keyint(ctx,
			sftpgo.Keyint{Step: 3, Username: "ann", Questions: []string{"Authy code: "},
				Answers: []string{"1234567"}}).Reply,
	}
}

var denials = map[gate.Hook]string{
	gate.Checkpwd: `{"status":0,"to_verify":""}` + "\n", gate.Extauth: `{"username":""}` + "\n",
	gate.Keyint: `{"auth_result":-1}` + "\n",
}

func TestPanicDenies(t *testing.T) {
	t.Parallel()
	l, log := login(stub{found: true, panics: true}, gate.Policy{AllowNoAnswer: true})
	for hook, reply := range all(l) {
		if string(reply.Body) != denials[hook] || !reply.Fault {
			t.Errorf("%s: got %q, fault %v", hook, reply.Body, reply.Fault)
		}
	}
	if n := strings.Count(log.String(), `"reason":"internal"`); n != 3 || strings.Contains(log.String(), "secret") {
		t.Errorf("audit: %s", log)
	}
}

func TestPanicOfAccountsAsksForTheCode(t *testing.T) {
	t.Parallel()
	l, _ := login(stub{}, gate.Policy{AllowUnmapped: map[gate.Hook]bool{gate.Keyint: true}})
	l.Gate.Accounts = nil // a nil call panics
	turn := l.Keyint(context.Background(), sftpgo.Keyint{Step: 2, Username: "ann", Questions: []string{"Password: "},
		Answers: []string{"OK"}})
	if turn.Question != "Authy code: " {
		t.Errorf("got %q", turn.Reply.Body)
	}
}

// full is an audit that cannot be written.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAuditThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, pass := range []bool{false, true} {
		l, _ := login(stub{found: true, result: provider.Right}, gate.Policy{PassWithoutAuditor: pass})
		l.Audit = audit.NewLog(full{})
		for hook, reply := range all(l) {
			if denied := string(reply.Body) == denials[hook]; denied == pass || reply.Fault == pass {
				t.Errorf("%s, pass %v: got %q, fault %v", hook, pass, reply.Body, reply.Fault)
			}
		}
	}
}

// TestKeyintStepsAreStrict: over HTTP only the question that belongs to the step leads on.
func TestKeyintStepsAreStrict(t *testing.T) {
	t.Parallel()
	one := func(s string) []string { return []string{s} }
	const password, code = "Password: ", "Authy code: "
	for name, c := range map[string]struct {
		r        sftpgo.Keyint
		question string
		reply    string
	}{
		"first": {sftpgo.Keyint{Step: 1}, password, ""},
		"password right": {sftpgo.Keyint{Step: 2, Questions: one(password), Answers: one("OK")},
			code, ""},
		"code": {sftpgo.Keyint{Step: 3, Questions: one(code), Answers: one("1234567")}, "",
			`{"auth_result":1}`},
		"step 0":                  {sftpgo.Keyint{}, "", denials[gate.Keyint]},
		"first with answers":      {sftpgo.Keyint{Step: 1, Answers: one("OK")}, "", denials[gate.Keyint]},
		"first with questions":    {sftpgo.Keyint{Step: 1, Questions: one(password)}, "", denials[gate.Keyint]},
		"second without question": {sftpgo.Keyint{Step: 2, Answers: one("OK")}, "", denials[gate.Keyint]},
		"second without answer":   {sftpgo.Keyint{Step: 2, Questions: one(password)}, "", denials[gate.Keyint]},
		"OK to the code question": {sftpgo.Keyint{Step: 2, Questions: one(code), Answers: one("OK")}, "",
			denials[gate.Keyint]},
		"code at step 2": {sftpgo.Keyint{Step: 2, Questions: one(code), Answers: one("1234567")}, "",
			denials[gate.Keyint]},
		"password at step 3": {sftpgo.Keyint{Step: 3, Questions: one(password), Answers: one("OK")}, "",
			denials[gate.Keyint]},
		"code for the password question": {sftpgo.Keyint{Step: 3, Questions: one(password), Answers: one("1234567")},
			"", denials[gate.Keyint]},
		"two answers": {
			sftpgo.Keyint{Step: 3, Questions: one(code), Answers: []string{"1234567", "1234567"}}, "",
			denials[gate.Keyint]},
		"two questions": {
			sftpgo.Keyint{Step: 2, Questions: []string{password, code}, Answers: one("OK")}, "", denials[gate.Keyint]},
		"empty retry question": {sftpgo.Keyint{Step: 4, Questions: one(""), Answers: one("1234567")}, "",
			denials[gate.Keyint]},
		"retry that is off": {sftpgo.Keyint{Step: 4, Questions: one("again"), Answers: one("1234567")}, "",
			denials[gate.Keyint]},
		"code sent that was not": {sftpgo.Keyint{Step: 4, Questions: one("sent"), Answers: one("1234567")}, "",
			denials[gate.Keyint]},
		"step 4": {sftpgo.Keyint{Step: 4, Questions: one(code), Answers: one("1234567")}, "",
			denials[gate.Keyint]},
		"step -1": {sftpgo.Keyint{Step: -1, Questions: one(code), Answers: one("1234567")}, "",
			denials[gate.Keyint]},
		"OK with a newline": {sftpgo.Keyint{Step: 2, Questions: one(password), Answers: one("OK\n")}, "",
			denials[gate.Keyint]},
		"code with a newline": {sftpgo.Keyint{Step: 3, Questions: one(code), Answers: one("1234567\nOK")},
			"", denials[gate.Keyint]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _ := login(stub{found: true, result: provider.Right}, gate.Policy{})
			turn := l.Keyint(context.Background(), c.r)
			if turn.Question != c.question ||
				c.reply != "" && strings.TrimSpace(string(turn.Reply.Body)) != strings.TrimSpace(c.reply) {
				t.Errorf("got %q, want the question %q or %s", turn.Reply.Body, c.question, c.reply)
			}
		})
	}
}

// FuzzNoYesWithoutTheProvider: with every bypass off and a provider that never says yes, nothing
// that SFTPGo could send makes a hook pass.
func FuzzNoYesWithoutTheProvider(f *testing.F) {
	f.Add("ann", "secret1234567", account, "SSH", 3, "Authy code: ", "1234567", true, 3)
	f.Add("ann", "1234567", account, "FTP", 2, "Password: ", "OK", false, 9)
	f.Fuzz(func(t *testing.T, name, password, user, protocol string, step int, question, given string, found bool,
		result int) {
		if provider.Result(result).Yes() {
			return
		}
		l, _ := login(stub{found: found, result: provider.Result(result)}, gate.Policy{})
		if step%2 == 0 { // all that talks more is no way in either
			l.Settings.SendBy, l.Settings.Retry, l.Settings.Push, l.Sender = []string{"sms", "call"}, true, true,
				&phones{}
		}
		ctx := context.Background()
		replies := map[gate.Hook]sftpgo.Reply{
			gate.Checkpwd: l.CheckPassword(ctx,
				sftpgo.CheckPassword{Username: name, Password: password, Protocol: protocol}),
			gate.Extauth: l.ExternalAuth(ctx, sftpgo.ExternalAuth{Username: name, Password: password,
				User: json.RawMessage(user), Protocol: protocol}),
			gate.Keyint: l.Keyint(ctx,
				sftpgo.Keyint{Step: step, Username: name, Questions: []string{question},
					Answers: []string{given}}).Reply,
		}
		for hook, reply := range replies {
			if strings.Contains(string(reply.Body), `"questions"`) {
				continue
			}
			if string(reply.Body) != denials[hook] {
				t.Fatalf("%s said %q", hook, reply.Body)
			}
		}
	})
}
