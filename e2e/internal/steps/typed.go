package steps

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// typed is what somebody will type: a password, a code, or both.
type typed struct {
	password func() string                         // nil: none
	code     func(context.Context) (string, error) // nil: none; each call may give another one
	joined   bool                                  // at prompts: both as the answer to the first question
	// more are the answers to the questions after the password, where a scenario gives each.
	more    []func(context.Context) (string, error)
	from    string // address of the client, "" for any
	between string // in one field: between password and code
}

var inGroups = regexp.MustCompile(`^(?:her|his) code in groups "([^"]*)"$`)

// parseTyped understands what the features say after "logs in … with".
func (w *scenario) parseTyped(p *person, text string) (typed, error) {
	var t typed
	text, t.joined = strings.CutSuffix(strings.TrimSpace(text), " as one answer") // an empty cell leaves a blank
	text, t.from, _ = strings.Cut(text, " from ")
	if cut, quoted, ok := strings.Cut(text, " with "); ok {
		separator, hasSuffix := strings.CutSuffix(quoted, " between")
		var err error
		if t.between, err = strconv.Unquote(separator); err != nil || !hasSuffix {
			return t, fmt.Errorf("%q is nothing that stands between password and code", quoted)
		}
		text = cut
	}
	if text == "her password and code" {
		text = "her password and her code"
	}
	what, code, both := strings.Cut(text, " and ")
	if !both {
		if t.password = w.parsePassword(p, text); t.password != nil {
			return t, nil
		}
		code = text
	} else if t.password = w.parsePassword(p, what); t.password == nil {
		return t, fmt.Errorf("%q is no password that these steps know", what)
	}
	var err error
	t.code, err = w.parseCode(p, code)
	return t, err
}

func (w *scenario) parsePassword(p *person, text string) func() string {
	switch text {
	case "her password", "his password", "her password alone", "his password alone":
		return func() string { return p.password }
	case "a wrong password":
		return func() string { return "not " + p.password }
	}
	return nil
}

func (w *scenario) parseCode(p *person, text string) (func(context.Context) (string, error), error) {
	if match := inGroups.FindStringSubmatch(text); match != nil {
		return func(ctx context.Context) (string, error) {
			code, err := w.freshCode(ctx, p)
			return grouped(code, match[1]), err
		}, nil
	}
	if literal, err := strconv.Unquote(strings.TrimPrefix(text, "the word ")); err == nil {
		return func(context.Context) (string, error) { return literal, nil }, nil
	}
	switch text {
	case "the code that was sent to her":
		return func(ctx context.Context) (string, error) { return w.sentCode(ctx, p) }, nil
	case "her code", "his code", "a fresh code":
		return func(ctx context.Context) (string, error) { return w.freshCode(ctx, p) }, nil
	case "a recovery code":
		return func(context.Context) (string, error) { return p.recoveryCode() }, nil
	case "a code of her lost phone":
		return func(context.Context) (string, error) { return w.person(p.name + "'s lost phone").nextLocalCode() }, nil
	case "a recovery code of before":
		return func(context.Context) (string, error) { return w.person(p.name + "'s lost phone").recoveryCode() }, nil
	case "a wrong code":
		return func(ctx context.Context) (string, error) { return w.wrongCode(ctx, p) }, nil
	case "bob's code":
		return func(ctx context.Context) (string, error) { return w.freshCode(ctx, w.person("bob")) }, nil
	case "the code of the step before":
		return func(ctx context.Context) (string, error) { return w.codeThen(ctx, p, p.period()) }, nil
	case "a code that has expired":
		return func(ctx context.Context) (string, error) { return w.codeThen(ctx, p, 5*time.Minute) }, nil
	case "the code that got her in":
		return func(context.Context) (string, error) { return p.goodCode, nil }, nil
	case "the same code again", "the code that she enrolled with":
		return func(context.Context) (string, error) {
			if p.lastCode == "" {
				return "", fmt.Errorf("%s has typed no code yet", p.name)
			}
			return p.lastCode, nil
		}, nil
	}
	return nil, fmt.Errorf("%q is no code that these steps know", text)
}

// freshCode waits, on the mock's clock, for the phone's next code and reads it.
func (w *scenario) freshCode(ctx context.Context, p *person) (string, error) {
	if p.local {
		return p.nextLocalCode()
	}
	now, err := w.advance(ctx, p.period())
	if err != nil {
		return "", err
	}
	return p.codeAt(now)
}

// codeThen reads the next code and lets some time pass before it is typed.
func (w *scenario) codeThen(ctx context.Context, p *person, wait time.Duration) (string, error) {
	if p.local {
		return p.localCode(-int(wait / localPeriod))
	}
	code, err := w.freshCode(ctx, p)
	if err != nil {
		return "", err
	}
	_, err = w.advance(ctx, wait)
	return code, err
}

// wrongCode is a well-formed code that is not p's; of somebody without a phone, any.
func (w *scenario) wrongCode(ctx context.Context, p *person) (string, error) {
	switch {
	case p.secret == "" && (p.local || w.provider == Verify):
		return "654321", nil
	case p.secret == "":
		return "7654321", nil
	case p.local: // far away, so that none is used up
		return p.localCode(1000)
	}
	code, err := w.freshCode(ctx, p)
	if err != nil {
		return "", err
	}
	return wrong(code)
}

// grouped writes a code in the shape of a pattern like "123 4567": digits stand for the code's own.
func grouped(code, pattern string) string {
	var b strings.Builder
	n := 0
	for _, r := range pattern {
		if r >= '0' && r <= '9' && n < len(code) {
			b.WriteByte(code[n])
			n++
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
