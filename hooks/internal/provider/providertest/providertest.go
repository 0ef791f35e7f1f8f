// Package providertest holds every provider of codes to the same behaviour.
package providertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// World is a provider with people whose codes a test knows.
type World struct {
	Provider provider.Provider
	People   []Subject // two at least
	Broken   []string  // references that it must refuse
	Secrets  []string  // what it must never print
	UsedOnce bool      // it knows by itself that a code was used; else its answers must say OurMemory

	Asked   func() int // how many calls left for somebody else; nil where there is nobody else
	Silence func()     // from now on somebody else does not answer; nil where there is nobody else
}

// Subject is somebody whom the provider knows.
type Subject struct {
	Account   string
	Reference string
	Right     string   // a code that is right and was not used
	Wrong     string   // a code that is wrong, as long as a right one
	Recovery  []string // recovery codes, two at least where the provider is a [provider.Recoverer]
}

// asked returns how many calls left.
func (w World) asked() int {
	if w.Asked == nil {
		return 0
	}
	return w.Asked()
}

// Run runs the suite. begin makes a world that nobody used; it is called for every test, and those
// run in parallel.
func Run(t *testing.T, begin func(t *testing.T) World) {
	for name, test := range map[string]func(*testing.T, World){
		"right and wrong":         rightAndWrong,
		"what nobody is asked":    notAsked,
		"a caller who hangs up":   hungUp,
		"silence":                 silence,
		"names":                   names,
		"references":              references,
		"nothing secret in print": prints,
		"many at once":            manyAtOnce,
		"lengths of codes":        lengths,
		"recovery codes":          recovery,
		"sending codes":           sending,
		"questions on a phone":    questions,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, begin(t))
		})
	}
}

// rightAndWrong: a right code is right, once where the provider says so, and nobody else's.
func rightAndWrong(t *testing.T, w World) {
	ann, bob := w.People[0], w.People[1]
	expect := func(what string, s Subject, code string, want provider.Result) provider.Answer {
		t.Helper()
		got := w.Provider.Verify(t.Context(), w.person(t, s), typed(t, code))
		if got.Result != want {
			t.Errorf("%s: %v, want %v", what, got.Result, want)
		}
		return got
	}
	expect("somebody else's code", bob, ann.Right, provider.Wrong)
	if got := expect("a right code", ann, ann.Right, provider.Right); !got.OurMemory && !w.UsedOnce {
		t.Error("nobody but our memory knows that the code is used, and the answer does not say so")
	}
	if w.UsedOnce {
		expect("the same again", ann, ann.Right, provider.Used)
	}
	expect("a wrong code", ann, ann.Wrong, provider.Wrong)
}

// foreign is a person of no provider that looks like somebody's.
type foreign struct{ provider.Person }

// notAsked: a code or a person that cannot be right is refused before anybody is asked.
func notAsked(t *testing.T, w World) {
	ann := w.People[0]
	person, code := w.person(t, ann), typed(t, ann.Right)
	for what, got := range map[string]provider.Answer{
		"the zero code":     w.Provider.Verify(t.Context(), person, otp.Code{}),
		"nobody":            w.Provider.Verify(t.Context(), nil, code),
		"somebody foreign":  w.Provider.Verify(t.Context(), foreign{person}, code),
		"nobody at nothing": w.Provider.Verify(t.Context(), nil, otp.Code{}),
	} {
		if got != (provider.Answer{Result: provider.Refused}) || w.asked() != 0 {
			t.Errorf("%s: %+v after %d calls; want it refused and none", what, got, w.asked())
		}
	}
	if got := w.Provider.Verify(t.Context(), person, code); got.Result != provider.Right {
		t.Errorf("the code after all that: %+v", got)
	}
}

// hungUp: whoever hangs up gets no yes, and makes no silence that may be configured to pass.
func hungUp(t *testing.T, w World) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, code := range map[string]string{"a right code": w.People[0].Right, "a wrong code": w.People[0].Wrong} {
		if got := w.Provider.Verify(ctx, w.person(t, w.People[0]), typed(t, code)); got.Result != provider.Limited {
			t.Errorf("%s of somebody who hung up: %+v, want it limited", what, got)
		}
	}
}

// silence: who cannot be reached says neither yes nor no.
func silence(t *testing.T, w World) {
	if w.Silence == nil {
		t.Skip("asks nobody else") // on purpose
	}
	w.Silence()
	got := w.Provider.Verify(t.Context(), w.person(t, w.People[0]), typed(t, w.People[0].Right))
	if got != (provider.Answer{Result: provider.NoAnswer}) {
		t.Errorf("%+v, want no answer", got)
	}
}

// names: a provider's name is one word, and its people bear it.
func names(t *testing.T, w World) {
	name := w.Provider.Name()
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
		t.Errorf("the name is %q; want one word in lower case", name)
	}
	seen := map[provider.Person]bool{}
	keys := map[string]bool{}
	for _, s := range w.People {
		p := w.person(t, s)
		if p.Provider() != name || p.String() == "" || seen[p] || keys[provider.Key(p)] {
			t.Errorf("%s is %q of %q; want somebody of %q whom nobody else is", s.Account, p, p.Provider(), name)
		}
		seen[p], keys[provider.Key(p)] = true, true
	}
}

// references: one makes one person, whose own name makes the same. A broken one makes nobody, and
// is not repeated.
func references(t *testing.T, w World) {
	for _, s := range w.People {
		p := w.person(t, s)
		for _, reference := range []string{s.Reference, p.String()} {
			if again, err := w.Provider.Parse(s.Account, reference); err != nil || again != p {
				t.Errorf("%q of %q is %v, %v; want %v", reference, s.Account, again, err, p)
			}
		}
	}
	for _, broken := range append(w.Broken, "\x00", "a\nb") {
		p, err := w.Provider.Parse(w.People[0].Account, broken)
		if err == nil || p != nil {
			t.Errorf("%q is %v; want an error", broken, p)
		} else if len(broken) > 3 && strings.Contains(err.Error(), broken) {
			t.Errorf("the error %q repeats the reference", err)
		}
	}
}

// prints: no verb shows what a log must not hold.
func prints(t *testing.T, w World) {
	ann := w.People[0]
	answer := w.Provider.Verify(t.Context(), w.person(t, ann), typed(t, ann.Right))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for what, text := range map[string]string{
			"a person": fmt.Sprintf(verb, w.person(t, ann)), "an answer": fmt.Sprintf(verb, answer),
		} {
			for _, secret := range append(w.Secrets, ann.Right) {
				if strings.Contains(text, secret) {
					t.Errorf("%s printed with %s shows a secret", what, verb)
				}
			}
		}
	}
}

// manyAtOnce: of many logins at once none is mixed up with another, and one code opens one door.
func manyAtOnce(t *testing.T, w World) {
	const each = 16
	var rights atomic.Int32
	var all sync.WaitGroup
	ann, bob := w.person(t, w.People[0]), w.person(t, w.People[1])
	right, wrong := typed(t, w.People[0].Right), typed(t, w.People[1].Wrong)
	for range each {
		all.Go(func() {
			switch got := w.Provider.Verify(t.Context(), ann, right).Result; got {
			case provider.Right:
				rights.Add(1)
			case provider.Used, provider.Limited:
			default:
				t.Errorf("a right code among many: %v", got)
			}
		})
		all.Go(func() {
			if got := w.Provider.Verify(t.Context(), bob, wrong).Result; got != provider.Wrong &&
				got != provider.Limited {
				t.Errorf("a wrong code among many: %v", got)
			}
		})
	}
	all.Wait()
	if n := rights.Load(); n == 0 || w.UsedOnce && n > 1 || n > each {
		t.Errorf("%d of %d logins with one code were let in; used once: %v", n, each, w.UsedOnce)
	}
}

// lengths: a person's codes have the length that the provider says.
func lengths(t *testing.T, w World) {
	p, has := provider.As[provider.CodeLengths](w.Provider)
	if !has {
		t.Skip("leaves the length of codes to the configuration") // on purpose
	}
	for _, s := range w.People {
		if n, err := p.CodeLength(t.Context(), w.person(t, s)); err != nil || n != len(s.Right) || n < otp.MinDigits ||
			n >= provider.RecoveryDigits {
			t.Errorf("codes of %q have %d digits, %v; want %d", s.Account, n, err, len(s.Right))
		}
	}
	for _, p2 := range []provider.Person{nil, foreign{w.person(t, w.People[0])}} {
		if n, err := p.CodeLength(t.Context(), p2); err == nil {
			t.Errorf("codes of %v have %d digits", p2, n)
		}
	}
}

// recovery: a recovery code is its owner's, once, and no code of the usual kind.
func recovery(t *testing.T, w World) {
	p, can := provider.As[provider.Recoverer](w.Provider)
	if !can {
		t.Skip("has no recovery codes") // on purpose
	}
	ann, bob := w.People[0], w.People[1]
	me, first, second := w.person(t, ann), typed(t, ann.Recovery[0]), typed(t, ann.Recovery[1])
	for what, got := range map[string]provider.Result{
		"the zero code":           p.Recover(t.Context(), me, otp.Code{}).Result,
		"nobody":                  p.Recover(t.Context(), nil, first).Result,
		"somebody foreign":        p.Recover(t.Context(), foreign{me}, first).Result,
		"a code of another shape": p.Recover(t.Context(), me, typed(t, ann.Right)).Result,
	} {
		if got != provider.Refused && got != provider.Wrong {
			t.Errorf("%s: %v", what, got)
		}
	}
	if got := w.Provider.Verify(t.Context(), me, first).Result; got != provider.Wrong {
		t.Errorf("taken for a code: %v, want it wrong", got)
	}
	if got := p.Recover(t.Context(), w.person(t, bob), first).Result; got != provider.Wrong {
		t.Errorf("somebody else's: %v, want it wrong", got)
	}
	for _, code := range []otp.Code{first, second} {
		if got := p.Recover(t.Context(), me, code).Result; got != provider.Recovered {
			t.Errorf("a recovery code: %v", got)
		}
	}
	if got := p.Recover(t.Context(), me, first).Result; got != provider.Used && got != provider.Wrong {
		t.Errorf("the same again: %v", got)
	}
}

// sending: no code goes to somebody whom the provider does not know.
func sending(t *testing.T, w World) {
	p, can := provider.As[provider.Sender](w.Provider)
	if !can {
		t.Skip("sends no codes") // on purpose
	}
	for _, nobody := range []provider.Person{nil, foreign{w.person(t, w.People[0])}} {
		if err := p.SendCode(t.Context(), nobody, "sms"); err == nil || w.asked() != 0 {
			t.Errorf("a code for %v: %v after %d calls", nobody, err, w.asked())
		}
	}
	if err := p.SendCode(t.Context(), w.person(t, w.People[0]), "pigeon"); err == nil || w.asked() != 0 {
		t.Errorf("by pigeon: %v after %d calls", err, w.asked())
	}
}

// elsewhere is a question of another provider.
type elsewhere struct{}

func (elsewhere) String() string { return "aaaaaaaa-0000-0000-0000-000000000000" }

// questions: nobody foreign is asked on the phone, and no foreign question is looked at.
func questions(t *testing.T, w World) {
	p, can := provider.As[provider.Approver](w.Provider)
	if !can {
		t.Skip("asks nobody on the phone") // on purpose
	}
	for _, nobody := range []provider.Person{nil, foreign{w.person(t, w.People[0])}} {
		a, got := p.RequestApproval(t.Context(), nobody, provider.Question{Message: "m"})
		if a != nil || got.Result != provider.Refused || w.asked() != 0 {
			t.Errorf("a question for %v: %v, %+v after %d calls", nobody, a, got, w.asked())
		}
	}
	for _, none := range []provider.Approval{nil, elsewhere{}} {
		if status, got := p.Approval(t.Context(), none); status != "" || got.Result != provider.Refused ||
			w.asked() != 0 {
			t.Errorf("the question %v: %q, %+v after %d calls", none, status, got, w.asked())
		}
	}
}

// person makes the person of a subject.
func (w World) person(t *testing.T, s Subject) provider.Person {
	t.Helper()
	p, err := w.Provider.Parse(s.Account, s.Reference)
	if err != nil {
		t.Fatalf("%q of %q: %v", s.Reference, s.Account, err)
	}
	return p
}

// typed makes a code of digits.
func typed(t *testing.T, digits string) otp.Code {
	t.Helper()
	code, err := otp.ParseCode(digits)
	if err != nil {
		t.Fatal(err)
	}
	return code
}
