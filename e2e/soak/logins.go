package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
	"sftpgo-authy/mockauthy/mockapi"
)

// The people of the soak. Each one's code is good once in each step of the clock, so a round is one
// login of each, and after a round the clock is turned one step.
const (
	perKind  = 24
	password = "soak-password"
	firstID  = 6_000_000
	step     = 10 * time.Second // of Authy's own app
)

// person is one account with its way in.
type person struct {
	account target.Account
	id      int64
	way     string
}

// people are the same number of accounts for each way in.
func people() []person {
	ways := []struct {
		kind target.Kind
		name string
	}{
		{target.KeyintAccount, "SFTP with prompts"},
		{target.ExtauthAccount, "SFTP"},
		{target.ExtauthAccount, "FTP"},
		{target.CheckpwdAccount, "SFTP"},
		{target.CheckpwdAccount, "FTP"},
		// Not checkpwd over WebDAV: SFTPGo remembers its first password and code for a minute and
		// refuses newer ones.
		{target.ExtauthAccount, "WebDAV"},
	}
	var all []person
	for n := range perKind * 3 {
		way := ways[n%len(ways)]
		account := target.Account{Name: fmt.Sprintf("soak%03d", n), Password: password, Kind: way.kind}
		all = append(all, person{account, firstID + int64(n), way.name})
	}
	return all
}

// round logs everybody in once, clients at a time, every fifth with a wrong code, and then turns
// the clock one step.
func round(ctx context.Context, site target.Site, all []person, number, clients int, t *tally) error {
	queue := make(chan int)
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for n := range queue {
				l := attempt{account: all[n].account.Name, right: (n+number)%5 != 0, began: time.Now()}
				l.code, l.err = login(ctx, site, all[n], l.right)
				if ctx.Err() != nil {
					return
				}
				l.ended = time.Now()
				t.add(l)
			}
		})
	}
	for n := range all {
		select {
		case queue <- n:
		case <-ctx.Done():
		}
	}
	close(queue)
	group.Wait()
	if ctx.Err() != nil {
		return nil
	}
	_, err := site.Authy().TurnClock(ctx, mockapi.ClockChange{Advance: mockapi.Duration(step)})
	return err
}

// login logs one person in and out again. It returns the code that was typed.
func login(ctx context.Context, site target.Site, p person, right bool) (string, error) {
	token, err := site.Authy().Token(ctx, fmt.Sprint(p.id), "app", 0)
	if err != nil {
		return "", err
	}
	code := token.Token
	if !right { // another code of the same length
		code = code[1:] + string('0'+(code[0]-'0'+7)%10)
		if code == token.Token {
			code = "0000000"
		}
	}
	way, err := client.Find(p.way)
	if err != nil {
		return code, err
	}
	typed := code
	if p.account.Kind == target.CheckpwdAccount {
		typed = password + code
	}
	session, err := way.Open(ctx, site.Servers(), client.Typing(p.account.Name, typed, password, code))
	if err != nil {
		return code, err
	}
	return code, session.Close()
}
