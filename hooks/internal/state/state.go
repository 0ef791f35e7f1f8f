// Package state is what hookd remembers of logins: codes that opened a door, failures, pushes that wait for an answer, and where a
// conversation comes from. It lies in a [store.Store], of one process or of several.
package state

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/authy"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/store"
)

// Life of what is remembered.
const (
	CodeLife    = 120 * time.Second // an accepted code is refused for so long; Authy itself takes one for some 60 to 90 s
	addressLife = 3 * time.Minute   // an SSH login lasts two minutes at most
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

// State is the memory. Names, addresses and codes enter the store only as keyed digests.
type State struct {
	Store  store.Store
	Key    []byte // of the digests; the same for all that share a store
	Limits Limits
	Grace  time.Duration // extauth over WebDAV: how long an accepted code goes on; 0 for not at all
	Now    func() time.Time
}

// digest gives a key for the store.
func (s *State) digest(kind string, parts ...string) string {
	mac := hmac.New(sha256.New, s.Key)
	mac.Write([]byte(kind))
	for _, part := range parts {
		mac.Write([]byte{0})
		mac.Write([]byte(part))
	}
	return kind + ":" + hex.EncodeToString(mac.Sum(nil))
}

func (s *State) codeKey(id authy.ID, code authy.Code) string {
	var text strings.Builder
	code.Digest(&text)
	return s.digest("code", id.String(), text.String())
}

// holder is who may go on with a code: nobody but the same account from the same address, on WebDAV through extauth.
func (s *State) holder(a gate.Attempt) string {
	if s.Grace <= 0 || a.Hook != gate.Extauth || a.Protocol != "DAV" || a.IP == "" {
		return ""
	}
	return s.digest("holder", a.Account.Name, a.IP)
}

// Claim implements [gate.Memory].
func (s *State) Claim(ctx context.Context, a gate.Attempt, id authy.ID, code authy.Code) (gate.CodeState, error) {
	taken, current, err := s.Store.Take(ctx, s.codeKey(id, code), "", CodeLife)
	switch {
	case err != nil:
		return gate.Malformed, err
	case taken:
		return gate.WellFormed, nil
	}
	until, holder, _ := strings.Cut(current, " ")
	if end, err := time.Parse(time.RFC3339, until); err == nil && holder != "" && holder == s.holder(a) && s.Now().Before(end) {
		return gate.Graced, nil
	}
	return gate.Reused, nil
}

// Settle implements [gate.Memory].
func (s *State) Settle(ctx context.Context, a gate.Attempt, id authy.ID, code authy.Code, accepted bool) error {
	key, holder := s.codeKey(id, code), s.holder(a)
	switch {
	case !accepted:
		return s.Store.Drop(ctx, key)
	case holder != "":
		until := s.Now().Add(s.Grace).UTC().Format(time.RFC3339)
		return s.Store.Set(ctx, key, until+" "+holder, max(CodeLife, s.Grace))
	}
	return nil
}

// ClaimPush implements [gate.Memory].
func (s *State) ClaimPush(ctx context.Context, id authy.ID) (bool, error) {
	taken, _, err := s.Store.Take(ctx, s.digest("push", id.String()), "", 2*gate.PushTime)
	return taken, err
}

// SettlePush implements [gate.Memory].
func (s *State) SettlePush(ctx context.Context, id authy.ID) error {
	return s.Store.Drop(ctx, s.digest("push", id.String()))
}

// ClaimSend implements [gate.Memory].
func (s *State) ClaimSend(ctx context.Context, id authy.ID) (bool, error) {
	taken, _, err := s.Store.Take(ctx, s.digest("send", id.String()), "", gate.SendPause)
	return taken, err
}

// counters gives the counters of an attempt and the bound of each, those without one left out.
func (s *State) counters(a gate.Attempt) (keys []string, bounds []int) {
	add := func(bound int, kind string, parts ...string) {
		if bound > 0 {
			keys, bounds = append(keys, s.digest(kind, parts...)), append(bounds, bound)
		}
	}
	if a.IP != "" {
		add(s.Limits.PerAccountIP, "fail-account-ip", a.Account.Name, network(a.IP))
		add(s.Limits.PerIP, "fail-ip", network(a.IP))
	}
	add(s.Limits.PerAccount, "fail-account", a.Account.Name)
	return keys, bounds
}

// Enter implements [gate.Guard]. The attempt is counted at once and taken off again if it was no failure: of many at the
// same time, no more get through than the limit has.
func (s *State) Enter(ctx context.Context, a gate.Attempt) (locked bool, err error) {
	keys, bounds := s.counters(a)
	if len(keys) == 0 {
		return false, nil
	}
	counts, err := s.Store.Count(ctx, s.Limits.Window, keys...)
	if err != nil {
		return false, err
	}
	for i, n := range counts {
		locked = locked || n > bounds[i]
	}
	if locked {
		return true, s.Store.Uncount(ctx, keys...)
	}
	return false, nil
}

// Leave implements [gate.Guard]. A success also forgets the failures of the account from that address; those of the address
// stay, or somebody with an account of their own could wipe them off.
func (s *State) Leave(ctx context.Context, a gate.Attempt, o gate.Outcome) error {
	keys, _ := s.counters(a)
	if len(keys) == 0 || !o.Passes() && o.Reason.Blames() {
		return nil
	}
	if err := s.Store.Uncount(ctx, keys...); err != nil || o.Result != gate.Accepted || a.IP == "" {
		return err
	}
	return s.Store.Drop(ctx, s.digest("fail-account-ip", a.Account.Name, network(a.IP)))
}

// network is what counts as one address: of IPv6 the first 64 bits, for whoever has one such address has all below it.
func network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if addr = addr.Unmap(); addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}

// Address gives where a keyboard-interactive conversation comes from: SFTPGo says it in the first step alone. ip is what this step
// says. Without the store it is not known, which costs the audit a field, and counts nothing by address.
func (s *State) Address(ctx context.Context, request, ip string) string {
	if request == "" || len(request) > 64 {
		return ip
	}
	key := s.digest("address", request)
	if ip != "" {
		_ = s.Store.Set(ctx, key, ip, addressLife)
		return ip
	}
	ip, _ = s.Store.Get(ctx, key)
	return ip
}
