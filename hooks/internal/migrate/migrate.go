// Package migrate moves people away from Authy without their noticing: the secret of the
// authenticator app that they have goes to whoever judges their codes from then on, and their line
// of the users file follows.
//
// One person is moved at a time, and the line is written last. Before it is, Authy judges the
// codes; afterwards the destination does, where the secret has proved right already. So a run may
// be interrupted at any point: the next one takes away what is half done and goes on. Authy keeps
// its own copy of the secret, and the line says what it was, which is the way back.
package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/totp"
)

// Person is somebody at Authy, with all accounts that are theirs, sorted.
type Person struct {
	ID       authy.ID
	Accounts []string
}

// People returns those who are at Authy, in the order of their accounts.
func People(list map[string]provider.Person) []Person {
	at := map[authy.ID]int{}
	var people []Person
	for _, account := range slices.Sorted(maps.Keys(list)) {
		id, ok := list[account].(authy.ID)
		if !ok {
			continue
		}
		if _, known := at[id]; !known {
			at[id] = len(people)
			people = append(people, Person{ID: id})
		}
		p := &people[at[id]]
		p.Accounts = append(p.Accounts, account)
	}
	return people
}

// Class says what can become of a person.
type Class string

// Classes.
const (
	Moves    Class = "moves"     // the secret can be had
	HasApp   Class = "authy_app" // has the Authy app, whose codes of 7 digits cannot move
	NoSecret Class = "no_secret" // Authy returns no secret that could move
	Unknown  Class = "unknown"   // Authy knows no such user
	Disabled Class = "disabled"  // at Authy, and must not get in elsewhere
	Failed   Class = "failed"    // did not work for this person; a second run tries again
)

// Stays is why one person is not moved, though others may be.
type Stays struct {
	Class Class
	Why   error
}

// Error says why.
func (s *Stays) Error() string { return s.Why.Error() }

// Unwrap returns what it says.
func (s *Stays) Unwrap() error { return s.Why }

// Exported is what moves: a secret, and the code of it at the moment of the export.
type Exported struct {
	Secret totp.Secret
	Code   otp.Code
}

// Export exports the secret of a person, anew with each call.
type Export func(context.Context) (Exported, error)

// Destination is who judges the codes of those who have moved.
type Destination interface {
	// Take gives a person the secret, after it took away what an interrupted run left, and has the
	// code of the export verified. It returns the references of the person's accounts.
	Take(ctx context.Context, p Person, export Export) ([]accounts.Line, error)
	// Forget takes away what Take made of a person, who is to there.
	Forget(ctx context.Context, p Person, to provider.Person) error
	// Look returns why somebody who was moved cannot log in, nil for no reason.
	Look(ctx context.Context, to provider.Person) error
	// Same returns an error where the secret of somebody who was moved is not the exported one any
	// more: a lost phone must not come back.
	Same(to provider.Person, e Exported) error
}

// Mover moves people.
type Mover struct {
	Authy     *authy.Client
	UsersFile string
	People    accounts.People
	AppToo    bool // moves those too who have the Authy app
	// Pace waits until the next secret may be exported.
	Pace func(context.Context) error
	// Keep is told each secret before it moves; nil for nobody.
	Keep func(p Person, s totp.Secret) error
	// Carry is told of who becomes whom, before it counts, and of the codes that count now: those
	// that opened a door open no second one.
	Carry func(ctx context.Context, from, to provider.Person, codes ...otp.Code) error
	Now   func() time.Time
}

// may returns why a user must not move, whatever Authy exports.
func (m Mover) may(ctx context.Context, id authy.ID) error {
	user, err := m.Authy.User(ctx, id)
	switch {
	case err != nil:
		return judged(err)
	case user.Disabled:
		return &Stays{Disabled, errors.New("is disabled at Authy")}
	case user.Registered && !m.AppToo:
		return &Stays{HasApp, errors.New("has the Authy app, whose codes of 7 digits cannot move")}
	}
	return nil
}

// export returns the secret of a user.
func (m Mover) export(ctx context.Context, id authy.ID) (e Exported, err error) {
	if err := m.Pace(ctx); err != nil {
		return e, err
	}
	got, err := m.Authy.Export(ctx, id)
	if err != nil {
		return e, judged(err)
	}
	if e.Secret, err = totp.ParseSecret(got.Secret, totp.Defaults()); err != nil {
		return e, &Stays{NoSecret, fmt.Errorf("what Authy exports %w", err)}
	}
	if e.Code, err = otp.ParseTypedCode(got.OTP); err != nil || e.Code.Len() != e.Secret.Digits {
		return e, &Stays{NoSecret, errors.New("no code of 6 digits comes with the secret that Authy exports")}
	}
	return e, nil
}

// judged says of an error of Authy's whether it is about one user or about all.
func judged(err error) error {
	var said *authy.APIError
	switch {
	case !errors.As(err, &said), said.ExportOff(), said.RejectsKey(), said.Limited():
		return err
	case said.UnknownUser():
		return &Stays{Unknown, err}
	}
	return &Stays{NoSecret, err}
}

// Run moves people, one after the other, and tells done about each: nil for one who is moved. It
// ends at the first error that concerns everybody.
func (m Mover) Run(ctx context.Context, people []Person, to Destination, done func(Person, *Stays)) error {
	moved, err := ReadMoved(m.UsersFile, m.People)
	if err != nil {
		return err
	}
	there := map[authy.ID]provider.Person{}
	for _, p := range moved {
		there[p.ID] = p.To
	}
	return m.each(ctx, people, done, func(p Person) error {
		if err := m.may(ctx, p.ID); err != nil {
			return err
		}
		if there[p.ID] != nil {
			return m.follow(ctx, p, there[p.ID])
		}
		return m.move(ctx, p, to)
	})
}

// follow moves accounts of a person who was moved before: one person has one secret.
func (m Mover) follow(ctx context.Context, p Person, to provider.Person) error {
	e, err := m.exporter(p)(ctx)
	if err == nil {
		err = m.carry(ctx, p.ID, to, e.Secret)
	}
	if err != nil {
		return err
	}
	var references []accounts.Line
	for _, account := range p.Accounts {
		references = append(references, accounts.Line{Name: account, Reference: provider.Key(to)})
	}
	return accounts.MoveInFile(m.UsersFile, m.People, p.ID, references...)
}

// Plan asks Authy what can become of people, changes nothing, and tells done about each: nil for
// one who can move. Where the export is not open, it asks on about all else, and returns that at
// the end.
func (m Mover) Plan(ctx context.Context, people []Person, done func(Person, *Stays)) error {
	var closed error
	err := m.each(ctx, people, done, func(p Person) error {
		if err := m.may(ctx, p.ID); err != nil || closed != nil {
			return err
		}
		_, err := m.export(ctx, p.ID)
		var said *authy.APIError
		if errors.As(err, &said) && said.ExportOff() {
			closed, err = err, nil
		}
		return err
	})
	return cmp.Or(err, closed)
}

// each does something with each person, in turn.
func (m Mover) each(
	ctx context.Context, people []Person, done func(Person, *Stays), do func(Person) error,
) error {
	for _, p := range people {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := do(p)
		var stays *Stays
		if err != nil && !errors.As(err, &stays) {
			return fmt.Errorf("at %q: %w", p.Accounts[0], err)
		}
		done(p, stays)
	}
	return nil
}

// move moves one person. The line of the users file is last.
func (m Mover) move(ctx context.Context, p Person, to Destination) error {
	var secret totp.Secret
	export := m.exporter(p)
	references, err := to.Take(ctx, p, func(ctx context.Context) (e Exported, err error) {
		e, err = export(ctx)
		secret = e.Secret
		return e, err
	})
	if err != nil {
		return err
	}
	person, err := m.People.Parse(references[0].Name, references[0].Reference)
	if err == nil {
		err = m.carry(ctx, p.ID, person, secret)
	}
	if err != nil {
		return err
	}
	return accounts.MoveInFile(m.UsersFile, m.People, p.ID, references...)
}

// stepsCarried is how many steps before and after the present one a code may count for somebody.
const stepsCarried = 3

// carry has the codes of a secret that opened a door as one person open none as the other, who is
// the same by now.
func (m Mover) carry(ctx context.Context, from, to provider.Person, secret totp.Secret) error {
	if m.Carry == nil {
		return nil
	}
	var codes []otp.Code
	for now, step := secret.Step(m.Now()), int64(-stepsCarried); step <= stepsCarried; step++ {
		text, err := secret.Code(now + step)
		if err != nil {
			return err
		}
		code, err := otp.ParseTypedCode(text)
		if err != nil {
			return err
		}
		codes = append(codes, code)
	}
	return m.Carry(ctx, from, to, codes...)
}

// exporter returns what exports the secret of a person, and has it kept.
func (m Mover) exporter(p Person) Export {
	return func(ctx context.Context) (Exported, error) {
		e, err := m.export(ctx, p.ID)
		// The status does not say who is suspended; only a code does. It is used up there, too.
		if err == nil && m.Authy.Verify(ctx, p.ID, e.Code).Result == provider.Blocked {
			err = &Stays{Disabled, errors.New("is suspended at Authy")}
		}
		if err == nil && m.Keep != nil {
			err = m.Keep(p, e.Secret)
		}
		return e, err
	}
}

// Collect exports the secrets of people and has take deal with each, and moves nobody. All else is
// as for [Mover.Run].
func (m Mover) Collect(
	ctx context.Context, people []Person, take func(Person, totp.Secret) error, done func(Person, *Stays),
) error {
	return m.each(ctx, people, done, func(p Person) error {
		if err := m.may(ctx, p.ID); err != nil {
			return err
		}
		e, err := m.exporter(p)(ctx)
		if err != nil {
			return err
		}
		return take(p, e.Secret)
	})
}

// Back moves people back to Authy who were moved before, and takes away what they had elsewhere.
// destinations are by the names of their providers. With force it does not ask Authy whether the
// secret is still the same.
func (m Mover) Back(
	ctx context.Context, moved []Moved, destinations map[string]Destination, force bool, done func(Person, *Stays),
) error {
	to := map[authy.ID]provider.Person{}
	people := make([]Person, len(moved))
	for i, p := range moved {
		people[i], to[p.ID] = p.Person, p.To
	}
	return m.each(ctx, people, done, func(p Person) error {
		there := to[p.ID]
		dest := destinations[there.Provider()]
		if dest == nil {
			return &Stays{Failed, fmt.Errorf("is %s, which is not configured", provider.Key(there))}
		}
		e, err := m.same(ctx, p, there, dest, force)
		if err == nil && e.Secret != (totp.Secret{}) {
			err = m.carry(ctx, there, p.ID, e.Secret)
		}
		if err != nil {
			return err
		}
		if err := accounts.MoveBackInFile(m.UsersFile, m.People, p.Accounts...); err != nil {
			return err
		}
		if err := dest.Forget(ctx, p, there); err != nil {
			return fmt.Errorf(
				"is at Authy again, but %s is still there, unused; delete it by hand: %w",
				provider.Key(there),
				err,
			)
		}
		return nil
	})
}

// same makes sure that Authy knows a person whose secret is the same on both sides, and returns
// what Authy exports; nothing with force, which does not ask for it.
func (m Mover) same(
	ctx context.Context, p Person, there provider.Person, dest Destination, force bool,
) (e Exported, err error) {
	m.AppToo = true
	err = m.may(ctx, p.ID)
	var stays *Stays
	if errors.As(err, &stays) {
		return e, &Stays{Failed, stays.Why} // whatever the class: there is no way back
	}
	if err != nil || force {
		return e, err
	}
	if e, err = m.export(ctx, p.ID); err != nil {
		return e, fmt.Errorf("whether the secret is still the same cannot be said (--force does not ask): %w", err)
	}
	if err := dest.Same(there, e); err != nil {
		return e, &Stays{Failed, fmt.Errorf("%w; --force moves back all the same", err)}
	}
	return e, nil
}

// Moved is somebody who was at Authy and is elsewhere now.
type Moved struct {
	Person
	To provider.Person
}

// ReadMoved returns who was moved by the lines of the users file, sorted by account.
func ReadMoved(path string, people accounts.People) ([]Moved, error) {
	moves, err := accounts.ReadMoves(path, people)
	if err != nil {
		return nil, err
	}
	was, is := map[string]provider.Person{}, map[authy.ID]provider.Person{}
	for _, move := range moves {
		before, err := people.Parse(move.Account, move.Was)
		id, ok := before.(authy.ID)
		if _, back := move.Person.(authy.ID); err != nil || !ok || back {
			continue // somebody's own comment
		}
		was[move.Account], is[id] = id, move.Person
	}
	var moved []Moved
	for _, p := range People(was) {
		moved = append(moved, Moved{p, is[p.ID]})
	}
	return moved, nil
}
