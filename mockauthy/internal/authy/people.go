package authy

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/totp"
)

// Errors that callers of the control methods branch on.
var (
	ErrNoUser   = errors.New("there is no such user in this app")
	ErrSeveral  = errors.New("means several users")
	ErrNoDevice = errors.New("the user has no app device: register one, or ask for the generic family")
	ErrTaken    = errors.New("already belongs to another user")
)

// UserSpec describes a user to be made. Only the phone is required. A State lists its users in the
// same form, with their History.
type UserSpec struct {
	ID          int64 // 0: the next free one
	Name        string
	Email       string
	Emails      []string // besides the first
	Cellphone   string
	CountryCode int    // 0: 1
	Secret      string // base32, for the first device and the QR code; empty: made up
	Confirmed   bool
	Registered  *bool // nil: true, an app device
	Suspended   bool
	Disabled    bool
	History     *History
}

// UserPatch changes a user; nil fields stay as they are.
type UserPatch struct {
	Name        *string
	Email       *string
	Cellphone   *string
	CountryCode *int
	Secret      *string // "" goes back to a derived one
	Confirmed   *bool
	Registered  *bool // false removes all devices, true adds the first one
	Suspended   *bool
	Disabled    *bool
}

// FieldProblem is an error about what a tester asked for: a field of a spec or patch, a setting.
// Any other error of the control methods that is none of the above is a bug.
type FieldProblem struct {
	Field string // empty where the error names it, or where there are several
	Err   error
}

// Error names the field.
func (p *FieldProblem) Error() string {
	if p.Field == "" {
		return p.Err.Error()
	}
	return p.Field + ": " + p.Err.Error()
}

// Unwrap returns the cause, so that errors.Is finds ErrTaken.
func (p *FieldProblem) Unwrap() error { return p.Err }

func problem(field string, format string, args ...any) error {
	return &FieldProblem{Field: field, Err: fmt.Errorf(format, args...)}
}

// AddUser makes a user. Errors are *FieldProblem; errors.Is(err, ErrTaken) when id, name or phone
// belong to another.
func (a *App) AddUser(s UserSpec) (User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.add(s)
	if err != nil {
		return User{}, err
	}
	return a.view(u), nil
}

func (a *App) add(s UserSpec) (*user, error) {
	if s.CountryCode == 0 {
		s.CountryCode = 1
	}
	if s.ID < 0 || s.ID >= 1<<31 {
		return nil, problem("id", "%d is no Authy id, want 1 to 2147483647", s.ID)
	}
	phone, err := ParsePhone(strconv.Itoa(s.CountryCode), s.Cellphone)
	if err != nil {
		return nil, phoneProblem(err, s.CountryCode, s.Cellphone)
	}
	if a.phones[phone] != nil {
		return nil, problem("cellphone", "%s %w", phone.E164(), ErrTaken)
	}
	if s.ID != 0 && a.users[uint32(s.ID)] != nil {
		return nil, problem("id", "%d %w", s.ID, ErrTaken)
	}
	if s.Name != "" && a.names[s.Name] != nil {
		return nil, problem("name", "%q %w", s.Name, ErrTaken)
	}
	u := &user{id: uint32(s.ID), phone: phone, email: s.Email, name: s.Name, created: a.now().Unix()}
	if s.Secret != "" {
		secret, err := totp.ParseSecret(s.Secret)
		if err != nil {
			return nil, problem("secret", "%w", err)
		}
		u.makeExtra().secret = secret
	}
	if len(s.Emails) > 0 {
		u.makeExtra().emails = slices.Clone(s.Emails)
	}
	u.flags.set(confirmed, s.Confirmed)
	u.flags.set(firstDevice, s.Registered == nil || *s.Registered)
	u.flags.set(suspended, s.Suspended)
	u.flags.set(disabled, s.Disabled)
	if s.History != nil {
		if err := s.History.into(u); err != nil {
			return nil, err
		}
	}
	if u.id == 0 {
		u.id = a.freeID(phone)
	}
	a.insert(u)
	return u, nil
}

func phoneProblem(err error, code int, cellphone string) error {
	if errors.Is(err, errCountryCode) {
		return problem("country_code", "country_code %d %w", code, err)
	}
	return problem("cellphone", "%q %w", cellphone, err)
}

func (a *App) insert(u *user) {
	a.users[u.id] = u
	a.phones[u.phone] = u
	if u.name != "" {
		a.names[u.name] = u
	}
}

// freeID returns an unused id: the next number, or with id_scope "global" one derived from the
// phone alone.
func (a *App) freeID(p Phone) uint32 {
	if a.settings.IDScope == "global" {
		id := globalID(p)
		for a.users[id] != nil {
			id++
		}
		return id
	}
	for a.users[a.nextID] != nil {
		a.nextID++
	}
	id := a.nextID
	a.nextID++
	return id
}

// globalID hashes a phone to a number between 10,000,000 and 2,010,000,000, the same in every app.
func globalID(p Phone) uint32 {
	h := p.number*0x9E3779B97F4A7C15 ^ uint64(p.code)*0xBF58476D1CE4E5B9 ^ uint64(p.digits)
	h ^= h >> 31
	return 10_000_000 + uint32(h%2_000_000_000)
}

// User returns one user by id, also a deleted one.
func (a *App) User(id int64) (User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.byID(id)
	if err != nil {
		return User{}, err
	}
	return a.view(u), nil
}

func (a *App) byID(id int64) (*user, error) {
	if id > 0 && id < 1<<31 {
		if u := a.users[uint32(id)]; u != nil {
			return u, nil
		}
	}
	return nil, fmt.Errorf("user %d: %w", id, ErrNoUser)
}

// Users returns limit users from offset on, ordered by id, and how many there are. A search that is
// not empty picks those whose id, name, e-mail or number contains it.
func (a *App) Users(search string, offset, limit int) ([]User, int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	picked := a.ordered()
	if search != "" {
		picked = slices.DeleteFunc(picked, func(u *user) bool {
			return !strings.Contains(strconv.Itoa(int(u.id)), search) && !strings.Contains(u.name, search) &&
				!strings.Contains(u.email, search) && !strings.Contains(u.phone.E164(), search)
		})
	}
	page := []User{}
	for i := max(offset, 0); i < len(picked) && len(page) < limit; i++ {
		page = append(page, a.view(picked[i]))
	}
	return page, len(picked)
}

func (a *App) ordered() []*user {
	return slices.SortedFunc(maps.Values(a.users), func(x, y *user) int { return cmp.Compare(x.id, y.id) })
}

// PatchUser changes a user at once, or not at all. Errors are those of AddUser, or ErrNoUser.
func (a *App) PatchUser(id int64, p UserPatch) (User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.byID(id)
	if err != nil {
		return User{}, err
	}
	phone, name, secret := u.phone, u.name, u.readExtra().secret
	if p.Cellphone != nil || p.CountryCode != nil {
		code, cellphone := phone.CountryCode(), phone.National()
		if p.CountryCode != nil {
			code = *p.CountryCode
		}
		if p.Cellphone != nil {
			cellphone = *p.Cellphone
		}
		if phone, err = ParsePhone(strconv.Itoa(code), cellphone); err != nil {
			return User{}, phoneProblem(err, code, cellphone)
		}
		if other := a.phones[phone]; other != nil && other != u {
			return User{}, problem("cellphone", "%s %w", phone.E164(), ErrTaken)
		}
	}
	if p.Name != nil {
		name = *p.Name
		if other := a.names[name]; name != "" && other != nil && other != u {
			return User{}, problem("name", "%q %w", name, ErrTaken)
		}
	}
	if p.Secret != nil {
		if secret = *p.Secret; secret != "" {
			if secret, err = totp.ParseSecret(secret); err != nil {
				return User{}, problem("secret", "%w", err)
			}
		}
	}
	a.forget(u)
	u.phone, u.name = phone, name
	if secret != u.readExtra().secret {
		u.makeExtra().secret = secret
	}
	if p.Email != nil {
		u.email = *p.Email
	}
	setFlag := func(f flags, v *bool) {
		if v != nil {
			u.flags.set(f, *v)
		}
	}
	setFlag(confirmed, p.Confirmed)
	setFlag(firstDevice, p.Registered)
	setFlag(suspended, p.Suspended)
	setFlag(disabled, p.Disabled)
	if u.extra != nil {
		if p.Registered != nil && !*p.Registered {
			u.extra.devices = nil
		}
		if p.Suspended != nil && !*p.Suspended {
			u.extra.suspendedUntil, u.extra.failures = time.Time{}, 0
		}
	}
	a.insert(u)
	return a.view(u), nil
}

// RemoveUser removes a user without a trace, unlike Delete, which does what the real API does.
func (a *App) RemoveUser(id int64) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.byID(id)
	if err != nil {
		return err
	}
	a.forget(u)
	return nil
}

func (a *App) forget(u *user) {
	delete(a.users, u.id)
	delete(a.phones, u.phone)
	if u.name != "" {
		delete(a.names, u.name)
	}
}

// AddDevice adds one more app device to a user, with a secret of its own. os is one of DeviceTypes,
// empty for android; an empty secret means a new one.
func (a *App) AddDevice(id int64, os, secret string) (Device, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.byID(id)
	if err != nil {
		return Device{}, err
	}
	if os == "" {
		os = "android"
	}
	if !slices.Contains(DeviceTypes(), os) {
		return Device{}, problem("os", "%q is no device type, want one of %q", os, DeviceTypes())
	}
	x := u.makeExtra()
	number := x.deviceNumber + 1
	derived := a.derivedDevice(u, number)
	if secret == "" {
		secret = derived.secret
	} else if secret, err = totp.ParseSecret(secret); err != nil {
		return Device{}, problem("secret", "%w", err)
	}
	x.deviceNumber = number
	d := device{id: derived.id, os: os, secret: secret, created: a.now().Unix()}
	x.devices = append(x.devices, d)
	v := a.view(u)
	return v.Devices[len(v.Devices)-1], nil
}

// RemoveDevice removes a device; its codes fail from then on.
func (a *App) RemoveDevice(id, deviceID int64) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.byID(id)
	if err != nil {
		return err
	}
	if u.flags.has(firstDevice) && int64(a.firstDevice(u).id) == deviceID {
		u.flags.set(firstDevice, false)
		return nil
	}
	if u.extra != nil {
		for i, d := range u.extra.devices {
			if int64(d.id) == deviceID {
				u.extra.devices = slices.Delete(u.extra.devices, i, i+1)
				return nil
			}
		}
	}
	return fmt.Errorf("user %d has no device %d: see the devices of the user", id, deviceID)
}
