// Package memory is what hookd remembers of logins: codes that were accepted, failures, pushes that
// wait for an answer, and where a conversation comes from. It lies in a [store.Store], of one
// process or of several.
package memory

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
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

// Life of what is remembered.
const (
	// an accepted code is refused for so long; Authy itself takes one for some 60 to 90 s
	CodeLife    = 120 * time.Second
	addressLife = 3 * time.Minute // an SSH login lasts two minutes at most
)

// Limits say how many failures within a window lock out. 0 is no limit.
type Limits struct {
	Window       time.Duration
	PerAccountIP int // of an account from an address
	PerIP        int // of an address
	PerAccount   int // of an account from anywhere; high, for whoever reaches it locks somebody else out
}

// Any says whether there is a limit at all.
func (l Limits) Any() bool { return l.PerAccountIP > 0 || l.PerIP > 0 || l.PerAccount > 0 }

// Logins is the memory. Names, addresses and codes enter the store only as keyed digests.
type Logins struct {
	Store  store.Store
	Key    []byte // of the digests; the same for all that share a store
	Limits Limits
	Now    func() time.Time
	Fresh  func() string // a name that nothing had before

	// Noted says of which people the last login is to be kept, nil for nobody's: those whose
	// provider keeps no last step.
	Noted func(provider.Person) bool

	Grace       time.Duration // how long an accepted code goes on for whoever typed it; 0 for not at all
	WebDAVGrace time.Duration // the same for extauth over WebDAV alone; the longer of the two counts there
}

// key names a thing in the store by a keyed digest of what it is about. The purpose tells things of
// one kind apart. Each part goes in with its length, so that no two lists of parts are one.
func (s *Logins) key(kind store.Kind, purpose string, parts ...string) store.Key {
	mac := hmac.New(sha256.New, s.Key)
	mac.Write([]byte(kind.String()))
	for _, part := range append([]string{purpose}, parts...) {
		mac.Write([]byte("\x00" + strconv.Itoa(len(part)) + ":" + part))
	}
	return store.Key{Kind: kind, Digest: [16]byte(mac.Sum(nil))}
}

// codeKey is the key of a used code. A provider may take an identity in any case, so the case of a
// reference makes no other person.
func (s *Logins) codeKey(p provider.Person, code otp.Code) store.Key {
	var text strings.Builder
	code.Digest(&text)
	return s.key(store.UsedCode, "", strings.ToLower(provider.Key(p)), text.String())
}

// Claim implements [gate.Memory].
func (s *Logins) Claim(ctx context.Context, a gate.Attempt, p provider.Person, code otp.Code) (gate.CodeState, error) {
	epoch, err := s.epochFor(ctx, a, p)
	if err != nil {
		return gate.Malformed, err
	}
	taken, _, err := s.Store.Take(ctx, s.codeKey(p, code), epoch, CodeLife)
	switch {
	case err != nil:
		return gate.Malformed, err
	case taken:
		return gate.WellFormed, nil
	}
	return gate.Reused, nil
}

// looking is the value of a mark that [Logins.Carry] sets to see whether there is another one. It
// ends by itself, and means nothing: its maker may have been killed.
const looking = "looking"

// Carry marks the codes that one person has used as used by another too, who is the same person
// from now on, since the secret moved. It touches no other code.
func (s *Logins) Carry(ctx context.Context, from, to provider.Person, codes ...otp.Code) error {
	var keys []store.Key
	for _, code := range codes {
		was, becomes := s.codeKey(from, code), s.codeKey(to, code)
		unused, mark, err := s.Store.Take(ctx, was, looking, time.Second)
		switch {
		case err != nil:
		case unused:
			err = s.Store.Drop(ctx, was)
		case mark != looking:
			_, _, err = s.Store.Take(ctx, becomes, mark, CodeLife)
			keys = append(keys, becomes)
		}
		if err != nil {
			return err
		}
	}
	return s.Store.Keep(ctx, keys...)
}

// Settle implements [gate.Memory].
func (s *Logins) Settle(
	ctx context.Context, a gate.Attempt, p provider.Person, code otp.Code, answer provider.Result,
) error {
	switch answer {
	case provider.Right:
		return s.settleRight(ctx, a, p, code)
	case provider.Recovered: // for one login
		return s.Store.Keep(ctx, s.codeKey(p, code))
	}
	return errors.Join(s.endGraces(ctx, p, answer), s.Store.Drop(ctx, s.codeKey(p, code)))
}

// settleRight keeps a code that was right. What is granted stands before the code is kept, so that
// a store may write both at once; where the code cannot be kept, nothing is granted.
func (s *Logins) settleRight(ctx context.Context, a gate.Attempt, p provider.Person, code otp.Code) error {
	keys := []store.Key{s.codeKey(p, code)}
	if s.Noted != nil && s.Noted(p) {
		// That it is kept is nothing that a login depends on.
		_, _ = s.Store.Advance(ctx, s.stepKey(provider.Key(p)), s.Now().Unix(), 0)
	}
	if s.grace(a) != 0 {
		keys = append(keys, s.holderKey(a.Account.Name), s.graceKey(a, p, otp.Code{}))
	}
	err := errors.Join(s.forgive(ctx, a), s.grant(ctx, a, p, code), s.Store.Keep(ctx, keys...))
	if err != nil && s.grace(a) != 0 {
		err = errors.Join(err, s.End(ctx, a.Account.Name))
	}
	return err
}

// forgive forgets the failures of an account from the address of an attempt.
func (s *Logins) forgive(ctx context.Context, a gate.Attempt) error {
	if a.IP == "" || s.Limits.PerAccountIP == 0 {
		return nil
	}
	return s.Store.Drop(ctx, s.counters(a)[0].Key)
}

// ClaimPush implements [gate.Memory].
func (s *Logins) ClaimPush(ctx context.Context, p provider.Person) (bool, error) {
	taken, _, err := s.Store.Take(ctx, s.key(store.Push, "", provider.Key(p)), "", 2*gate.PushTime)
	return taken, err
}

// SettlePush implements [gate.Memory].
func (s *Logins) SettlePush(ctx context.Context, p provider.Person, answer provider.Result) error {
	return errors.Join(s.endGraces(ctx, p, answer), s.Store.Drop(ctx, s.key(store.Push, "", provider.Key(p))))
}

// ClaimSend takes the one code that may be sent to a person within [gate.SendPause].
func (s *Logins) ClaimSend(ctx context.Context, p provider.Person) (bool, error) {
	taken, _, err := s.Store.Take(ctx, s.key(store.Send, "", provider.Key(p)), "", gate.SendPause)
	return taken, err
}

// counters returns the counters of an attempt, those without a limit left out: the one of account
// and address first. That of the address is only looked at before somebody failed: hundreds of
// people who share one may log in at the same time.
func (s *Logins) counters(a gate.Attempt) (list []store.Counter) {
	if networks := networks(a.IP); len(networks) > 0 {
		if s.Limits.PerAccountIP > 0 {
			list = append(list, s.counter(s.Limits.PerAccountIP, "account-ip", networks, a.Account.Name))
		}
		if s.Limits.PerIP > 0 {
			list = append(list, s.counter(s.Limits.PerIP, "ip", networks))
			list[len(list)-1].Look = true
		}
	}
	if s.Limits.PerAccount > 0 {
		list = append(list, store.Counter{Key: s.key(store.Failure, "account", a.Account.Name),
			Bound: s.Limits.PerAccount})
	}
	return list
}

// counter returns the counter of the first network, for which the others may stand.
func (s *Logins) counter(bound int, purpose string, networks []string, parts ...string) store.Counter {
	c := store.Counter{Key: s.key(store.Failure, purpose, append(parts, networks[0])...), Bound: bound}
	if len(networks) > 1 {
		c.Wider = func() (keys []store.Key) {
			for _, wider := range networks[1:] {
				keys = append(keys, s.key(store.Lock, purpose, append(parts, wider)...))
			}
			return keys
		}
	}
	return c
}

// Enter implements [gate.Guard]. For its account the attempt is counted at once and taken off again
// if it was no failure: of many guesses at the same time, no more get through than the limit has.
func (s *Logins) Enter(ctx context.Context, a gate.Attempt) (locked bool, err error) {
	counters := s.counters(a)
	if len(counters) == 0 {
		return false, nil
	}
	return s.Store.Count(ctx, s.Limits.Window, counters...)
}

// Leave implements [gate.Guard]. A success also forgets the failures of the account from that
// address; those of the address stay, or somebody with an account of their own could wipe them off.
// Where a code was right, Settle has forgotten them with the same write.
func (s *Logins) Leave(ctx context.Context, a gate.Attempt, o gate.Outcome) error {
	counted, looked := split(s.counters(a))
	switch {
	case !o.Passes() && o.Reason.Blames():
		var err error
		if len(looked) != 0 {
			_, err = s.Store.Count(ctx, s.Limits.Window, looked...) // locked already: the more so
		}
		return errors.Join(err, s.Store.Keep(ctx, keysOf(counted, looked)...))
	case o.Result == gate.Accepted && a.IP != "" && s.Limits.PerAccountIP > 0:
		if o.Reason != gate.CodeRight {
			if err := s.forgive(ctx, a); err != nil {
				return err
			}
		}
		counted = counted[1:]
	}
	if len(counted) == 0 {
		return nil
	}
	return s.Store.Uncount(ctx, counted...)
}

// split takes counters that [Logins.Enter] counted from those that it looked at, which are ready to
// be counted then.
func split(counters []store.Counter) (counted, looked []store.Counter) {
	for _, c := range counters {
		if c.Look {
			c.Look = false
			looked = append(looked, c)
		} else {
			counted = append(counted, c)
		}
	}
	return counted, looked
}

// keysOf returns the keys of counters.
func keysOf(lists ...[]store.Counter) (keys []store.Key) {
	for _, list := range lists {
		for _, c := range list {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// networks returns what counts as one address, and the wider networks that it is part of: of IPv6
// the first 64 bits count, for whoever has one such address has all below it. It is empty for "".
func networks(ip string) []string {
	addr, err := netip.ParseAddr(ip)
	switch {
	case ip == "":
		return nil
	case err != nil:
		return []string{ip}
	}
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		return []string{addr.String()}
	}
	list := make([]string, 0, 3)
	for _, bits := range []int{64, 56, 48} {
		prefix, _ := addr.Prefix(bits) // of an address without a zone, it cannot fail
		list = append(list, prefix.String())
	}
	return list
}

// Address returns where a keyboard-interactive conversation comes from: SFTPGo says it in the first
// step alone. ip is what this step says. Without the store it is not known, which costs the audit a
// field, and counts nothing by address.
func (s *Logins) Address(ctx context.Context, request, ip string) string {
	if request == "" || len(request) > 64 {
		return ip
	}
	key := s.key(store.Address, "", request)
	if ip != "" {
		_ = s.Store.Set(ctx, key, s.seal(key, ip), addressLife)
		return ip
	}
	sealed, _ := s.Store.Get(ctx, key)
	ip, _ = s.unseal(key, sealed)
	return ip
}

// NoteAnswer notes that a conversation went on with a step, for the hookd that asked in the one
// before.
func (s *Logins) NoteAnswer(ctx context.Context, request string, step int) {
	// without it one line of audit is too many
	_ = s.Store.Set(ctx, s.answerKey(request), strconv.Itoa(step), addressLife)
}

// HasAnswer says whether a conversation went on after a step.
func (s *Logins) HasAnswer(ctx context.Context, request string, step int) (bool, error) {
	noted, err := s.Store.Get(ctx, s.answerKey(request))
	if err != nil || noted == "" {
		return false, err
	}
	last, err := strconv.Atoi(noted)
	return last > step, err
}

func (s *Logins) answerKey(request string) store.Key { return s.key(store.Address, "answer", request) }
