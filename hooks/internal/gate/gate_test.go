package gate

import (
	"context"
	"errors"
	"testing"

	"sftpgo-authy/hooks/internal/authy"
)

// world is everybody whom a gate asks, with a note of who was.
type world struct {
	id      authy.ID
	found   bool
	err     error
	answer  authy.Answer
	free    bool
	memErr  error
	asked   []string
	forgave bool
}

func (w *world) Lookup(context.Context, Account) (authy.ID, bool, error) {
	w.asked = append(w.asked, "accounts")
	return w.id, w.found, w.err
}

func (w *world) Verify(context.Context, authy.ID, authy.Code) authy.Answer {
	w.asked = append(w.asked, "provider")
	return w.answer
}

func (w *world) Claim(context.Context, authy.ID, authy.Code) (bool, error) {
	w.asked = append(w.asked, "memory")
	return w.free, w.memErr
}

func (w *world) Release(context.Context, authy.ID, authy.Code) { w.forgave = true }

func TestJudgeAsksNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	code, err := authy.ParseCode("1234567")
	if err != nil {
		t.Fatal(err)
	}
	right := authy.Answer{Result: authy.Right, Status: 200}
	for name, c := range map[string]struct {
		world   world
		attempt Attempt
		policy  Policy
		reason  Reason
		asked   string
		forgave bool
	}{
		"right":                    {world{found: true, free: true, answer: right}, Attempt{Code: code}, Policy{}, CodeRight, "accounts memory provider ", false},
		"wrong":                    {world{found: true, free: true, answer: authy.Answer{Result: authy.Wrong}}, Attempt{Code: code}, Policy{}, CodeWrong, "accounts memory provider ", true},
		"refused before":           {world{}, Attempt{Code: code, Refusal: MethodUnsupported}, Policy{}, MethodUnsupported, "", false},
		"no code":                  {world{found: true}, Attempt{}, Policy{}, CodeMalformed, "accounts ", false},
		"unmapped":                 {world{}, Attempt{Code: code}, Policy{}, UserUnmapped, "accounts ", false},
		"source down":              {world{found: true, err: errors.New("down")}, Attempt{Code: code}, Policy{}, AccountsUnavailable, "accounts ", false},
		"accepted a moment ago":    {world{found: true, answer: right}, Attempt{Code: code}, Policy{}, CodeReused, "accounts memory ", false},
		"memory gone":              {world{found: true, memErr: errors.New("gone"), answer: right}, Attempt{Code: code}, Policy{}, StoreUnavailable, "accounts memory ", false},
		"memory gone, let through": {world{found: true, memErr: errors.New("gone"), answer: right}, Attempt{Code: code}, Policy{PassWithoutStore: true}, CodeRight, "accounts memory provider ", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &c.world
			g := &Gate{Policy: c.policy, Accounts: w, Provider: w, Memory: w}
			out := g.Judge(context.Background(), c.attempt)
			var asked string
			for _, who := range w.asked {
				asked += who + " "
			}
			if out.Reason != c.reason || asked != c.asked || w.forgave != c.forgave {
				t.Errorf("got %+v after asking %q (released %v), want %s after %q (%v)", out, asked, w.forgave, c.reason, c.asked, c.forgave)
			}
		})
	}
}
