package hook

import (
	"context"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// stands is a grace of keyint's, or one that panics.
type stands struct {
	gate.Grace
	yes, panics bool
}

func (s stands) Stands(context.Context, gate.Attempt, provider.Person) (bool, error) {
	if s.panics {
		panic("secret1234567")
	}
	return s.yes, nil
}

// TestKeyintLeavesItsQuestionOut: where a grace stands the right password ends the conversation,
// with a line of audit; and with nothing else than a grace that stands.
func TestKeyintLeavesItsQuestionOut(t *testing.T) {
	t.Parallel()
	const accepted, denied = `{"auth_result":1}`, `{"auth_result":-1}`
	for name, c := range map[string]struct {
		grace  stands
		answer string
		full   bool
		reply  string // "" is the question for the code
		reason string
	}{
		"stands":                      {grace: stands{yes: true}, answer: "OK", reply: accepted, reason: "code_grace"},
		"does not":                    {answer: "OK"},
		"panics":                      {grace: stands{panics: true}, answer: "OK"},
		"the password is not right":   {grace: stands{yes: true}, answer: "no", reply: denied, reason: "input_forged"},
		"the audit cannot be written": {grace: stands{yes: true}, answer: "OK", full: true, reply: denied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, log := login(stub{found: true}, gate.Policy{})
			l.Gate.Grace = c.grace
			if c.full {
				l.Audit = audit.NewLog(full{})
			}
			turn := l.Keyint(t.Context(), sftpgo.Keyint{
				Step: 2, RequestID: "r1", Username: "ann", IP: "192.0.2.7", Questions: []string{"Password: "},
				Answers: []string{c.answer},
			})
			reply := strings.TrimSpace(string(turn.Reply.Body))
			if asks := turn.Question == "Authy code: "; asks != (c.reply == "") || !asks && reply != c.reply ||
				turn.Reply.Fault != c.full {
				t.Errorf("got %s, a fault %v, want %q", reply, turn.Reply.Fault, c.reply)
			}
			if c.reason == "" && log.Len() > 0 || !strings.Contains(log.String(), c.reason) ||
				strings.Count(log.String(), "\n") > 1 {
				t.Errorf("the audit says %q, want one line with %q", log, c.reason)
			}
		})
	}
}
