package steps

import (
	"context"
	"fmt"
	"sync"

	"sftpgo-authy/internal/client"
)

// typist types what a person knows and reads from the phone into a client, during one login. The
// client may ask from several goroutines.
type typist struct {
	who  *person
	what typed
	keep bool // types the first code again and again

	mu        sync.Mutex
	code      string   // the last one read, "" if none
	questions []string // that were asked, in order
	err       error    // of the phone
}

// person is who the client logs in for.
func (t *typist) person(ctx context.Context) client.Person {
	return client.Person{
		Account: t.who.name, Key: t.who.key, Identity: t.who.identity, From: t.what.from,
		Password: func() string { return t.field(ctx) },
		Answer:   func(n int, question string) (string, error) { return t.answer(ctx, n, question), nil },
	}
}

// field returns what goes into a password field: password and code, as far as there are any.
func (t *typist) field(ctx context.Context) string {
	return t.password() + t.what.between + t.nextCode(ctx)
}

// answer returns the answer to the n-th question.
func (t *typist) answer(ctx context.Context, n int, question string) string {
	t.mu.Lock()
	t.questions = append(t.questions, question)
	t.mu.Unlock()
	switch {
	case n == 0 && t.what.joined:
		return t.field(ctx)
	case n == 0 && t.what.password != nil:
		return t.password()
	case n > 0 && n <= len(t.what.more):
		return t.read(ctx, t.what.more[n-1])
	}
	return t.nextCode(ctx)
}

func (t *typist) password() string {
	if t.what.password == nil {
		return ""
	}
	return t.what.password()
}

// nextCode reads a code, unless there is none to type or the first one is typed again.
func (t *typist) nextCode(ctx context.Context) string {
	if t.what.code == nil || t.keep && t.code != "" {
		return t.code
	}
	return t.read(ctx, t.what.code)
}

// read looks at the phone.
func (t *typist) read(ctx context.Context, look func(context.Context) (string, error)) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	code, err := look(ctx)
	if err != nil {
		t.err = fmt.Errorf("the phone of %s: %w", t.who.name, err)
	}
	t.code, t.who.lastCode = code, code
	return code
}
