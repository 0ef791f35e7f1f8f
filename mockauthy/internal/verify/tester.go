package verify

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// This file is what a tester may ask and the real service would never tell: everybody's factors
// with their secrets and codes, and what was sent.

// Errors that callers branch on.
var (
	// ErrNoFactor is the error for a reference that no factor goes by.
	ErrNoFactor = errors.New("no factor goes by that SID or identity; GET /_mock/factors lists them")
	// ErrSeveral is the error for an identity with several factors.
	ErrSeveral = errors.New("that identity has several factors; name one by its SID")
)

// Code is what the phone shows for a factor in one step of the clock.
type Code struct {
	Token          string
	Digits, Period int
	ExpiresIn      time.Duration // until the step ends; at most 0 for a past step
}

// each calls visit with every factor of the account, oldest entities first, until it returns false.
// The caller holds mu.
func (a *Account) each(visit func(*service, *entity, *factor) bool) {
	for _, s := range a.services {
		for _, e := range s.order {
			a.purge(e)
			for _, f := range e.factors {
				if !visit(s, e, f) {
					return
				}
			}
		}
	}
}

// AllFactors lists factors of all services whose SID, identity or friendly name has search in it:
// at most limit from offset on, and how many there are in all.
func (a *Account) AllFactors(search string, offset, limit int) ([]Factor, int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	list, total := []Factor{}, 0
	search = strings.ToLower(search)
	a.each(func(s *service, e *entity, f *factor) bool {
		if search == "" || strings.Contains(strings.ToLower(e.identity+"\n"+f.name), search) ||
			strings.Contains(strings.ToLower(f.sid.text("YF")), search) {
			if total >= offset && len(list) < limit {
				list = append(list, f.view(s, e))
			}
			total++
		}
		return true
	})
	return list, total
}

// named finds a factor by its SID, or by the identity of a person who has one alone. The caller
// holds mu.
func (a *Account) named(ref string) (s *service, e *entity, f *factor, err error) {
	id, isSID := parseSID("YF", ref)
	found := 0
	a.each(func(s2 *service, e2 *entity, f2 *factor) bool {
		if isSID && f2.sid == id || !isSID && a.fold(e2.identity) == a.fold(ref) {
			s, e, f = s2, e2, f2
			found++
		}
		return found == 0 || !isSID
	})
	switch {
	case found == 0:
		return nil, nil, nil, ErrNoFactor
	case found > 1:
		return nil, nil, nil, ErrSeveral
	}
	return s, e, f, nil
}

// FindFactor returns the factor with that SID, or the only one of that identity. Errors are
// ErrNoFactor and ErrSeveral.
func (a *Account) FindFactor(ref string) (Factor, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, f, err := a.named(ref)
	if err != nil {
		return Factor{}, err
	}
	return f.view(s, e), nil
}

// FactorCode returns the code of a factor, step steps from now. Errors are those of FindFactor.
func (a *Account) FactorCode(ref string, step int) (Code, Factor, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, f, err := a.named(ref)
	if err != nil {
		return Code{}, Factor{}, err
	}
	now, codes := a.now(), f.codes()
	present := codes.Step(now) + int64(step)
	return Code{Token: codes.Code(f.secret, max(present, 0)), Digits: codes.Digits, Period: codes.Period,
		ExpiresIn: time.Unix((present+1)*int64(codes.Period), 0).Sub(now)}, f.view(s, e), nil
}

// AddFactor makes a factor as n says in a service, "" for the first, as if the person had proved it
// with a right code when verified is true. Errors are those of CreateFactor.
func (a *Account) AddFactor(serviceSID, identity string, n NewFactor, verified bool) (Factor, error) {
	if serviceSID == "" {
		if all := a.Services(); len(all) > 0 {
			serviceSID = all[0].SID
		}
	}
	made, err := a.CreateFactor(serviceSID, identity, n)
	if err != nil || !verified {
		return made, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, f, err := a.named(made.SID)
	if err != nil {
		return Factor{}, err
	}
	f.verified = true
	return f.view(s, e), nil
}

// AllChallenges lists the challenges of one factor, or of all when ref is empty, with that status,
// or any when it is empty, oldest first. Errors are those of FindFactor.
func (a *Account) AllChallenges(ref, status string) ([]Challenge, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := []Challenge{}
	add := func(s *service, e *entity, f *factor) bool {
		for _, c := range f.challenges {
			if v := a.viewChallenge(s, e, f, c); status == "" || v.Status == status {
				list = append(list, v)
			}
		}
		return true
	}
	if ref == "" {
		a.each(add)
	} else if s, e, f, err := a.named(ref); err != nil {
		return nil, err
	} else {
		add(s, e, f)
	}
	slices.SortStableFunc(list, func(a, b Challenge) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return list, nil
}

// SentCode is a verification with the code that was sent.
type SentCode struct {
	Verification
	Code      string
	Checks    int // wrong ones
	ExpiresAt time.Time
}

// AllVerifications lists the verifications of all services to a telephone number or an address, to
// anybody when to is empty, oldest first. One whose time is over is "expired".
func (a *Account) AllVerifications(to string) []SentCode {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := []SentCode{}
	for _, s := range a.services {
		for _, v := range s.sent.order {
			if to != "" && v.To != to {
				continue
			}
			one := SentCode{
				Verification: v.view(),
				Code:         v.code,
				Checks:       v.checks,
				ExpiresAt:    v.CreatedAt.Add(codeLife),
			}
			if v.Status == "pending" && !a.now().Before(one.ExpiresAt) {
				one.Status = "expired"
			}
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(a, b SentCode) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return list
}
