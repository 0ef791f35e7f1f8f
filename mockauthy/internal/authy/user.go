package authy

import (
	"strconv"
	"time"
)

// User is a copy of one user.
type User struct {
	ID          int64
	Name        string // ours, so that tests can speak of people
	Email       string // the first one
	Emails      []string
	Cellphone   string // national number, digits only
	CountryCode int
	Secret      string // of the first app device or else of the QR code; base32 without padding
	Confirmed   bool
	Registered  bool
	Suspended   bool
	Disabled    bool
	Deleted     bool // the grace period may still run
	Devices     []Device
	Activities  []Activity
	CreatedAt   time.Time
}

// Device is a copy of one app device.
type Device struct {
	ID        int64
	OS        string // one of DeviceTypes
	Secret    string // base32 without padding
	CreatedAt time.Time
}

// DeviceTypes are the values of os_type that the status call is documented to show for app devices.
func DeviceTypes() []string {
	return []string{"android", "android_tablet", "ios", "iphone", "ipad", "authy_chrome"}
}

// user is the compact form in memory, of which an app may hold a million. What few users have is in
// extra.
type user struct {
	id      uint32
	flags   flags
	created int64 // unix seconds
	phone   Phone
	email   string
	name    string
	extra   *extra
}

type flags uint8

const (
	confirmed   flags = 1 << iota
	firstDevice       // has the first device, which is derived and not stored
	suspended         // by the control API, until lifted
	disabled
)

func (f flags) has(x flags) bool { return f&x != 0 }

func (f *flags) set(x flags, on bool) {
	if on {
		*f |= x
	} else {
		*f &^= x
	}
}

// extra is what only some users have.
type extra struct {
	emails         []string // after the first
	secret         string   // chosen by a tester, base32: of the first device and of the QR code
	devices        []device // besides the first
	deviceNumber   uint64   // of the last device that was added
	generation     uint64   // of derived secrets; rises when a deleted user comes back
	qrGeneration   uint64   // of the QR secret; rises with secret_regenerate
	used           []UsedStep
	sent           []SentCode
	failures       int           // wrong codes in a row
	suspendedUntil time.Time     // after too many of them
	deletedAt      time.Time     // zero: not deleted
	calls          []CountedCall // for rate limits
	activities     []Activity
}

type device struct {
	id      uint32
	os      string
	secret  string
	created int64
}

// makeExtra returns the extra of u for writing, made when it is first needed.
func (u *user) makeExtra() *extra {
	if u.extra == nil {
		u.extra = &extra{}
	}
	return u.extra
}

// readExtra returns the extra of u for reading; it is empty for most users.
func (u *user) readExtra() *extra {
	if u.extra == nil {
		return &extra{}
	}
	return u.extra
}

func (u *user) registered() bool {
	return u.flags.has(firstDevice) || u.extra != nil && len(u.extra.devices) > 0
}

// devices lists the app devices of u, the first one first. The caller holds mu.
func (a *App) devices(u *user) []device {
	var all []device
	if u.flags.has(firstDevice) {
		all = append(all, a.firstDevice(u))
	}
	if u.extra != nil {
		all = append(all, u.extra.devices...)
	}
	return all
}

func (a *App) firstDevice(u *user) device {
	d := a.derivedDevice(u, 0)
	if u.extra != nil && u.extra.secret != "" {
		d.secret = u.extra.secret
	}
	return d
}

// gone says whether the grace period of a deleted user is over: codes fail and the user is unknown.
func (a *App) gone(u *user) bool {
	return u.extra != nil && !u.extra.deletedAt.IsZero() &&
		!a.now().Before(u.extra.deletedAt.Add(a.settings.DeleteGrace))
}

// leaving says whether a deleted user is still in the grace period, during which codes pass.
func (a *App) leaving(u *user) bool {
	return u.extra != nil && !u.extra.deletedAt.IsZero() && !a.gone(u)
}

// view copies u. The caller holds mu.
func (a *App) view(u *user) User {
	x := u.readExtra()
	v := User{
		ID: int64(u.id), Name: u.name, Email: u.email, Emails: append([]string(nil), x.emails...),
		Cellphone: u.phone.National(), CountryCode: u.phone.CountryCode(),
		Activities: append([]Activity(nil), x.activities...),
		Confirmed:  u.flags.has(confirmed), Registered: u.registered(),
		Suspended: a.suspended(u), Disabled: u.flags.has(disabled), Deleted: !x.deletedAt.IsZero(),
		Devices: []Device{}, CreatedAt: time.Unix(u.created, 0).UTC(),
	}
	for _, d := range a.devices(u) {
		v.Devices = append(v.Devices, Device{ID: int64(d.id), OS: d.os, Secret: d.secret,
			CreatedAt: time.Unix(d.created, 0).UTC()})
	}
	v.Secret = a.qrSecret(u)
	if len(v.Devices) > 0 {
		v.Secret = v.Devices[0].Secret
	}
	return v
}

func (a *App) suspended(u *user) bool {
	return u.flags.has(suspended) || u.extra != nil && a.now().Before(u.extra.suspendedUntil)
}

// lookup finds a user by the text of a path segment. Ids are decimal digits as Authy writes them,
// without sign, leading zero or blanks. The reason says why there is no user. The caller holds mu.
func (a *App) lookup(id string) (u *user, reason string) {
	n, err := strconv.ParseUint(id, 10, 31)
	if err != nil || id[0] < '1' || id[0] > '9' {
		return nil, "the id is not a number as Authy writes them"
	}
	u, ok := a.users[uint32(n)]
	switch {
	case !ok:
		return nil, "no user of this app has that id"
	case a.gone(u):
		return nil, "the user was deleted"
	}
	return u, ""
}

// find is lookup for every call but verify: an unknown user is 60026.
func (a *App) find(id string) (*user, error) {
	u, reason := a.lookup(id)
	if u == nil {
		return nil, must("60026").because("%s", reason)
	}
	return u, nil
}
