package authy

import (
	"fmt"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/totp"
)

// VerifyRequest asks whether a code is right for a user.
type VerifyRequest struct {
	User   string // the id as the path has it
	Token  string // as the path has it
	Force  bool   // check the code also for users who never registered nor confirmed
	Action string // what the code was requested for, if it was
}

// Verdict is the result of a VerifyRequest.
type Verdict struct {
	Accepted bool
	Err      *Error          // the refusal as the wire has it; nil when accepted
	Reason   string          // in words, for the journal; never contains a code
	User     int64           // 0 when the id is nobody's
	Device   *VerifiedDevice // what the reply tells about the device; nil for none
}

// VerifiedDevice is what an accepted verify says about where the code came from.
type VerifiedDevice struct {
	SMS        bool  // a texted or spoken code: the reply has other keys then, and no id
	ID         int64 // of the app device
	OS         string
	Registered int64 // unix seconds; 0 where a texted code comes from a user without the app
	LastSync   int64 // unix seconds
}

// SandboxToken always passes in the sandbox profile, as it did in Authy's own sandbox.
const SandboxToken = "0000000"

// Verify judges a code, in the order shown in docs/quirks.md, and remembers an accepted one. Of
// concurrent calls with the same code exactly one is accepted.
func (a *App) Verify(q VerifyRequest) Verdict {
	v, miss := a.verifyLocked(q)
	if miss != nil { // how the code missed is worked out with nobody waiting
		v.Reason = miss.explain()
		v.Err = v.Err.because("%s", v.Reason)
	}
	return v
}

func (a *App) verifyLocked(q VerifyRequest) (Verdict, *miss) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.verify(q)
}

// unchecked is why any code is right for some users.
const unchecked = "not checked: the user never registered nor confirmed, and the call was made without force=true"

func (a *App) verify(q VerifyRequest) (Verdict, *miss) {
	s := a.settings
	u, reason := a.lookup(q.User)
	if u == nil {
		return refused(0, must("60016").withStatus(s.UnknownUserVerifyStatus).because("%s", reason)), nil
	}
	id := int64(u.id)
	if err := a.limit(u, "verify", s.RateLimits.Verify); err != nil {
		return refused(id, err), nil
	}
	if err := a.blocked(u); err != nil {
		return refused(id, err), nil
	}
	v, miss := a.check(u, q)
	if !v.Accepted && !q.Force && !s.EnforceUnconfirmed && !u.flags.has(confirmed) && !u.registered() {
		return Verdict{Accepted: true, User: id, Reason: unchecked}, nil
	}
	if !v.Accepted && v.Err.Code == "60020" {
		a.failed(u)
	}
	if v.Accepted {
		u.flags.set(confirmed, true)
		if u.extra != nil {
			u.extra.failures = 0
		}
		a.month().Auths++
		if a.leaving(u) {
			v.Reason += "; the user is deleted, the grace period still runs"
		}
	}
	return v, miss
}

func refused(user int64, err *Error) Verdict {
	return Verdict{Err: err, Reason: err.Reason, User: user}
}

// failed counts a wrong code and suspends the user when there were too many in a row.
func (a *App) failed(u *user) {
	if a.settings.SuspendAfter == 0 {
		return
	}
	x := u.makeExtra()
	x.failures++
	if x.failures >= a.settings.SuspendAfter {
		x.failures, x.suspendedUntil = 0, a.now().Add(a.settings.SuspendFor)
	}
}

// check compares the token with every code that u could have, and marks the one that matches as
// used.
func (a *App) check(u *user, q VerifyRequest) (Verdict, *miss) {
	id := int64(u.id)
	if q.Token == "" || strings.Trim(q.Token, "0123456789") != "" {
		return refused(id, must("60020").because("the token is not made of digits")), nil
	}
	if a.settings.Sandbox && q.Token == SandboxToken {
		return Verdict{Accepted: true, User: id, Reason: "the sandbox's token"}, nil
	}
	if v, ok := a.checkSent(u, q); ok {
		return v, nil
	}
	now := a.now()
	candidates := a.candidates(u, len(q.Token))
	for _, c := range candidates {
		offset, ok := c.window.Match(c.secret, q.Token, now)
		if !ok {
			continue
		}
		step := c.window.Step(now) + int64(offset)
		if !u.makeExtra().use(UsedStep{Secret: c.secret, Period: c.window.Period, Step: step},
			c.window.Step(now)-int64(c.window.Past)) {
			return refused(id, must("60019").because("%s was used before", totp.Words(offset))), nil
		}
		v := Verdict{Accepted: true, User: id, Reason: totp.Words(offset)}
		if c.family == GenericFamily {
			v.Reason += " of another authenticator app"
		} else if a.settings.IncludeDevice {
			v.Device = &VerifiedDevice{ID: int64(c.device.id), OS: c.device.os, Registered: c.device.created,
				LastSync: now.Unix()}
		}
		return v, nil
	}
	return refused(id, must("60020")), &miss{token: q.Token, now: now, tried: candidates}
}

// candidate is a secret that may have made a code.
type candidate struct {
	family Family
	secret string
	window totp.Window
	device device
}

// candidates are the secrets of u whose codes have that many digits.
func (a *App) candidates(u *user, digits int) []candidate {
	var all []candidate
	if a.settings.TOTP.App.Digits == digits {
		for _, d := range a.devices(u) {
			all = append(all, candidate{family: AppFamily, secret: d.secret, window: a.settings.TOTP.App, device: d})
		}
	}
	if a.settings.GenericTokensEnabled && a.settings.TOTP.Generic.Digits == digits {
		all = append(all, candidate{family: GenericFamily, secret: a.qrSecret(u), window: a.settings.TOTP.Generic})
	}
	return all
}

// UsedStep is a code that was accepted. The same secret and period make the same code at every
// step, whatever device or family they belong to.
type UsedStep struct {
	Secret string
	Period int
	Step   int64
}

// maxUsed is how many used codes are kept before those that can no longer match are dropped. They
// are not dropped at once, because a test may turn the clock back.
const maxUsed = 64

// use marks a step as used; false when it already was. Steps from oldest on can still match.
func (x *extra) use(step UsedStep, oldest int64) bool {
	for _, u := range x.used {
		if u == step {
			return false
		}
	}
	if len(x.used) >= maxUsed {
		kept := x.used[:0]
		for _, u := range x.used {
			if u.Period != step.Period || u.Step >= oldest {
				kept = append(kept, u)
			}
		}
		x.used = kept
	}
	x.used = append(x.used, step)
	return true
}

// miss is what is needed to say how a wrong code missed.
type miss struct {
	token string
	now   time.Time
	tried []candidate
}

func (m *miss) explain() string {
	if len(m.tried) == 0 {
		return fmt.Sprintf("no code of this user has %d digits", len(m.token))
	}
	for _, c := range m.tried {
		if words, ok := (totp.Codes{Window: c.window}).Explain(c.secret, m.token, m.now); ok {
			return words
		}
	}
	return "not a code of this user near this time"
}
