package steps

import (
	"context"
	"errors"
	"regexp"

	"github.com/pquerna/otp"

	"sftpgo-authy/e2e/internal/target"
)

// enrolment are the sentences about what an administrator does with authyctl for people whose codes
// the hooks judge themselves.
func (w *scenario) enrolment(sc sentences) {
	sc.Given(`^the administrator gives (\w+) recovery codes$`, func(ctx context.Context, name string) error {
		return w.administers(ctx, w.person(name), "recovery", name)
	})
	sc.When(`^the administrator enrols (\w+), who scans the code$`, func(ctx context.Context, name string) error {
		return w.administers(ctx, w.person(name), "enroll", name, "--force")
	})
	sc.When(`^the administrator replaces the secret of (\w+), who scans the new one$`,
		func(ctx context.Context, name string) error {
			p := w.person(name)
			lost := *p
			w.people[name+"'s lost phone"] = &lost
			return w.administers(ctx, p, "replace", name)
		})
	sc.When(`^the administrator removes (\w+)$`, func(ctx context.Context, name string) error {
		return w.administers(ctx, w.person(name), "remove", name, "--yes")
	})
}

var (
	drawn = regexp.MustCompile(`otpauth://totp/\S+`)
	paper = regexp.MustCompile(`\b[0-9]{5} ?[0-9]{5}\b`)
)

// administers runs authyctl while the person stands beside: scans what is drawn, types a code of
// it, and keeps the recovery codes.
func (w *scenario) administers(ctx context.Context, p *person, args ...string) error {
	keeper, ok := w.site.(target.Keeper)
	if !ok {
		return errors.New("scenarios with authyctl carry the tag @process")
	}
	screen, err := keeper.Authyctl(ctx, func(screen string) (string, error) {
		key, err := otp.NewKeyFromURL(drawn.FindString(screen))
		if err != nil {
			return "", err
		}
		p.local, p.secret, p.read = true, key.Secret(), 0
		code, err := p.nextLocalCode()
		p.lastCode = code
		return code, err
	}, args...)
	if codes := paper.FindAllString(screen, -1); len(codes) > 0 {
		p.recovery = codes
	}
	return err
}
