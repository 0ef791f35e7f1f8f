package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cucumber/godog"

	"sftpgo-authy/internal/client"
)

// firstOfCrowd is the Authy id of the first of many people.
const firstOfCrowd = 20_001

// crowds are the sentences about many people at once.
func (w *scenario) crowds(sc sentences) {
	sc.Given(`^`+asks+` for (\d+) people$`,
		func(ctx context.Context, hook, door string, n int) error {
			return w.sftpgoAsksForMany(ctx, hook, door, n, &godog.Table{})
		})
	sc.Given(`^`+asks+` for (\d+) people with$`, w.sftpgoAsksForMany)
	sc.Given(`^all of them have accounts and phones with Authy$`, w.allHaveAccounts)
	sc.When(`^all of them log in over `+wayNames()+` at the same moment, every second one with a wrong code$`,
		w.allLogIn)
	sc.When(`^all of them log in over `+wayNames()+
		` at the same moment, every second one with a wrong code, and hookd is reloaded (\d+) times meanwhile$`,
		w.allLogInAcrossReloads)
	sc.Then(`^those with a right code are in, and nobody else$`, func(ctx context.Context) error {
		return w.rightOnesAreIn(ctx, len(w.attempts)/10)
	})
	sc.Then(`^all of those with a right code are in, and nobody else$`, func(ctx context.Context) error {
		return w.rightOnesAreIn(ctx, 0)
	})
}

func (w *scenario) sftpgoAsksForMany(ctx context.Context, hook, door string, n int, settings *godog.Table) error {
	var users strings.Builder
	for i := range n {
		fmt.Fprintf(&users, "person%03d: %d\n", i, firstOfCrowd+i)
	}
	setup, err := w.asked(hook, door)
	if err != nil {
		return err
	}
	if setup, err = withSettings(setup, settings); err != nil {
		return err
	}
	setup.Users = users.String()
	if err := w.lease(ctx, setup); err != nil {
		return err
	}
	for i := range n {
		p := w.person(fmt.Sprintf("person%03d", i))
		p.id = int64(firstOfCrowd + i)
		w.crowd = append(w.crowd, p)
	}
	return nil
}

func (w *scenario) allHaveAccounts(ctx context.Context) error {
	for _, p := range w.crowd {
		if err := w.hasAccountAndPhone(ctx, p.name); err != nil {
			return err
		}
	}
	return nil
}

// allLogIn has everybody's code ready before the first one knocks.
func (w *scenario) allLogIn(ctx context.Context, way string) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	now, err := w.advance(ctx, codePeriod)
	if err != nil {
		return err
	}
	codes := make([]string, len(w.crowd))
	for i, p := range w.crowd {
		if codes[i], err = p.codeAt(now); err == nil && i%2 == 1 {
			codes[i], err = wrong(codes[i])
		}
		if err != nil {
			return err
		}
	}
	w.attempts = make([]attempt, len(w.crowd))
	together(len(w.crowd), func(i int) {
		code := func(context.Context) (string, error) { return codes[i], nil }
		w.attempts[i] = w.login(ctx, w.crowd[i], way, typed{code: code})
	})
	return nil
}

// allLogInAcrossReloads sends the signals while logins wait for Authy.
func (w *scenario) allLogInAcrossReloads(ctx context.Context, way string, times int) error {
	var loggedIn, reloaded error
	together(2, func(i int) {
		if i == 0 {
			loggedIn = w.allLogIn(ctx, way)
			return
		}
		reloaded = w.requestArrived(ctx)
		for range times {
			if reloaded == nil {
				reloaded = w.reload(ctx, nil)
			}
		}
	})
	return errors.Join(loggedIn, reloaded)
}

// rightOnesAreIn allows that a hook under a great load refuses so many because it could not ask in
// time, if it says so. A wrong code never gets in.
func (w *scenario) rightOnesAreIn(ctx context.Context, mayBeTooBusy int) error {
	lines, err := w.newAudit(ctx, len(w.attempts))
	if err != nil {
		return err
	}
	reasons := map[string]string{}
	for _, line := range lines {
		reasons[line.Account] = line.Reason
	}
	tooBusy := 0
	for i, a := range w.attempts {
		reason := reasons[a.who.name]
		switch {
		case a.err != nil && !errors.Is(a.err, client.ErrRefused):
			return fmt.Errorf("%s was not refused, but failed: %w", a.who.name, a.err)
		case i%2 == 1 && a.err == nil:
			return fmt.Errorf("%s is in with a wrong code", a.who.name)
		case a.err == nil && reason != "code_right":
			return fmt.Errorf("%s is in, and the audit says %s", a.who.name, reason)
		case i%2 == 0 && a.err != nil && (reason == "provider_limited" || reason == "provider_unreachable"):
			tooBusy++
		case i%2 == 0 && a.err != nil:
			return fmt.Errorf("%s is refused with a right code, and the audit says %s", a.who.name, reason)
		}
	}
	if tooBusy > mayBeTooBusy {
		return fmt.Errorf(
			"%d people with a right code were refused because Authy could not be asked in time, want at most %d",
			tooBusy, mayBeTooBusy)
	}
	return nil
}
