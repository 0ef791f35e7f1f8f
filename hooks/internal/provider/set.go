package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/otp"
)

// Set is the providers of a configuration. It reads the references of users files, and asks about
// each person the provider who knows them. The zero Set knows nobody.
type Set struct {
	bare   string
	byName map[string]Provider
}

// NewSet makes a Set. bare names the provider whose references may stand without its name.
func NewSet(bare string, providers ...Provider) (Set, error) {
	s := Set{bare: bare, byName: map[string]Provider{}}
	for _, p := range providers {
		if _, twice := s.byName[p.Name()]; twice {
			return Set{}, fmt.Errorf("provider %s: stands there twice; want each once", p.Name())
		}
		s.byName[p.Name()] = p
	}
	if _, known := s.byName[bare]; !known {
		return Set{}, fmt.Errorf("provider %q: is not configured; want one of %s", bare, strings.Join(s.Names(), ", "))
	}
	return s, nil
}

// With returns a set in which p stands in the place of the provider of its name.
func (s Set) With(p Provider) Set {
	s.byName = maps.Clone(s.byName)
	s.byName[p.Name()] = p
	return s
}

// All returns the providers, sorted by their names.
func (s Set) All() []Provider {
	var list []Provider
	for _, name := range s.Names() {
		list = append(list, s.byName[name])
	}
	return list
}

// Names returns the names of the providers, sorted.
func (s Set) Names() []string { return slices.Sorted(maps.Keys(s.byName)) }

// Parse makes a person of a reference as it stands in a users file: "provider/reference", a
// provider's name alone, or a reference alone, which is the bare provider's. Errors repeat nothing
// of it.
func (s Set) Parse(account, reference string) (Person, error) {
	name, rest, named := strings.Cut(reference, "/")
	if p := s.byName[name]; p != nil {
		return p.Parse(account, rest)
	}
	bare := s.byName[s.bare]
	switch {
	case bare == nil:
		return nil, fmt.Errorf("no provider is configured")
	case named:
		return nil, fmt.Errorf("names a provider that is not configured; want one of %s", strings.Join(s.Names(), ", "))
	}
	return bare.Parse(account, reference)
}

// Reference returns what Parse makes the person of: without the name of the provider where that may
// be left out: not where the reference has a slash of its own.
func (s Set) Reference(person Person) string {
	if person != nil && person.Provider() == s.bare && !strings.Contains(person.String(), "/") {
		return person.String()
	}
	return Key(person)
}

// Of returns the provider that knows a person, nil for none.
func (s Set) Of(person Person) Provider {
	if person == nil {
		return nil
	}
	return s.byName[person.Provider()]
}

// Verify implements [Verifier] by the provider of the person.
func (s Set) Verify(ctx context.Context, person Person, code otp.Code) Answer {
	p := s.Of(person)
	if p == nil {
		return Answer{Result: Refused}
	}
	return p.Verify(ctx, person, code)
}

// Recovers says whether code can be no other than a recovery code of the person.
func (s Set) Recovers(person Person, code otp.Code) bool {
	if code.Len() != RecoveryDigits {
		return false
	}
	_, can := As[Recoverer](s.Of(person))
	return can
}

// Recover implements [Recoverer] by the provider of the person.
func (s Set) Recover(ctx context.Context, person Person, code otp.Code) Answer {
	p, can := As[Recoverer](s.Of(person))
	if !can {
		return Answer{Result: Refused}
	}
	return p.Recover(ctx, person, code)
}

// HasLengths says whether codes of some people have a length of their own.
func (s Set) HasLengths() bool {
	for _, p := range s.byName {
		if _, has := As[CodeLengths](p); has {
			return true
		}
	}
	return false
}

// CodeLength implements [CodeLengths] by the provider of the person. It is 0 where that provider
// leaves it to the configuration.
func (s Set) CodeLength(ctx context.Context, person Person) (int, error) {
	p, has := As[CodeLengths](s.Of(person))
	if !has {
		return 0, nil
	}
	return p.CodeLength(ctx, person)
}

// SendCode implements [Sender] by the provider of the person.
func (s Set) SendCode(ctx context.Context, person Person, by string) error {
	p, can := As[Sender](s.Of(person))
	if !can {
		return fmt.Errorf("the provider of this person sends no codes")
	}
	return p.SendCode(ctx, person, by)
}
