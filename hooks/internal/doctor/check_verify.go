package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/verify"
)

// Verify is what Twilio Verify told.
type Verify struct {
	Service verify.Service
	Factors map[verify.Ref]error // what is wrong with the factors that accounts map to
}

// VerifyAsker is what facts about factors at Twilio Verify are asked of.
type VerifyAsker interface {
	Service(ctx context.Context) (verify.Service, error)
	Factor(ctx context.Context, ref verify.Ref) (verify.Factor, error)
}

// AskVerify asks Twilio Verify whether secret and service are good, and about the factors that
// accounts map to.
func (f *Facts) AskVerify(ctx context.Context, api VerifyAsker) {
	v := &f.Verify
	if v.Value.Service, v.Err = api.Service(ctx); v.Err != nil {
		return
	}
	v.Value.Factors = map[verify.Ref]error{}
	for _, ref := range f.refs() {
		factor, err := api.Factor(ctx, ref)
		var refused *verify.APIError
		switch {
		case err == nil:
			err = unfit(factor)
		case !errors.As(err, &refused) || refused.Limited():
			v.Err = fmt.Errorf("%d factors at Twilio Verify were looked at, then: %w", len(v.Value.Factors), err)
			return
		}
		v.Value.Factors[ref] = err
	}
}

// refs returns the factors that accounts of SFTPGo, or lines of the users file, map to, in order.
func (f *Facts) refs() []verify.Ref {
	all := map[verify.Ref]bool{}
	add := func(person provider.Person) {
		if ref, here := person.(verify.Ref); here {
			all[ref] = true
		}
	}
	for _, a := range f.Accounts.Value {
		add(a.Person)
	}
	for _, person := range f.UsersFile.Value {
		add(person)
	}
	return slices.SortedFunc(
		maps.Keys(all),
		func(a, b verify.Ref) int { return strings.Compare(a.String(), b.String()) },
	)
}

// unfit says why nobody can log in with a factor, or why it does not fit the hooks.
func unfit(f verify.Factor) error {
	window := time.Duration((2*f.Config.Skew+1)*f.Config.Period) * time.Second
	switch {
	case f.Type != "totp":
		return fmt.Errorf("is no factor of type totp, but %q", f.Type)
	case !f.Verified():
		return errors.New("was never verified: no code of it was ever right")
	case f.Config.Digits != verify.Digits:
		return fmt.Errorf("has codes of %d digits; checkpwd cuts %d off the end of the password", f.Config.Digits,
			verify.Digits)
	case window > memory.CodeLife:
		return fmt.Errorf("takes a code for %s, and the hooks remember which were used for %s alone", window,
			memory.CodeLife)
	}
	return nil
}

// verifyWell: whether Twilio Verify knows us, and the factors of all who map to one.
func verifyWell(f *Facts) ([]Finding, error) {
	if !f.Config.Value.Verify.Enabled() {
		return nil, nil
	}
	var refused *verify.APIError
	if v := f.Verify; v.Err != nil && v.Value.Factors == nil && errors.As(v.Err, &refused) {
		return []Finding{
			{Severity: Warning, Where: "verify", What: v.Err.Error() + "; nobody who maps to a factor is let in",
				Line: "verify: account_sid, api_key_sid, secret_file and service_sid as Twilio's console shows them"},
		}, nil
	}
	var findings []Finding
	for _, ref := range f.refs() {
		if wrong := f.Verify.Value.Factors[ref]; wrong != nil {
			findings = append(findings, Finding{Severity: Warning, Where: "account " + f.mappedTo(ref),
				What: fmt.Sprintf("its factor %s: %v", ref.Factor(), wrong),
				Line: "authyctl replace, or authyctl remove and authyctl enroll"})
		}
	}
	if f.Verify.Err == nil && f.Accounts.Err != nil {
		return findings, fmt.Errorf("factors that the users file does not name were not looked at: %w", f.Accounts.Err)
	}
	return findings, f.Verify.Err
}

// mappedTo returns the name of an account that maps to a factor.
func (f *Facts) mappedTo(ref verify.Ref) string {
	for _, a := range f.Accounts.Value {
		if a.Person == ref {
			return quoted(a.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.UsersFile.Value)) {
		if f.UsersFile.Value[name] == ref {
			return quoted(name)
		}
	}
	return ref.String()
}

// perHour is how many codes Twilio judges for a factor in an hour, right and wrong ones (error
// 60312).
const perHour = 50

// verifyLimit finds configurations that let one address use up all tries of somebody else, without
// a password: checkpwd and extauth ask before SFTPGo has judged one.
func verifyLimit(f *Facts) ([]Finding, error) {
	configs, unseen := f.configs()
	var all found
	for _, c := range configs {
		if !c.Verify.Enabled() || !c.decides(hookCheckpwd, hookExtauth) {
			continue
		}
		l := c.Hookd.Lockout
		forgets := c.MemoryFile == "" && len(c.Hooks) < len(allHooks)
		tries := perHour // and more
		if l.PerAccountIP > 0 && l.Window > 0 {
			tries = int(time.Duration(l.PerAccountIP) * time.Hour / l.Window)
		} else if l.PerIP > 0 && l.Window > 0 {
			tries = int(time.Duration(l.PerIP) * time.Hour / l.Window)
		}
		const so = "whoever knows a name uses up its owner's 50 codes an hour at Twilio Verify, without the " +
			"password, " +
			"and nobody logs in as them until the hour is over"
		switch {
		case forgets:
			all.add(
				c.Who,
				Finding{Severity: Warning, What: "a program without memory_file remembers no codes that were " +
					"used, so it lets nobody in by Twilio Verify", Line: "memory_file: a file (AUTHY_MEMORY_FILE), " +
					"or let hookd decide"},
			)
		case tries >= perHour:
			all.add(
				c.Who,
				Finding{Severity: Warning, What: fmt.Sprintf("hookd.lockout gives one address %s an hour at one "+
					"account: ", orMore(tries)) + so, Line: "hookd.lockout: window: 15m, per_account_ip: 10"},
			)
		}
	}
	return all.list, unseen
}

// orMore returns a number of tries in words.
func orMore(n int) string {
	if n == perHour {
		return "50 tries and more"
	}
	return fmt.Sprint(n, " tries")
}
