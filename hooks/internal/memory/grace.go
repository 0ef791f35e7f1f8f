package memory

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// What stands under the key of a grace: a flight while the first attempt is judged, then a grant or
// nothing.
const (
	flightMark = "?"
	grantMark  = "+"
	// flightLife is for a hookd that dies while it judges: it gives a call 18 s.
	flightLife = 30 * time.Second
)

// grace is how long what an attempt was accepted with goes on. Without an address it does not:
// nobody could be told from anybody else then.
func (s *Logins) grace(a gate.Attempt) time.Duration {
	switch {
	case a.IP == "":
		return 0
	case a.Hook == gate.Extauth && a.Protocol == "DAV":
		return s.longest()
	}
	return s.Grace
}

func (s *Logins) longest() time.Duration { return max(s.Grace, s.WebDAVGrace) }

// Graceful says whether there is a grace at all.
func (s *Logins) Graceful() bool { return s.longest() > 0 }

// graceKey is where the grace of one holder stands: hook, account, address, who the account is, and
// code. With the zero code it is the one of keyint before a code is asked for.
func (s *Logins) graceKey(a gate.Attempt, p provider.Person, code otp.Code) store.Key {
	var text strings.Builder
	code.Digest(&text)
	return s.key(store.Grace, "", string(a.Hook), a.Account.Name, spelled(a.IP), provider.Key(p), text.String())
}

// spelled returns an address in the one spelling that package netip has for it. Proxies in front of
// SFTPGo need not agree.
func spelled(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	return addr.Unmap().String()
}

// Join implements [gate.Grace].
func (s *Logins) Join(ctx context.Context, a gate.Attempt, p provider.Person) (gate.Standing, error) {
	if s.grace(a) == 0 {
		return gate.Standing{}, nil
	}
	if _, err := s.held(ctx, a, p); err != nil {
		return gate.Standing{}, err
	}
	key, flight := s.graceKey(a, p, a.Code), flightMark+s.Fresh()
	taken, current, err := s.Store.Take(ctx, key, flight, flightLife)
	switch {
	case err != nil:
		return gate.Standing{}, err
	case taken:
		return gate.Standing{Place: gate.Leads, Flight: flight}, nil
	case strings.HasPrefix(current, flightMark):
		return s.wait(ctx, a, p, key, current)
	}
	return s.onward(ctx, a, p, key, current)
}

// wait waits for the verdict about an identical attempt. Where none comes in time the code is still
// somebody's who may be accepted with it, and counts as used.
func (s *Logins) wait(
	ctx context.Context, a gate.Attempt, p provider.Person, key store.Key, flight string,
) (gate.Standing, error) {
	patience, cancel := context.WithTimeout(ctx, gate.WaitTime)
	defer cancel()
	current, err := s.Store.Await(patience, key, flight)
	switch {
	case patience.Err() != nil && err != nil:
		return gate.Standing{Place: gate.Shares, Reason: gate.CodeReused}, nil
	case err != nil:
		return gate.Standing{}, err
	case strings.HasPrefix(current, grantMark):
		return s.onward(ctx, a, p, key, current)
	}
	reason, err := s.verdict(ctx, key, flight)
	return gate.Standing{Place: gate.Shares, Reason: reason}, err
}

// verdictKey is where the verdict of a flight stands, which holds for one holder alone.
func (s *Logins) verdictKey(holder store.Key, flight string) store.Key {
	return s.key(store.Verdict, "", holder.String(), flight)
}

// verdict returns why the attempt of a flight did not get in by its code. Where nobody told, or
// told long ago, the code is one that somebody else used.
func (s *Logins) verdict(ctx context.Context, holder store.Key, flight string) (gate.Reason, error) {
	key := s.verdictKey(holder, flight)
	told, err := s.Store.Get(ctx, key)
	text, ours := s.unseal(key, told)
	reason, when, _ := strings.Cut(text, " ")
	millis, wrong := strconv.ParseInt(when, 10, 64)
	if err != nil || !ours || wrong != nil || s.Now().Sub(time.UnixMilli(millis)) >= gate.WaitTime {
		return gate.CodeReused, err
	}
	return gate.Reason(reason), nil
}

// onward is the standing of an attempt that finds a grant.
func (s *Logins) onward(
	ctx context.Context, a gate.Attempt, p provider.Person, key store.Key, grant string,
) (gate.Standing, error) {
	valid, err := s.valid(ctx, a, p, key, grant)
	if err != nil || !valid {
		return gate.Standing{}, err
	}
	return gate.Standing{Place: gate.GoesOn}, nil
}

// Land implements [gate.Grace]. Of an accepted code Settle has told already. A recovery code lets
// in nobody but the one who leads.
func (s *Logins) Land(ctx context.Context, a gate.Attempt, p provider.Person, st gate.Standing, o gate.Outcome) error {
	if o.Result == gate.Accepted && o.Reason == gate.CodeRight {
		return nil
	}
	if o.Reason == gate.RecoveryCode {
		o.Reason = gate.CodeReused
	}
	holder := s.graceKey(a, p, a.Code)
	key := s.verdictKey(holder, st.Flight)
	text := s.seal(key, string(o.Reason)+" "+strconv.FormatInt(s.Now().UnixMilli(), 10))
	return errors.Join(s.Store.Set(ctx, key, text, gate.WaitTime), s.Store.Drop(ctx, holder))
}

// Stands implements [gate.Grace].
func (s *Logins) Stands(ctx context.Context, a gate.Attempt, p provider.Person) (bool, error) {
	if s.grace(a) == 0 {
		return false, nil
	}
	if _, err := s.held(ctx, a, p); err != nil {
		return false, err
	}
	key := s.graceKey(a, p, otp.Code{})
	grant, err := s.Store.Get(ctx, key)
	if err != nil || grant == "" {
		return false, err
	}
	return s.valid(ctx, a, p, key, grant)
}

// grant begins the grace of whoever was accepted with a code. It never makes one longer that runs:
// within it no code is asked about again, and keyint's keeps its beginning whatever code is
// accepted later.
func (s *Logins) grant(ctx context.Context, a gate.Attempt, p provider.Person, code otp.Code) error {
	if s.grace(a) == 0 {
		return nil
	}
	epoch, err := s.Store.Get(ctx, s.codeKey(p, code)) // of before the provider was asked
	if err != nil {
		return err
	}
	if err := s.Store.Set(ctx, s.codeKey(p, code), epoch, max(CodeLife, s.longest())); err != nil {
		return err
	}
	holder, err := s.hold(ctx, a, p)
	if err != nil {
		return err
	}
	key, within := s.graceKey(a, p, code), epoch+" "+holder
	err = s.Store.Set(ctx, key, s.grantText(key, s.Now(), within), s.longest())
	if err != nil || a.Hook != gate.Keyint || a.Alone {
		return err
	}
	return s.grantUnasked(ctx, a, p, within)
}

// grantUnasked has keyint not ask for a code for a while.
func (s *Logins) grantUnasked(ctx context.Context, a gate.Attempt, p provider.Person, within string) error {
	key := s.graceKey(a, p, otp.Code{})
	text := s.grantText(key, s.Now(), within)
	taken, current, err := s.Store.Take(ctx, key, text, s.longest())
	if err != nil || taken {
		return err
	}
	if valid, err := s.valid(ctx, a, p, key, current); err != nil || valid {
		return err
	}
	return s.Store.Set(ctx, key, text, s.longest())
}

// grantText says when a grace began, and within which epoch of the person and under which mark of
// the account.
func (s *Logins) grantText(key store.Key, begin time.Time, within string) string {
	return grantMark + s.seal(key, strconv.FormatInt(begin.UnixMilli(), 10)+" "+within)
}

// valid says whether a grant still counts for an attempt.
func (s *Logins) valid(
	ctx context.Context, a gate.Attempt, p provider.Person, key store.Key, grant string,
) (bool, error) {
	text, ours := s.unseal(key, strings.TrimPrefix(grant, grantMark))
	start, within, _ := strings.Cut(text, " ")
	millis, err := strconv.ParseInt(start, 10, 64)
	if err != nil || !ours || !s.Now().Before(time.UnixMilli(millis).Add(s.grace(a))) {
		return false, nil
	}
	epoch, err := s.epochFor(ctx, a, p)
	if err != nil {
		return false, err
	}
	holder, err := s.held(ctx, a, p)
	return err == nil && holder != "" && within == epoch+" "+holder, err
}

// epochKey is where the epoch of a person stands. A new one begins when all graces of the person
// end; without a mark it is the empty one.
func (s *Logins) epochKey(p provider.Person) store.Key {
	return s.key(store.Epoch, "", provider.Key(p))
}

// epochFor returns the epoch of a person for an attempt that may have a grace.
func (s *Logins) epochFor(ctx context.Context, a gate.Attempt, p provider.Person) (string, error) {
	if s.grace(a) == 0 {
		return "", nil
	}
	return s.Store.Get(ctx, s.epochKey(p))
}

// endGraces ends every grace of a person about whom the provider says that there is none to log
// in. When the mark's life is over, so is that of all grants from before it.
func (s *Logins) endGraces(ctx context.Context, p provider.Person, answer provider.Result) error {
	if !answer.Gone() {
		return nil
	}
	return s.EndOf(ctx, p)
}

// EndOf ends every grace of a person, whichever accounts use it.
func (s *Logins) EndOf(ctx context.Context, p provider.Person) error {
	if !s.Graceful() {
		return nil
	}
	key := s.epochKey(p)
	return errors.Join(s.Store.Set(ctx, key, s.Fresh(), s.longest()), s.Store.Keep(ctx, key))
}
