package steps

import (
	"context"
	"fmt"

	"sftpgo-authy/mockauthy/mockapi"
)

// leaving are the sentences about moving from Authy to Twilio Verify.
func (w *scenario) leaving(sc sentences) {
	sc.Given(`^`+asks+`, and is about to leave Authy for Twilio Verify$`, w.aboutToLeave)
	sc.Given(`^(\w+) has an account and an authenticator app that Authy knows$`, w.hasGenericApp)
	sc.Given(`^Authy exports one secret and then no more$`, func(ctx context.Context) error {
		return w.hit(ctx, mockapi.UserSecretExport, mockapi.Effect{Error: "60154"}, 1)
	})
	sc.Given(`^Authy exports secrets again$`, func(ctx context.Context) error {
		return w.site.Authy().ClearFaults(ctx)
	})
	sc.Given(`^(Authy|Twilio Verify) alone judges codes$`, w.judgesAlone)
	sc.When(`^the administrator runs "([^"]+)"(, in vain)?$`, w.runs)
}

// aboutToLeave takes a site whose hooks ask Authy or Twilio Verify, as each line of the users file
// says. Twilio's support has opened the migration tools.
func (w *scenario) aboutToLeave(ctx context.Context, hooks, door string) error {
	setup, err := w.asked(hooks, door)
	if err != nil {
		return err
	}
	setup.Managed, setup.Leaving = true, true
	setup.Config = map[string]string{"provider": "authy", "checkpwd.code_length": "6"} // no Authy app
	if err := w.lease(ctx, setup); err != nil {
		return err
	}
	_, err = w.site.Authy().ApplyQuirk(ctx, "migration")
	return err
}

// hasGenericApp gives somebody an account, and a user at Authy who has an authenticator app and not
// Authy's own.
func (w *scenario) hasGenericApp(ctx context.Context, name string) error {
	p := w.person(name)
	p.secret, p.generic = newSecret(), true
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
	other := mockapi.Verify
	if who == "Authy" {
		other = mockapi.V2ChallengeNew
	}
	return w.hit(ctx, other, mockapi.Effect{Status: 500}, 0)
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
	site, err := w.managed()
	if err != nil {
		return err
	}
	w.said, err = site.Shell(ctx, command)
	if inVain != "" && err == nil {
		return fmt.Errorf("it works, and says %q", w.said)
	} else if inVain != "" {
		return nil
	}
	return err
}
