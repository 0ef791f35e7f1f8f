package steps

import (
	"context"
	"errors"
	"fmt"

	"sftpgo-authy/internal/client"
)

// guessing are the sentences about somebody who guesses without end.
func (w *scenario) guessing(sc sentences) {
	sc.When(`^somebody opens (\d+) connections as (\w+) and then types (\d+) wrong passwords on each$`,
		w.guessPasswords)
	sc.When(`^somebody who knows (\w+)'s password opens (\d+) connections and then types (\d+) wrong codes on each$`,
		w.guessCodes)
	sc.Then(`^(\d+) tries were answered$`, w.triesAnswered)
	sc.Then(`^the audit says (\d+) times that `+because+`$`, w.auditHas)
	sc.Then(`^nobody from there gets another connection$`, w.banned)
}

func (w *scenario) guessPasswords(ctx context.Context, connections int, name string, tries int) error {
	return w.guess(ctx, name, connections, tries, func(connection, try int) string {
		return fmt.Sprintf("guess %d of connection %d", try, connection)
	})
}

// guessCodes types codes that differ from each other and are wrong.
func (w *scenario) guessCodes(ctx context.Context, name string, connections, tries int) error {
	p := w.person(name)
	right, err := p.codeAt(w.now)
	if err != nil {
		return err
	}
	return w.guess(ctx, name, connections, tries, func(connection, try int) string {
		code := fmt.Sprintf("%07d", 1_000_000+connection*tries+try)
		if code == right {
			code = "9999999"
		}
		return p.password + code
	})
}

func (w *scenario) guess(
	ctx context.Context, name string, connections, tries int, text func(connection, try int) string,
) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	var err error
	w.tries, err = client.Guess{Account: name, Connections: connections, Tries: tries, Type: text}.Run(ctx,
		w.site.Servers())
	return err
}

func (w *scenario) triesAnswered(want int) error {
	if w.tries != want {
		return fmt.Errorf("%d tries were answered, want %d", w.tries, want)
	}
	return nil
}

func (w *scenario) auditHas(ctx context.Context, want int, reason string) error {
	return eventually(ctx, func() error {
		lines, err := w.newAudit(ctx, 0)
		if err != nil {
			return err
		}
		n := 0
		for _, line := range lines {
			if line.Reason == reason {
				n++
			}
		}
		if n != want {
			return fmt.Errorf("the audit has %d lines for %s, want %d", n, reason, want)
		}
		return nil
	})
}

// banned wants a connection to end before anything can be typed.
func (w *scenario) banned(ctx context.Context) error {
	typed, err := client.Guess{Account: "nobody", Connections: 1, Tries: 1,
		Type: func(int, int) string { return "x" }}.Run(ctx, w.site.Servers())
	if err == nil || typed > 0 {
		return errors.New("another connection is open to guesses, want the address banned")
	}
	return nil
}
