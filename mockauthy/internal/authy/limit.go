package authy

import "time"

// CountedCall is one counted request of a user.
type CountedCall struct {
	Kind string
	At   time.Time
}

// limit counts a call of u and refuses it with 60003 when the rate is exceeded. Refused calls do
// not count. Calls in the future, left behind by a clock that was turned back, do not count either.
func (a *App) limit(u *user, kind string, r Rate) *Error {
	if r.Count == 0 {
		return nil
	}
	now := a.now()
	x, count := u.makeExtra(), 0
	kept := x.calls[:0]
	for _, c := range x.calls {
		if c.Kind != kind {
			kept = append(kept, c)
		} else if age := now.Sub(c.At); age >= 0 && age < r.Per {
			kept = append(kept, c)
			count++
		}
	}
	x.calls = kept
	if count >= r.Count {
		return must("60003").withStatus(a.settings.RateLimitStatus).
			because("%d %s calls in %v are the limit", r.Count, kind, r.Per)
	}
	x.calls = append(x.calls, CountedCall{Kind: kind, At: now})
	return nil
}
