package steps

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestGroupedKeepsTheCodesOwnDigits(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{"123 4567": "039 1515", "123-4567": "039-1515", "1234567": "0391515"} {
		if got := grouped("0391515", pattern); got != want {
			t.Errorf("%q: got %q, want %q", pattern, got, want)
		}
	}
}

func TestWrongIsAnotherCodeOfTheSameLength(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"0391515", "0000000", "9999999"} {
		got, err := wrong(code)
		if err != nil || got == code || len(got) != len(code) {
			t.Errorf("%s: got %q, %v", code, got, err)
		}
	}
	if _, err := wrong("push"); err == nil {
		t.Error("a word has become a code")
	}
}

// The vectors are those of the Authy API's reference: 7 digits, 10 seconds.
func TestPhoneShowsTheCodesOfTheReference(t *testing.T) {
	t.Parallel()
	p := &person{name: "ann", secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}
	for unix, want := range map[int64]string{59: "8254676", 1111111109: "2476215", 1700000150: "0391515"} {
		if got, err := p.codeAt(time.Unix(unix, 0)); err != nil || got != want {
			t.Errorf("at %d: got %q, %v, want %s", unix, got, err, want)
		}
	}
	if _, err := (&person{name: "carol"}).codeAt(time.Unix(59, 0)); err == nil {
		t.Error("somebody without a phone has a code")
	}
}

func TestTypedWordsAreUnderstoodOrRefused(t *testing.T) {
	t.Parallel()
	w := &scenario{people: map[string]*person{}}
	ann := w.person("ann")
	ann.lastCode = "1234567"
	for text, want := range map[string]struct {
		password, code, from, between string
		joined                        bool
	}{
		"her password alone":                   {password: "ann's long password"},
		"a wrong password":                     {password: "not ann's long password"},
		"the same code again":                  {code: "1234567"},
		"the same code again from 127.0.0.2":   {code: "1234567", from: "127.0.0.2"},
		"the same code again as one answer":    {code: "1234567", joined: true},
		"her password and the same code again": {password: "ann's long password", code: "1234567"},
		`her password and the same code again with "," between`: {password: "ann's long password", code: "1234567",
			between: ","},
		`her password and ",push"`: {password: "ann's long password", code: ",push"},
		`the word "push"`:          {code: "push"},
	} {
		got, err := w.parseTyped(ann, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		password, code := "", ""
		if got.password != nil {
			password = got.password()
		}
		if got.code != nil {
			if code, err = got.code(context.Background()); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
		if password != want.password || code != want.code || got.from != want.from || got.joined != want.joined ||
			got.between != want.between {
			t.Errorf("%s: got %q, %q, from %q, joined %v", text, password, code, got.from, got.joined)
		}
	}
	if _, err := w.parseTyped(ann, "her nickname"); err == nil || !strings.Contains(err.Error(), "nickname") {
		t.Errorf("got %v, want an error that names what is not understood", err)
	}
}
