package steps

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cucumber/godog"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"sftpgo-authy/e2e/internal/target"
)

// What an authenticator app shows whose secret the hooks have themselves. Nobody can move the
// hooks' clock, so a step is long, and those on both sides of the present one count too: an app can
// be read four times in a row.
const (
	localDigits = 6
	localPeriod = time.Minute
	localSkew   = 2
)

// locally are the sentences about codes that the hooks judge themselves.
func (w *scenario) locally(sc sentences) {
	sc.Given(`^`+asks+`, which judges? codes by (?:itself|themselves)$`,
		func(ctx context.Context, hooks, door string) error {
			return w.judgeCodes(ctx, hooks, door, &godog.Table{})
		})
	sc.Given(`^`+asks+`, which judges? codes by (?:itself|themselves), with$`, w.judgeCodes)
	sc.Given(`^(\w+) has an account and an authenticator app$`, w.hasAccount)
	sc.Given(`^(\w+) has an? (keyint|extauth|checkpwd) account and an authenticator app$`,
		func(ctx context.Context, name, hook string) error {
			w.person(name).hook = target.Hook(hook)
			return w.hasAccount(ctx, name)
		})
	sc.Given(`^(\w+) has an account but no secret yet$`, w.hasAccount)
	sc.Then(`^the audit says that the code was (\d+) steps late$`, w.stepsLate)
}

// judgeCodes takes a site whose hooks have the secrets of ann and bob, and of nobody else.
func (w *scenario) judgeCodes(ctx context.Context, hooks, door string, settings *godog.Table) error {
	w.provider = TOTP
	return w.sftpgoAsksWith(ctx, hooks, door, settings)
}

// withSecrets gives the hooks of a setup the secrets of ann and bob, and of nobody else.
func (w *scenario) withSecrets(setup target.Setup) target.Setup {
	w.setup = setup
	var secrets strings.Builder
	for _, name := range []string{"ann", "bob"} {
		p := w.person(name)
		p.local, p.secret = true, newSecret()
		fmt.Fprintf(&secrets, "%s: otpauth://totp/SFTPGo:%s?secret=%s&period=%d&skew=%d\n", name, name, p.secret,
			localPeriod/time.Second, localSkew)
	}
	w.person("dora").local = true
	setup.Secrets, setup.Users = secrets.String(), "ann: totp\nbob: totp\ndora: totp\n"
	return setup
}

// recoveryCode is the next one on the person's sheet.
func (p *person) recoveryCode() (string, error) {
	if len(p.recovery) == 0 {
		return "", fmt.Errorf("%s has no recovery code", p.name)
	}
	code := p.recovery[0]
	p.recovery = p.recovery[1:]
	return code, nil
}

// localCode is what the person's app shows so many steps from now.
func (p *person) localCode(off int) (string, error) {
	if p.secret == "" {
		return "", fmt.Errorf("%s has no authenticator app", p.name)
	}
	period, _, _ := p.window()
	return totp.GenerateCodeCustom(p.secret, time.Now().Add(time.Duration(off)*period), totp.ValidateOpts{
		Period: uint(period / time.Second), Digits: otp.Digits(localDigits), Algorithm: otp.AlgorithmSHA1,
	})
}

// window returns how long a step of the person's app is, and the first and the last step from now
// whose codes count, even if a step ends before the code is typed.
func (p *person) window() (period time.Duration, first, last int) {
	if p.own {
		return ownPeriod, 1 - ownSkew, ownSkew
	}
	return localPeriod, 1 - localSkew, localSkew
}

// nextLocalCode is the code of a step that the person has not read before: the one before the
// present one first.
func (p *person) nextLocalCode() (string, error) {
	_, first, last := p.window()
	off := p.read + first
	if off > last {
		return "", fmt.Errorf("a scenario can read this authenticator app %d times; the next code would take a while",
			last-first+1)
	}
	p.read++
	return p.localCode(off)
}

// stepsLate looks at how far off the audit says that the code of the last login was. The minute may
// have changed between reading and typing.
func (w *scenario) stepsLate(ctx context.Context, want int) error {
	lines, err := w.newAudit(ctx, 1)
	if err != nil {
		return err
	}
	if got := -lines[0].StepsOff; got != want && got != want+1 {
		return fmt.Errorf("the audit says %d steps late, want %d", got, want)
	}
	return nil
}
