package steps

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/mockauthy/mockapi"
)

// leaving are the sentences about moving from Authy to Twilio Verify, or to local TOTP.
func (w *scenario) leaving(sc sentences) {
	sc.Given(`^`+asks+`, and is about to leave Authy for (Twilio Verify|local TOTP)$`, w.aboutToLeave)
	sc.Given(`^(\w+) has an account and an authenticator app that Authy knows$`, w.hasGenericApp)
	sc.Given(`^Authy exports one secret and then no more$`, func(ctx context.Context) error {
		return w.hit(ctx, mockapi.UserSecretExport, mockapi.Effect{Error: "60154"}, 1)
	})
	sc.Given(`^Authy exports secrets again$`, func(ctx context.Context) error {
		return w.site.Authy().ClearFaults(ctx)
	})
	sc.Step(`^(Authy|Twilio Verify|local TOTP) alone judges codes$`, w.judgesAlone)
	sc.When(`^the administrator runs "([^"]+)"(, in vain)?$`, w.runs)
}

// aboutToLeave takes a site whose hooks ask Authy, Twilio Verify or themselves, as each line of the
// users file says. Twilio's support has opened the migration tools.
func (w *scenario) aboutToLeave(ctx context.Context, hooks, door, to string) error {
	setup, err := w.asked(hooks, door)
	if err != nil {
		return err
	}
	setup.Leaving, setup.Secrets = true, "# nobody's yet: "+newSecret()+"\n" // which no other site has
	setup.Config = map[string]string{
		"provider": "authy", "checkpwd.code_length": "6", // no Authy app
		"totp.period": "30s", "totp.skew": "1",
	}
	if err := w.lease(ctx, setup); err != nil {
		return err
	}
	if w.home = to == "local TOTP"; w.home { // nobody can move the hooks' clock, so Authy has the same
		if _, err := w.site.Authy().TurnClock(ctx, mockapi.ClockChange{Reset: true}); err != nil {
			return err
		}
	}
	_, err = w.site.Authy().ApplyQuirk(ctx, "migration")
	return err
}

// hasGenericApp gives somebody an account, and a user at Authy who has an authenticator app and not
// Authy's own.
func (w *scenario) hasGenericApp(ctx context.Context, name string) error {
	p := w.person(name)
	p.secret, p.generic, p.local, p.own = newSecret(), true, w.home, w.home
	if err := w.hasAccount(ctx, name); err != nil {
		return err
	}
	return w.addToAuthy(ctx, p, false)
}

// judgesAlone has nobody but one provider answer when it is asked about a code.
func (w *scenario) judgesAlone(ctx context.Context, who string) error {
	if err := w.site.Authy().ClearFaults(ctx); err != nil {
		return err
	}
	for by, endpoint := range map[string]string{"Authy": mockapi.Verify, "Twilio Verify": mockapi.V2ChallengeNew} {
		if who == by {
			continue
		}
		if err := w.hit(ctx, endpoint, mockapi.Effect{Status: 500}, 0); err != nil {
			return err
		}
	}
	if who != "Authy" || !w.home {
		return nil
	}
	for _, p := range w.people { // their apps go by Authy's clock again, beyond the codes that were typed
		p.local = false
	}
	w.now = time.Now().Add(factorPeriod)
	return nil
}

// hit has an effect on every call of an endpoint after some.
func (w *scenario) hit(ctx context.Context, endpoint string, effect mockapi.Effect, after int) error {
	_, err := w.site.Authy().AddFault(ctx, mockapi.Rule{
		Match: mockapi.Match{Endpoint: endpoint}, Effect: effect, After: after,
	})
	return err
}

// runs runs a command of the administrator.
func (w *scenario) runs(ctx context.Context, command, inVain string) error {
	keeper, ok := w.site.(target.Keeper)
	args := strings.Fields(command)
	if !ok || args[0] != "authyctl" {
		return fmt.Errorf("%q: here is nobody to run it", command)
	}
	var err error
	w.said, err = keeper.Authyctl(ctx, nil, args[1:]...)
	if inVain != "" && err == nil {
		return fmt.Errorf("it works, and says %q", w.said)
	} else if inVain != "" {
		return nil
	}
	return err
}
