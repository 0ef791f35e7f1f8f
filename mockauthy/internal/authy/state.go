package authy

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"sftpgo-authy/mockauthy/internal/totp"
)

// State is a whole app; Restore(Snapshot()) changes nothing.
type State struct {
	Settings Settings
	Users    []UserSpec
	// Seed, in hex, is what generated secrets are derived from; empty keeps the app's own.
	Seed string
	// NextID is the id of the next user; 0 keeps the app's own.
	NextID uint32
	// Approvals, Verifications and Stats are oldest first.
	Approvals     []Approval
	Verifications []Verification
	Stats         []Month
}

// NewState is an empty app with the default settings.
func NewState() State { return State{Settings: DefaultSettings(), Users: []UserSpec{}} }

// History is what happened to a user so far.
type History struct {
	CreatedAt      time.Time
	Devices        []KeptDevice // besides the first
	DeviceNumber   uint64
	Generation     uint64
	QRGeneration   uint64
	Used           []UsedStep
	Sent           []SentCode
	Failures       int
	SuspendedUntil time.Time
	DeletedAt      time.Time
	Calls          []CountedCall
	Activities     []Activity
}

// KeptDevice is a device in a History.
type KeptDevice struct {
	ID        uint32
	OS        string
	Secret    string
	CreatedAt time.Time
}

// Snapshot copies the whole app.
func (a *App) Snapshot() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := State{Settings: *a.settings, Seed: hex.EncodeToString(a.seed), NextID: a.nextID,
		Users: make([]UserSpec, 0, len(a.users))}
	for _, u := range a.ordered() {
		s.Users = append(s.Users, u.spec())
	}
	for _, p := range a.approvals {
		s.Approvals = append(s.Approvals, *p)
	}
	for _, v := range a.verified {
		s.Verifications = append(s.Verifications, *v)
	}
	s.Stats = slices.Clone(a.stats.months)
	return s
}

func (u *user) spec() UserSpec {
	registered, x := u.flags.has(firstDevice), u.readExtra()
	s := UserSpec{
		ID: int64(u.id), Name: u.name, Email: u.email, Emails: slices.Clone(x.emails), Cellphone: u.phone.National(),
		CountryCode: u.phone.CountryCode(), Secret: x.secret, Confirmed: u.flags.has(confirmed),
		Registered: &registered, Suspended: u.flags.has(suspended), Disabled: u.flags.has(disabled),
	}
	h := History{
		CreatedAt: time.Unix(u.created, 0).UTC(), DeviceNumber: x.deviceNumber, Generation: x.generation,
		QRGeneration: x.qrGeneration, Used: slices.Clone(x.used), Sent: slices.Clone(x.sent), Failures: x.failures,
		SuspendedUntil: x.suspendedUntil, DeletedAt: x.deletedAt, Calls: slices.Clone(x.calls),
		Activities: slices.Clone(x.activities),
	}
	for _, d := range x.devices {
		h.Devices = append(h.Devices, KeptDevice{d.id, d.os, d.secret, time.Unix(d.created, 0).UTC()})
	}
	s.History = &h
	return s
}

// into restores a history into u.
func (h *History) into(u *user) error {
	if !h.CreatedAt.IsZero() {
		u.created = h.CreatedAt.Unix()
	}
	bare := *h
	bare.CreatedAt = time.Time{}
	if bare.empty() {
		return nil
	}
	x := u.makeExtra()
	x.deviceNumber, x.generation, x.qrGeneration = h.DeviceNumber, h.Generation, h.QRGeneration
	x.used, x.sent = slices.Clone(h.Used), slices.Clone(h.Sent)
	x.calls, x.activities = slices.Clone(h.Calls), slices.Clone(h.Activities)
	x.failures, x.suspendedUntil, x.deletedAt = h.Failures, h.SuspendedUntil, h.DeletedAt
	for i, d := range h.Devices {
		secret, err := totp.ParseSecret(d.Secret)
		if err != nil {
			return problem(fmt.Sprintf("history.devices[%d].secret", i), "%w", err)
		}
		if !slices.Contains(DeviceTypes(), d.OS) {
			return problem(fmt.Sprintf("history.devices[%d].os", i), "%q is no device type, want one of %q", d.OS,
				DeviceTypes())
		}
		x.devices = append(x.devices, device{d.ID, d.OS, secret, d.CreatedAt.Unix()})
	}
	return nil
}

func (h *History) empty() bool {
	return len(h.Devices) == 0 && h.DeviceNumber == 0 && h.Generation == 0 && h.QRGeneration == 0 && len(h.Used) == 0 &&
		len(h.Sent) == 0 && h.Failures == 0 && h.SuspendedUntil.IsZero() && h.DeletedAt.IsZero() && len(h.Calls) == 0 &&
		len(h.Activities) == 0
}

// Restore replaces everything in the app by s; when s is invalid, nothing changes. Errors are
// *FieldProblem, those of users with the user's index ("users[3].cellphone").
func (a *App) Restore(s State) error {
	if err := s.Settings.Validate(); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	seed := a.seed
	if s.Seed != "" {
		var err error
		if seed, err = hex.DecodeString(s.Seed); err != nil || len(seed) < 16 || len(seed) > 64 {
			return problem("seed", "%d characters: want 32 to 128 hex digits", len(s.Seed))
		}
	}
	next := &App{now: a.now, rand: a.rand, key: a.key, settings: &s.Settings}
	next.reset(seed)
	// Users with an id go first, so that the others cannot take it.
	for _, withID := range []bool{true, false} {
		for i, spec := range s.Users {
			if (spec.ID != 0) != withID {
				continue
			}
			if _, err := next.add(spec); err != nil {
				return userProblem(i, spec, err)
			}
		}
	}
	if err := next.restoreRest(s); err != nil {
		return err
	}
	a.settings, a.seed, a.hash, a.nextID = next.settings, next.seed, next.hash, next.nextID
	a.users, a.phones, a.names, a.stats = next.users, next.phones, next.names, next.stats
	a.approvals, a.approvalOf = next.approvals, next.approvalOf
	a.verified, a.verifications = next.verified, next.verifications
	if s.NextID != 0 {
		a.nextID = s.NextID
	}
	return nil
}

// userProblem adds the user's name to the index, which is hard to find in a long file.
func userProblem(i int, spec UserSpec, err error) error {
	field, cause := "", err
	if p, ok := err.(*FieldProblem); ok {
		field, cause = "."+p.Field, p.Err
	}
	if who := cmp.Or(spec.Name, spec.Email); who != "" {
		cause = fmt.Errorf("%w (user %.40s)", cause, who)
	}
	return &FieldProblem{Field: fmt.Sprintf("users[%d]%s", i, field), Err: cause}
}

// restoreRest restores everything but the users.
func (a *App) restoreRest(s State) error {
	for i := range s.Approvals {
		p := s.Approvals[i]
		if !slices.Contains([]string{"pending", "approved", "denied", "expired"}, p.Status) || p.UUID == "" {
			return problem(fmt.Sprintf("approvals[%d]", i),
				"uuid %q and status %q: want a uuid, and pending, approved, denied or expired", p.UUID, p.Status)
		}
		a.keepApproval(&p)
	}
	for i := range s.Verifications {
		v := s.Verifications[i]
		phone, err := ParsePhone(strconv.Itoa(v.CountryCode), v.Cellphone)
		if err != nil {
			return problem(fmt.Sprintf("phone_verifications[%d].cellphone", i), "%q %w", v.Cellphone, err)
		}
		v.phone = phone
		a.keepVerification(&v)
	}
	for i, m := range s.Stats {
		if m.Month < time.January || m.Month > time.December {
			return problem(fmt.Sprintf("stats[%d].month", i), "%d is no month, want 1 to 12", m.Month)
		}
	}
	a.stats.months = slices.Clone(s.Stats)
	return nil
}
