package enroll

import (
	"context"
	"strings"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
)

// batch is how many people are written at once: each file is replaced as a whole, so one at a time
// would take the square of their number.
const batch = 1000

// Failure is why somebody was not enrolled.
type Failure struct {
	Account string
	Err     error
}

// Many enrols accounts that have no second factor, and writes their factors to a handout before
// they count. It goes on where a run before it ended. check says whether an account may be
// enrolled; done is told how many were dealt with. An error means that it went no further.
//
// A factor that is enrolled so is pending until a first code of it was right: it counts, and the
// memory has no last step of it.
func (d Desk) Many(
	ctx context.Context,
	names []string,
	h *Handout,
	check func(account string) error,
	done func(int),
) ([]Failure, error) {
	var failed []Failure
	if err := d.dropDead(ctx, names, h); err != nil {
		return nil, err
	}
	for len(names) > 0 {
		part := names[:min(batch, len(names))]
		names = names[len(part):]
		var factors []Factor
		for _, account := range part {
			f, err := d.factor(account, h, check)
			if err != nil {
				failed = append(failed, Failure{account, err})
				continue
			}
			factors = append(factors, f)
		}
		if err := ctx.Err(); err != nil {
			return failed, err
		}
		if err := d.putMany(ctx, factors, h); err != nil {
			return failed, err
		}
		done(len(part))
	}
	return failed, nil
}

// dropDead takes out of the handout what it has of accounts that no run before left halfway: a
// factor that is not in the secrets file as it stands there, or of which a code was right once.
// Whoever had that one has none any more, and gets another.
func (d Desk) dropDead(ctx context.Context, names []string, h *Handout) error {
	secrets, err := d.Secrets.All(d.Params)
	if err != nil {
		return err
	}
	dead := map[string]bool{}
	for _, account := range names {
		f, had := h.had[account]
		if !had {
			continue
		}
		person, err := d.person(account)
		if err != nil {
			return err
		}
		step, err := d.Memory.LastStep(ctx, provider.Key(person))
		if err != nil {
			return err
		}
		if step != 0 || secrets[account] != f.Secret {
			dead[account] = true
		}
	}
	return h.drop(dead)
}

// factor returns the factor of an account that the handout has, else a new one.
func (d Desk) factor(account string, h *Handout, check func(string) error) (Factor, error) {
	if err := check(account); err != nil {
		return Factor{}, err
	}
	if f, had := h.had[account]; had {
		return f, nil
	}
	return d.New(account)
}

// putMany makes factors count: first in the handout, last in the users file.
func (d Desk) putMany(ctx context.Context, factors []Factor, h *Handout) error {
	var rows [][]string
	var entries []totp.Entry
	var references []accounts.Line
	digests := map[string][]string{}
	for _, f := range factors {
		person, err := d.person(f.Account)
		if err != nil {
			return err
		}
		if len(f.Recovery) > 0 {
			if digests[provider.Key(person)], err = d.Secrets.Keys.RecoveryDigests(person, f.Recovery); err != nil {
				return err
			}
		}
		if _, had := h.had[f.Account]; !had {
			// Of a secret that stood there before, taken out by hand, something may be remembered.
			step, err := d.Memory.LastStep(ctx, provider.Key(person))
			if err == nil && step != 0 {
				err = d.forget(ctx, f.Account, person)
			}
			if err != nil {
				return err
			}
			rows = append(rows, []string{f.Account, d.URL(f), strings.Join(f.Recovery, " ")})
		}
		entries = append(entries, totp.Entry{Account: f.Account, Secret: f.Secret})
		references = append(references, accounts.Line{Name: f.Account, Reference: totp.Name})
	}
	if len(factors) == 0 {
		return nil
	}
	if err := h.write(rows); err != nil {
		return err
	}
	if err := d.Secrets.Put(d.Issuer, entries...); err != nil {
		return err
	}
	if err := d.Memory.SetRecovery(ctx, digests); err != nil {
		return err
	}
	return d.Map(ctx, references...)
}
