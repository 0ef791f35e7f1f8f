package steps

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/mockauthy/mockapi"
)

// Providers that scenarios can be about. A suite runs those tagged @totp-too and @verify-too once
// more for each: there "the provider" and "a second factor" are that provider's.
const (
	Authy  = "authy"
	TOTP   = "totp"
	Verify = "verify"
)

// What an authenticator app shows of a factor of Twilio Verify.
const (
	factorDigits = 6
	factorPeriod = 30 * time.Second
)

// providers are the sentences in which it makes no difference who judges the codes, and those about
// Twilio Verify, played by mockauthy.
func (w *scenario) providers(sc sentences) {
	sc.Given(`^(\w+) has an account and a second factor$`, w.hasAccountAndPhone)
	sc.Given(`^(\w+) has an account with an SSH key, and a second factor$`, w.hasAccountWithKey)
	sc.Then(`^no request reached the provider$`, w.nobodyAsked)
	sc.Then(`^the provider was asked once$`, func(ctx context.Context) error { return w.askedTimes(ctx, 1) })
	sc.Given(`^the provider is down$`, w.stopAuthy)
	sc.When(`^the provider is up again$`, w.startAuthy)
	sc.Given(`^the provider ((?:takes|answers|hangs|rejects|says|cuts|sends) .*?)( once)?$`, w.misbehaves)

	sc.Given(`^`+asks+`, which asks? Twilio Verify$`, func(ctx context.Context, hooks, door string) error {
		return w.asksVerify(ctx, hooks, door, &godog.Table{})
	})
	sc.Given(`^`+asks+`, which asks? Twilio Verify, with$`, w.asksVerify)
	sc.Given(`^(\w+) has an account and a factor at Twilio Verify$`, w.hasAccountAndPhone)
	sc.Given(`^(\w+) has an? (keyint|extauth|checkpwd) account and a factor at Twilio Verify$`, w.hasKindOfAccount)
	sc.Given(`^(\w+) has an account and a factor at Twilio Verify that was never verified$`, w.neverVerified)
	sc.Given(`^(\w+) has an account but no factor at Twilio Verify$`, w.hasAccount)
	sc.Given(`^(\w+)'s factor is deleted at Twilio Verify$`, w.factorIsDeleted)
	sc.Given(`^(\w+)'s 50 codes of this hour are used up$`, w.useUp)
	sc.Given(`^Twilio Verify takes a code twice$`, func(ctx context.Context) error {
		_, err := w.site.Authy().ApplyQuirk(ctx, "verify-replay")
		return err
	})
	sc.Then(`^Twilio Verify was asked once$`, func(ctx context.Context) error { return w.askedTimes(ctx, 1) })
	sc.Then(`^Twilio Verify was asked (\d+) times$`, w.askedTimes)
}

func (w *scenario) asksVerify(ctx context.Context, hooks, door string, settings *godog.Table) error {
	w.provider = Verify
	return w.sftpgoAsksWith(ctx, hooks, door, settings)
}

// question is the call in which the provider is asked about a code.
func (w *scenario) question() string {
	if w.provider == Verify {
		return mockapi.V2ChallengeNew
	}
	return mockapi.Verify
}

// ownQuestions are calls that hookd makes by itself, to learn whether its key is good.
var ownQuestions = []string{mockapi.AppDetails, mockapi.V2ServiceGet}

// addFactor gives a person a factor at Twilio Verify, and a line in the users file that names it.
func (w *scenario) addFactor(ctx context.Context, p *person, verified bool) error {
	f, err := w.site.Authy().AddFactor(ctx, mockapi.NewFactor{
		Identity: identity(p.name), FriendlyName: p.name, Secret: p.secret, Verified: &verified,
	})
	if err != nil {
		return err
	}
	p.factor = f.SID
	return w.site.WriteUsers(ctx, w.verifyUsers())
}

// identity is who somebody of the cast is at Twilio Verify.
func identity(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name))) }

// verifyUsers is the users file of all who have a factor, and of dora, whom Twilio has never heard
// of.
func (w *scenario) verifyUsers() string {
	lines := []string{"dora: verify/" + identity("dora") + "/YF" + strings.Repeat("0", 32)}
	for _, p := range w.people {
		if p.factor != "" {
			lines = append(lines, p.name+": verify/"+identity(p.name)+"/"+p.factor)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func (w *scenario) neverVerified(ctx context.Context, name string) error {
	if err := w.hasAccount(ctx, name); err != nil {
		return err
	}
	p := w.person(name)
	p.secret = newSecret()
	return w.addFactor(ctx, p, false)
}

func (w *scenario) factorIsDeleted(ctx context.Context, name string) error {
	return w.site.Authy().RemoveFactor(ctx, w.person(name).factor)
}

// useUp makes so many challenges for a person's factor that Twilio answers 60312 to the next, as
// somebody does who knows the name alone.
func (w *scenario) useUp(ctx context.Context, name string) error {
	p := w.person(name)
	wrong, err := w.wrongCode(ctx, p)
	if err != nil {
		return err
	}
	apps, err := w.site.Authy().Apps(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(apps, func(a mockapi.App) bool { return a.Key == w.site.Authy().Key })
	if at < 0 {
		return fmt.Errorf("the mock has no app of our key")
	}
	form := url.Values{"FactorSid": {p.factor}, "AuthPayload": {wrong}}.Encode()
	address := w.site.Authy().URL + "/v2/Services/" + apps[at].ServiceSID + "/Entities/" + identity(
		name,
	) + "/Challenges"
	for range 50 {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form))
		if err != nil {
			return err
		}
		req.SetBasicAuth(apps[at].AccountSID, apps[at].AuthToken)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusCreated {
			return fmt.Errorf("a challenge for %s: %s", name, res.Status)
		}
	}
	return nil
}

// withProvider returns a setup in which the provider of the scenario is asked.
func (w *scenario) withProvider(setup target.Setup) target.Setup {
	switch w.provider {
	case TOTP:
		return w.withSecrets(setup)
	case Verify:
		setup.Verify, setup.Users = true, w.verifyUsers()
	}
	return setup
}
