package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cucumber/godog"

	"sftpgo-authy/e2e/internal/client"
	"sftpgo-authy/e2e/internal/target"
)

// firstOfCrowd is the Authy id of the first of many people.
const firstOfCrowd = 20_001

// crowds are the sentences about many people at once.
func (w *scenario) crowds(sc *godog.ScenarioContext) {
	sc.Given(`^SFTPGo asks (keyint|extauth|checkpwd) through the (program|HTTP) door for (\d+) people$`, w.sftpgoAsksForMany)
	sc.Given(`^all of them have accounts and phones with Authy$`, w.allHaveAccounts)
	sc.When(`^all of them log in over `+wayNames()+` at the same moment, every second one with a wrong code$`, w.allLogIn)
	sc.Then(`^those with a right code are in, and nobody else$`, w.rightOnesAreIn)
}

func (w *scenario) sftpgoAsksForMany(ctx context.Context, hook, door string, n int) error {
	var users strings.Builder
	for i := range n {
		fmt.Fprintf(&users, "person%03d: %d\n", i, firstOfCrowd+i)
	}
	setup := target.Setup{Hooks: []target.Hook{target.Hook(hook)}, Door: target.Door(door), Users: users.String()}
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

// rightOnesAreIn allows that a hook under such a load refuses somebody because it could not ask in time, if it says so;
// it must not be many. A wrong code never gets in.
func (w *scenario) rightOnesAreIn(ctx context.Context) error {
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
	if most := len(w.attempts) / 10; tooBusy > most {
		return fmt.Errorf("%d people with a right code were refused because Authy could not be asked in time, want at most %d", tooBusy, most)
	}
	return nil
}
