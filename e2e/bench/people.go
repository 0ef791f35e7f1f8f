package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
	"sftpgo-authy/mockauthy/mockapi"
)

const (
	password = "bench-password"
	firstID  = 6_000_000
	perKind  = 5_000 // distance between the ids of two groups of accounts
)

// person is one account of a kind of hook. Its name is a letter and its Authy id, which the
// yardsticks rely on.
type person struct {
	account target.Account
	id      int64
}

// people returns n accounts for a hook; those of other hooks are others. Ours has accounts of its
// own, since a code that the minimal hook has asked about is used; the kinds that ask nobody share
// them with the minimal one.
func people(hook target.Hook, k kind, n int) []person {
	account := map[target.Hook]target.Kind{
		target.Keyint: target.KeyintAccount, target.Extauth: target.ExtauthAccount,
		target.Checkpwd: target.CheckpwdAccount,
	}[hook]
	begin := map[target.Hook]int64{target.Keyint: firstID, target.Extauth: firstID + 2*perKind,
		target.Checkpwd: firstID + 4*perKind}[hook]
	if k == ours || k == remembering {
		begin += perKind
	}
	all := make([]person, n)
	for i := range all {
		id := begin + int64(i)
		all[i] = person{target.Account{Name: fmt.Sprintf("%c%d", hook[0], id), Password: password, Kind: account}, id}
	}
	return all
}

// everybody is n accounts for each hook and each kind that asks.
func everybody(n int) []person {
	var all []person
	for _, hook := range hooks {
		all = append(append(all, people(hook, minimal, n)...), people(hook, ours, n)...)
	}
	return all
}

// usersFile maps everybody, as the hooks read it.
func usersFile(n int) string {
	var b strings.Builder
	for _, p := range everybody(n) {
		fmt.Fprintf(&b, "%s: %d\n", p.account.Name, p.id)
	}
	return b.String()
}

// enrol adds everybody to the mock.
func enrol(ctx context.Context, mock *mockapi.Client, n int) error {
	return enrolAll(ctx, mock, everybody(n))
}

// enrolAll adds some people to the mock.
func enrolAll(ctx context.Context, mock *mockapi.Client, all []person) error {
	for _, p := range all {
		phone := fmt.Sprintf("20255%05d", p.id-firstID)
		user := mockapi.NewUser{ID: p.id, Name: p.account.Name, CountryCode: 1, Cellphone: phone}
		if _, err := mock.AddUser(ctx, user); err != nil {
			return fmt.Errorf("user %s at mockauthy: %w", p.account.Name, err)
		}
	}
	return nil
}

// turnClock returns everybody a code that was never typed. A code is good once.
func turnClock(ctx context.Context, mock *mockapi.Client) error {
	_, err := mock.TurnClock(ctx, mockapi.ClockChange{Advance: mockapi.Duration(step)})
	return err
}

// look returns everybody's code of this moment.
func look(ctx context.Context, mock *mockapi.Client, all []person) ([]string, error) {
	codes := make([]string, len(all))
	for i, p := range all {
		token, err := mock.Token(ctx, strconv.FormatInt(p.id, 10), "app", 0)
		if err != nil {
			return nil, err
		}
		codes[i] = token.Token
	}
	return codes, nil
}

// login logs in once and out again. Without a hook the code is not typed.
func login(ctx context.Context, servers client.Servers, way client.Way, p person, k kind, code string) error {
	typed := password
	switch {
	case k == none:
	case p.account.Kind == target.ExtauthAccount:
		typed = code
	case p.account.Kind == target.CheckpwdAccount:
		typed = password + code
	}
	session, err := way.Open(ctx, servers, client.Typing(p.account.Name, typed, password, code))
	if err != nil {
		return err
	}
	return session.Close()
}

// wrong returns another code of the same length.
func wrong(code string) string {
	return code[:len(code)-1] + string('0'+(code[len(code)-1]-'0'+1)%10)
}
