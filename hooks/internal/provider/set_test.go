package provider

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/otp"
)

// someone is a person of any provider.
type someone struct{ at, name string }

func (s someone) Provider() string { return s.at }
func (s someone) String() string   { return s.name }

// plain is a provider that can do nothing but what all can. It notes what it is asked.
type plain struct {
	name  string
	asked []string
}

func (p *plain) note(what string) { p.asked = append(p.asked, what) }

func (p *plain) Name() string { return p.name }

func (p *plain) Parse(account, reference string) (Person, error) {
	if reference == "broken" {
		return nil, errors.New("is broken")
	}
	return someone{p.name, account + "=" + reference}, nil
}

func (p *plain) Verify(_ context.Context, person Person, code otp.Code) Answer {
	p.note("verify " + person.String())
	return Answer{Result: Right, Status: 200}
}

// able is a provider that can do everything.
type able struct{ plain }

func (p *able) CodeLength(_ context.Context, person Person) (int, error) { return 8, nil }

func (p *able) Recover(_ context.Context, person Person, code otp.Code) Answer {
	p.note("recover " + person.String())
	return Answer{Result: Recovered}
}

func (p *able) SendCode(_ context.Context, person Person, by string) error {
	p.note(by + " " + person.String())
	return errors.New("sent")
}

func newSet(t *testing.T, bare string, providers ...Provider) Set {
	t.Helper()
	s, err := NewSet(bare, providers...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func typed(t *testing.T, digits string) otp.Code {
	t.Helper()
	code, err := otp.ParseCode(digits)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// TestReferences: a provider's name in front says whose a reference is, and one without is the bare
// provider's.
func TestReferences(t *testing.T) {
	t.Parallel()
	s := newSet(t, "one", &plain{name: "one"}, &plain{name: "two"})
	for reference, want := range map[string]string{
		"5550101":      "one/ann=5550101",
		"one/5550101":  "one/ann=5550101",
		"two":          "two/ann=",
		"two/":         "two/ann=",
		"two/a/b":      "two/ann=a/b",
		"":             "one/ann=",
		"one/broken":   "is broken",
		"broken":       "is broken",
		"three":        "one/ann=three",
		"three/secret": "names a provider that is not configured; want one of one, two",
		"/x":           "names a provider that is not configured; want one of one, two",
		"Two/x":        "names a provider that is not configured; want one of one, two",
	} {
		person, err := s.Parse("ann", reference)
		got := Key(person)
		if err != nil {
			got = err.Error()
		}
		if got != want || (person == nil) != (err != nil) {
			t.Errorf("%q is %q, want %q", reference, got, want)
		}
		if err != nil || reference == "" {
			continue
		}
		if again, err := s.Parse("x", s.Reference(person)); err != nil || again.Provider() != person.Provider() {
			t.Errorf("%q is referred to as %q, which is %v, %v", reference, s.Reference(person), again, err)
		}
	}
	if got := s.Reference(someone{"one", "7"}); got != "7" {
		t.Errorf("the bare provider's person is referred to as %q", got)
	}
	if got := s.Reference(someone{"two", "7"}); got != "two/7" {
		t.Errorf("another provider's person is referred to as %q", got)
	}
	if got := s.Reference(nil); got != "" {
		t.Errorf("nobody is referred to as %q", got)
	}
	if person, err := (Set{}).Parse("ann", "1"); err == nil || person != nil {
		t.Errorf("the zero set knows %v", person)
	}
}

// TestSetsAreSound: each provider stands there once, and the bare one is among them.
func TestSetsAreSound(t *testing.T) {
	t.Parallel()
	if _, err := NewSet("one", &plain{name: "one"}, &plain{name: "one"}); err == nil ||
		!strings.Contains(err.Error(), "twice") {
		t.Errorf("one twice: %v", err)
	}
	if _, err := NewSet("two", &plain{name: "one"}); err == nil || !strings.Contains(err.Error(), `"two"`) {
		t.Errorf("a bare provider that is not there: %v", err)
	}
	if _, err := NewSet(""); err == nil {
		t.Error("a set of nobody")
	}
	s := newSet(t, "one", &plain{name: "one"}, &plain{name: "two"})
	if !slices.Equal(s.Names(), []string{"one", "two"}) {
		t.Errorf("names %v", s.Names())
	}
}

// TestEachProviderIsAskedAboutItsOwn: and about nobody else.
func TestEachProviderIsAskedAboutItsOwn(t *testing.T) {
	t.Parallel()
	one, two := &plain{name: "one"}, &able{plain{name: "two"}}
	s := newSet(t, "one", one, two)
	ann, bob := someone{"one", "ann"}, someone{"two", "bob"}
	code, long := typed(t, "123456"), typed(t, "1234567890")
	ctx := t.Context()

	if got := s.Verify(ctx, ann, code); got != (Answer{Result: Right, Status: 200}) ||
		s.Verify(ctx, bob, code).Result != Right {
		t.Errorf("verify: %+v", got)
	}
	for _, nobody := range []Person{nil, someone{"three", "eve"}} {
		if got := s.Verify(ctx, nobody, code); got != (Answer{Result: Refused}) || s.Of(nobody) != nil {
			t.Errorf("%v: %+v", nobody, got)
		}
		if got := s.Recover(ctx, nobody, long); got != (Answer{Result: Refused}) || s.Recovers(nobody, long) {
			t.Errorf("%v recovers: %+v", nobody, got)
		}
		if n, err := s.CodeLength(ctx, nobody); n != 0 || err != nil {
			t.Errorf("%v has codes of %d, %v", nobody, n, err)
		}
		if err := s.SendCode(ctx, nobody, "sms"); err == nil {
			t.Errorf("%v was sent a code", nobody)
		}
	}
	if got := s.Recover(ctx, ann, long); got != (Answer{Result: Refused}) || s.Recovers(ann, long) {
		t.Errorf("a provider without recovery codes: %+v", got)
	}
	if got := s.Recover(ctx, bob, long); got.Result != Recovered || !s.Recovers(bob, long) || s.Recovers(bob, code) ||
		s.Recovers(bob, otp.Code{}) {
		t.Errorf("recovery codes: %+v", got)
	}
	if n, err := s.CodeLength(ctx, bob); n != 8 || err != nil {
		t.Errorf("bob's codes: %d, %v", n, err)
	}
	if n, err := s.CodeLength(ctx, ann); n != 0 || err != nil {
		t.Errorf("ann's codes: %d, %v", n, err)
	}
	if err := s.SendCode(ctx, ann, "sms"); err == nil || err.Error() == "sent" {
		t.Errorf("a provider that sends no codes: %v", err)
	}
	if err := s.SendCode(ctx, bob, "sms"); err == nil || err.Error() != "sent" {
		t.Errorf("sent: %v", err)
	}
	if !slices.Equal(one.asked, []string{"verify ann"}) ||
		!slices.Equal(two.asked, []string{"verify bob", "recover bob", "sms bob"}) {
		t.Errorf("asked %q and %q", one.asked, two.asked)
	}
	if newSet(t, "one", one).HasLengths() || !s.HasLengths() {
		t.Error("who has lengths")
	}
}

// limit is a verifier that says the same of every code.
type limit struct{}

func (limit) Verify(context.Context, Person, otp.Code) Answer { return Answer{Result: Limited} }

// TestBehind: what stands before a provider judges codes in its place, and hides nothing else.
func TestBehind(t *testing.T) {
	t.Parallel()
	two := &able{plain{name: "two"}}
	before := newSet(t, "two", two)
	s := before.With(Behind(limit{}, Behind(limit{}, two)))
	bob, code := someone{"two", "bob"}, typed(t, "123456")
	if got := s.Verify(t.Context(), bob, code); got.Result != Limited || len(two.asked) != 0 {
		t.Errorf("%+v after %q", got, two.asked)
	}
	if got := before.Verify(t.Context(), bob, code); got.Result != Right {
		t.Errorf("the set from before changed: %+v", got)
	}
	if _, can := As[Recoverer](s.Of(bob)); !can || !s.HasLengths() {
		t.Error("what stands before hides the rest")
	}
	if _, can := As[Approver](s.Of(bob)); can {
		t.Error("what nobody can was found")
	}
	if _, can := As[Recoverer](nil); can {
		t.Error("nobody can recover")
	}
	if person, err := s.Parse("bob", "two/x"); err != nil || person != (someone{"two", "bob=x"}) {
		t.Errorf("%v, %v", person, err)
	}
}

// TestResults: two are a yes, and three say that nobody can log in as the person.
func TestResults(t *testing.T) {
	t.Parallel()
	for r := Result(-1); r <= NoAnswer+3; r++ {
		if r.Yes() != (r == Right || r == Recovered) ||
			r.Gone() != (r == UnknownUser || r == NotEnrolled || r == Blocked) {
			t.Errorf("%d: yes %v, gone %v", r, r.Yes(), r.Gone())
		}
	}
	if (Result(0)).Yes() || (Answer{}).Result != Protocol {
		t.Error("the zero answer is no refusal")
	}
	if Key(nil) != "" || Key(someone{"a", "b"}) != "a/b" {
		t.Error("keys")
	}
}
