package hook

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// phone answers pushes.
type phone struct{ state gate.PushState }

func (p phone) Push(context.Context, provider.Person, gate.Attempt) (gate.PushState, provider.Answer) {
	return p.state, provider.Answer{Result: provider.Right, Status: 200}
}

// free is a memory that remembers nothing.
type free struct{ gate.Memory }

func (free) ClaimPush(context.Context, provider.Person) (bool, error)           { return true, nil }
func (free) SettlePush(context.Context, provider.Person, provider.Result) error { return nil }

// TestWhatIsAskedNext: each answer leads to the question that follows, or to the end.
func TestWhatIsAskedNext(t *testing.T) {
	t.Parallel()
	const password, code, sent, again = "Password: ", "Authy code: ", "sent", "again"
	const accepted, denied = `{"auth_result":1}`, `{"auth_result":-1}`
	const right, wrong = provider.Right, provider.Wrong
	type turn struct {
		step             int
		question, answer string
	}
	typed := func(step int) turn { return turn{step, code, "1234567"} }
	retry := func(s *Settings) { s.Retry = true }
	sends := func(s *Settings) { s.SendBy = []string{"sms"} }
	both := func(s *Settings) { s.Retry, s.SendBy = true, []string{"sms"} }
	push := func(s *Settings) { s.Push, s.Retry = true, true }
	pushSends := func(s *Settings) { s.Push, s.Retry, s.SendBy = true, true, []string{"sms"} }
	alone := func(s *Settings) {
		s.CodeAlone, s.Retry, s.Push, s.SendBy = []string{"ann"}, true, true, []string{"sms"}
	}
	once := func(s *Settings) { s.CodeAlone = []string{"ann"} }
	for name, c := range map[string]struct {
		settings func(*Settings)
		result   provider.Result
		turn     turn
		want     string // a question, or the end
		reason   string // "" for no line of audit
	}{
		"a wrong code":                      {nil, wrong, typed(3), denied, "code_wrong"},
		"a wrong code, retry":               {retry, wrong, typed(3), again, "code_wrong"},
		"a right code, retry":               {retry, right, typed(3), accepted, "code_right"},
		"used, retry":                       {retry, provider.Used, typed(3), again, "code_reused"},
		"malformed, retry":                  {retry, right, turn{3, code, "word"}, again, "code_malformed"},
		"unknown user, retry":               {retry, provider.UnknownUser, typed(3), again, "provider_unknown_user"},
		"not enrolled, retry":               {retry, provider.NotEnrolled, typed(3), again, "not_enrolled"},
		"suspended, retry":                  {retry, provider.Blocked, typed(3), denied, "provider_user_blocked"},
		"no answer, retry":                  {retry, provider.NoAnswer, typed(3), denied, "provider_unreachable"},
		"right at the second try":           {retry, right, turn{4, again, "1234567"}, accepted, "code_right"},
		"wrong at the second try":           {retry, wrong, turn{4, again, "1234567"}, denied, "code_wrong"},
		"a third try":                       {retry, wrong, turn{5, again, "1234567"}, denied, "code_wrong"},
		"the second try, too late":          {retry, right, turn{6, again, "1234567"}, denied, "input_forged"},
		"the second try, too early":         {retry, right, turn{3, again, "1234567"}, denied, "input_forged"},
		"a code is sent":                    {sends, right, turn{3, code, " SMS"}, sent, ""},
		"a code is sent by nothing":         {nil, right, turn{3, code, "sms"}, denied, "code_malformed"},
		"a code that was sent":              {sends, right, turn{4, sent, "1234567"}, accepted, "code_right"},
		"a code that was sent, wrong":       {sends, wrong, turn{4, sent, "1234567"}, denied, "code_wrong"},
		"a code that was sent, too early":   {sends, right, turn{3, sent, "1234567"}, denied, "input_forged"},
		"a code that was sent, too late":    {sends, right, turn{5, sent, "1234567"}, denied, "input_forged"},
		"sent, wrong, retry":                {both, wrong, turn{4, sent, "1234567"}, again, "code_wrong"},
		"sent, wrong, right":                {both, right, turn{5, again, "1234567"}, accepted, "code_right"},
		"sent for again":                    {both, right, turn{4, sent, "sms"}, again, "code_malformed"},
		"pushed by the word":                {push, wrong, turn{3, code, "Push "}, accepted, "push_approved"},
		"pushed by a blank":                 {push, wrong, turn{3, code, " "}, accepted, "push_approved"},
		"pushed for a code that was sent":   {pushSends, wrong, turn{4, sent, "push"}, again, "code_malformed"},
		"a code where a push is on":         {push, right, typed(3), accepted, "code_right"},
		"pushed at the second try":          {push, wrong, turn{4, again, "push"}, denied, "code_malformed"},
		"the word where push is off":        {nil, right, turn{3, code, "push"}, denied, "code_malformed"},
		"code alone, the code":              {alone, right, typed(2), accepted, "code_right"},
		"code alone, wrong":                 {alone, wrong, typed(2), again, "code_wrong"},
		"code alone, wrong, no retry":       {once, wrong, typed(2), denied, "code_wrong"},
		"code alone, right at the second":   {alone, right, turn{3, again, "1234567"}, accepted, "code_right"},
		"code alone, wrong at the second":   {alone, wrong, turn{3, again, "1234567"}, denied, "code_wrong"},
		"code alone, no second":             {once, right, turn{3, again, "1234567"}, denied, "input_forged"},
		"code alone, the second early":      {alone, right, turn{2, again, "1234567"}, denied, "input_forged"},
		"code alone, the code late":         {alone, right, typed(3), denied, "input_forged"},
		"code alone, no password":           {alone, right, turn{2, password, "OK"}, denied, "input_forged"},
		"code alone, no push":               {alone, right, turn{2, code, "push"}, again, "code_malformed"},
		"code alone, nothing is sent":       {alone, right, turn{2, code, "sms"}, again, "code_malformed"},
		"code alone, silence":               {alone, provider.NoAnswer, typed(2), denied, "provider_unreachable"},
		"code alone, asked for first":       {alone, right, turn{0, "", ""}, code, ""},
		"the password is asked for first":   {retry, right, turn{0, "", ""}, password, ""},
		"the code follows a right password": {retry, right, turn{2, password, "OK"}, code, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, log := login(stub{found: true, result: c.result}, gate.Policy{})
			l.Gate.Pusher, l.Gate.Memory, l.Sends, l.Sender = phone{gate.Approved}, nil, pause{free: true}, &phones{}
			if c.settings != nil {
				c.settings(&l.Settings)
			}
			if l.Settings.Push {
				l.Gate.Memory = &pushOnly{}
			}
			r := sftpgo.Keyint{
				Step: c.turn.step, RequestID: "r", Username: "ann", IP: "192.0.2.7",
				Questions: []string{c.turn.question}, Answers: []string{c.turn.answer},
			}
			if r.Step == 0 {
				r.Step, r.Questions, r.Answers = 1, nil, nil
			}
			got := l.Keyint(t.Context(), r)
			end := strings.TrimSpace(string(got.Reply.Body))
			if got.Question != c.want && (got.Question != "" || end != c.want) {
				t.Errorf("asks %q, says %s; want %q", got.Question, end, c.want)
			}
			if audited := strings.Contains(log.String(), `"reason":"`+c.reason+`"`); audited != (c.reason != "") {
				t.Errorf("audit %q, want %s", log, c.reason)
			}
		})
	}
}

// pushOnly is a memory in which every code is new, and no push waits.
type pushOnly struct{ free }

func (*pushOnly) Claim(context.Context, gate.Attempt, provider.Person, otp.Code) (gate.CodeState, error) {
	return gate.WellFormed, nil
}

func (*pushOnly) Settle(context.Context, gate.Attempt, provider.Person, otp.Code, provider.Result) error {
	return nil
}

// TestEachLineOfAuditSaysWhoAndWhen: who it was, from where, how, how long it took, and which
// conversation or attempt it belongs to.
func TestEachLineOfAuditSaysWhoAndWhen(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("r", 64)
	const wrong = `"outcome":"denied","reason":"code_wrong","provider_status":200,"latency_ms":40,`
	for name, c := range map[string]struct {
		call func(*Login)
		want string
	}{
		"keyint": {func(l *Login) {
			l.Keyint(t.Context(), sftpgo.Keyint{
				Step: 3, RequestID: long, Username: "ann", IP: "192.0.2.7",
				Questions: []string{"Authy code: "}, Answers: []string{"1234567"},
			})
		}, `"hook":"keyint","door":"http","account":"ann","ip":"192.0.2.7","protocol":"SSH",` + wrong +
			`"id":"` + long + `"`},
		"a conversation without a name": {func(l *Login) {
			l.KeyintDeny(t.Context(), sftpgo.Keyint{Username: "ann"}, gate.InputTimeout)
		}, `"reason":"input_timeout","provider_status":0,"latency_ms":40,"id":"x"`},
		"a name that is too long": {func(l *Login) {
			l.KeyintDeny(t.Context(), sftpgo.Keyint{RequestID: long + "r", Username: "ann"}, gate.InputForged)
		}, `"reason":"input_forged","provider_status":0,"latency_ms":40,"id":"x"`},
		"checkpwd": {func(l *Login) {
			l.CheckPassword(t.Context(), sftpgo.CheckPassword{
				Username: "ann", Password: "pw1234567", IP: "192.0.2.8", Protocol: "FTP",
			})
		}, `"hook":"checkpwd","door":"http","account":"ann","ip":"192.0.2.8","protocol":"FTP",` + wrong + `"id":"x"`},
		"extauth": {func(l *Login) {
			l.ExternalAuth(t.Context(), sftpgo.ExternalAuth{
				Username: "ann", Password: "1234567", IP: "192.0.2.9", Protocol: "DAV", User: []byte(account),
			})
		}, `"hook":"extauth","door":"http","account":"ann","ip":"192.0.2.9","protocol":"DAV",` + wrong + `"id":"x"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, log := login(stub{found: true, result: provider.Wrong}, gate.Policy{})
			now := time.UnixMilli(1_700_000_000_000)
			l.Now = steps(&now, 40*time.Millisecond)
			c.call(l)
			if !strings.Contains(log.String(), c.want) || strings.Count(log.String(), "\n") != 1 {
				t.Errorf("audit %s, want one line with %s", log, c.want)
			}
		})
	}
}

// steps is a clock that goes on by a step with each look.
func steps(now *time.Time, step time.Duration) func() time.Time {
	return func() time.Time {
		was := *now
		*now = was.Add(step)
		return was
	}
}

// TestWhereThePasswordAloneDoes: keyint's conversation ends with it, and for others goes on.
func TestWhereThePasswordAloneDoes(t *testing.T) {
	t.Parallel()
	open := gate.Policy{
		TrustedNetworks: gate.Networks{netip.MustParsePrefix("192.0.2.0/24")},
		AllowUnmapped:   map[gate.Hook]bool{gate.Keyint: true},
	}
	for name, c := range map[string]struct {
		found  bool
		ip     string
		policy gate.Policy
		reason string // "" where a code is asked for
	}{
		"from a trusted network": {true, "192.0.2.7", open, "bypass_network"},
		"from elsewhere":         {true, "198.51.100.7", open, ""},
		"an account of nobody":   {false, "198.51.100.7", open, "bypass_unmapped"},
		"none of this is open":   {false, "192.0.2.7", gate.Policy{}, ""},
	} {
		l, log := login(stub{found: c.found, result: provider.Wrong}, c.policy)
		r := sftpgo.Keyint{Step: 2, Username: "ann", IP: c.ip, Questions: []string{"Password: "},
			Answers: []string{"OK"}}
		turn := l.Keyint(t.Context(), r)
		in := strings.TrimSpace(string(turn.Reply.Body)) == `{"auth_result":1}`
		audited := strings.Contains(log.String(), `"reason":"`+c.reason+`"`)
		if in != (c.reason != "") || audited != in || !in && turn.Question != "Authy code: " {
			t.Errorf("%s: %s, audit %q; want %s", name, turn.Reply.Body, log, c.reason)
		}
	}
}

// TestPasswordsThatHaveNoPart: what SFTPGo could not judge as it was typed is no login.
func TestPasswordsThatHaveNoPart(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"":                  denials[gate.Checkpwd],
		"1234567":           denials[gate.Checkpwd],
		"234567":            denials[gate.Checkpwd],
		"s\xff1234567":      denials[gate.Checkpwd],
		"s1234567":          `{"status":2,"to_verify":"s"}` + "\n",
		"s 1234567 ":        `{"status":2,"to_verify":"s "}` + "\n",
		"sécret1234567\r\n": `{"status":2,"to_verify":"sécret"}` + "\n",
	} {
		l, _ := login(stub{found: true, result: provider.Right}, gate.Policy{})
		got := l.CheckPassword(t.Context(), sftpgo.CheckPassword{Username: "ann", Password: password})
		if string(got.Body) != want {
			t.Errorf("%q: got %s, want %s", password, got.Body, want)
		}
	}
}

// TestTrustedNetworksInOneLine: from there the whole of what was typed is the password, but for a
// code that a separator sets off.
func TestTrustedNetworksInOneLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ separator, typed, want string }{
		{"", "secret1234567", `{"status":2,"to_verify":"secret1234567"}`},
		{"", "secret", `{"status":2,"to_verify":"secret"}`},
		{",", "secret", `{"status":2,"to_verify":"secret"}`},
		{",", "secret,1234567", `{"status":0,"to_verify":""}`},
	} {
		office := gate.Networks{netip.MustParsePrefix("192.0.2.0/24")}
		l, log := login(stub{found: true, result: provider.Wrong}, gate.Policy{TrustedNetworks: office})
		l.Settings.Separator = c.separator
		r := sftpgo.CheckPassword{Username: "ann", Password: c.typed, IP: "192.0.2.7", Protocol: "FTP"}
		got := l.CheckPassword(t.Context(), r)
		if string(got.Body) != c.want+"\n" {
			t.Errorf("%q at %q: got %s, want %s; %s", c.typed, c.separator, got.Body, c.want, log)
		}
	}
}

// TestPushInOneLine: the word in the place of the code asks on the phone, and a yes leaves the
// password.
func TestPushInOneLine(t *testing.T) {
	t.Parallel()
	for state, want := range map[gate.PushState]string{
		gate.Approved: `{"status":2,"to_verify":"secret"}` + "\n", gate.Disapproved: denials[gate.Checkpwd],
	} {
		l, log := login(stub{found: true, result: provider.Wrong}, gate.Policy{})
		l.Settings.Push, l.Gate.Pusher, l.Gate.Memory = true, phone{state}, &pushOnly{}
		got := l.CheckPassword(t.Context(), sftpgo.CheckPassword{Username: "ann", Password: "secret,push"})
		if string(got.Body) != want {
			t.Errorf("%v: got %s, want %s; %s", state, got.Body, want, log)
		}
	}
}

// TestExtauthRefusesBeforeAnybodyIsAsked: what it cannot judge has a reason of its own.
func TestExtauthRefusesBeforeAnybodyIsAsked(t *testing.T) {
	t.Parallel()
	for reason, change := range map[string]func(*sftpgo.ExternalAuth){
		"code_right":         func(*sftpgo.ExternalAuth) {},
		"method_unsupported": func(r *sftpgo.ExternalAuth) { r.Password = "" },
		"account_unknown":    func(r *sftpgo.ExternalAuth) { r.User = []byte("null") },
		"account_disabled":   func(r *sftpgo.ExternalAuth) { r.User = []byte(`{"username":"ann","status":0}`) },
		"method_denied": func(r *sftpgo.ExternalAuth) {
			r.User = []byte(`{"username":"ann","status":1,"filters":{"denied_login_methods":["password"]}}`)
		},
	} {
		l, log := login(stub{found: true, result: provider.Right}, gate.Policy{})
		r := sftpgo.ExternalAuth{Username: "ann", Password: "1234567", Protocol: "FTP", User: []byte(account)}
		change(&r)
		reply := l.ExternalAuth(t.Context(), r)
		in, audited := string(reply.Body) == account+"\n", strings.Contains(log.String(), `"reason":"`+reason+`"`)
		if in != (reason == "code_right") || !audited {
			t.Errorf("%s: got %s, %s", reason, reply.Body, log)
		}
	}
	for what, change := range map[string]func(*sftpgo.ExternalAuth){
		"a key":           func(r *sftpgo.ExternalAuth) { r.PublicKey = "k" },
		"a certificate":   func(r *sftpgo.ExternalAuth) { r.TLSCert = "c" },
		"an interactive":  func(r *sftpgo.ExternalAuth) { r.KeyboardInteractive = "1" },
		"an unreadable":   func(r *sftpgo.ExternalAuth) { r.User = []byte("{") },
		"somebody else's": func(r *sftpgo.ExternalAuth) { r.User = []byte(`{"username":"bob","status":1}`) },
	} {
		l, _ := login(stub{found: true, result: provider.Right}, gate.Policy{})
		r := sftpgo.ExternalAuth{Username: "ann", Password: "1234567", Protocol: "FTP", User: []byte(account)}
		change(&r)
		if reply := l.ExternalAuth(t.Context(), r); string(reply.Body) != denials[gate.Extauth] {
			t.Errorf("%s login: got %s", what, reply.Body)
		}
	}
}

// TestNamesOfAttempts: sixteen hexadecimal digits of the number that is drawn.
func TestNamesOfAttempts(t *testing.T) {
	t.Parallel()
	drawn := []uint64{0x0001020304050607, 0xfffefdfcfbfaf9f8}
	name := Name(func() uint64 { n := drawn[0]; drawn = drawn[1:]; return n })
	if first, second := name(), name(); first != "0001020304050607" || second != "fffefdfcfbfaf9f8" {
		t.Errorf("got %q and %q", first, second)
	}
}
