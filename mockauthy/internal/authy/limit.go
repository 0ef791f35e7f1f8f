package authy

import "time"

// call is one counted request of a user.
type call struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
}

// limit counts a call of u and refuses it with 60003 when the rate is exceeded. Refused calls do
// not count. Calls in the future, left behind by a clock that was turned back, do not count either.
func (a *App) limit(u *user, kind string, r Rate) *Error {
	if r.Count == 0 {
		return nil
	}
	now := a.now()
	x, count := u.more(), 0
	kept := x.calls[:0]
	for _, c := range x.calls {
		if c.Kind != kind {
			kept = append(kept, c)
		} else if age := now.Sub(c.At); age >= 0 && age < time.Duration(r.Per) {
			kept = append(kept, c)
			count++
		}
	}
	x.calls = kept
	if count >= r.Count {
		return must("60003").withStatus(a.settings.RateLimitStatus).because("%d %s calls in %v are the limit", r.Count, kind, time.Duration(r.Per))
	}
	x.calls = append(x.calls, call{Kind: kind, At: now})
	return nil
}
