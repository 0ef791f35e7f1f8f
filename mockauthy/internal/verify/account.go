package verify

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options make an [Account].
type Options struct {
	// Now tells the time of this account's world. Required.
	Now func() time.Time
	// Rand is the source of SIDs, secrets and codes. Required; the same bytes make the same ones.
	Rand io.Reader
	// Key is the API key of the world; the account's credentials follow from it.
	Key string
	// Deliver is called with every message that would have been sent. It must not block or call the
	// Account. May be nil.
	Deliver func(Message)
}

// Credentials are what a client needs to use an account. They follow from the API key of its world,
// so that they are the same after every start.
type Credentials struct {
	// AccountSID and AuthToken are the account's own. An API key that has the form of an account
	// SID is the account's SID.
	AccountSID, AuthToken string
	// KeySID and KeySecret are those of an API key of the account.
	KeySID, KeySecret string
	// ServiceSID is the service that an account starts with.
	ServiceSID string
}

// CredentialsOf returns what belongs to the world of an API key.
func CredentialsOf(key string) Credentials {
	c := Credentials{
		AccountSID: derived("account", key).text("AC"), AuthToken: derived("auth token", key).text("")[2:],
		KeySID: derived("api key", key).text("SK"), KeySecret: derived("api key secret", key).text("")[2:],
		ServiceSID: derived("service", key).text("VA"),
	}
	if IsAccountSID(key) {
		c.AccountSID = key
	}
	return c
}

// IsAccountSID says whether a text has the form of an account SID.
func IsAccountSID(text string) bool {
	_, ok := parseSID("AC", text)
	return ok
}

// Account is the private world behind one account SID. Make one with [New].
type Account struct {
	now     func() time.Time
	rand    io.Reader
	deliver func(Message)
	own     Credentials

	mu       sync.Mutex // guards everything below; nothing that waits runs under it
	settings *Settings  // never changed, only replaced: every request reads it
	services []*service // oldest first
	born     window     // entities made within the last second
}

// New makes an Account with default settings and one service. The error says which option is
// missing.
func New(o Options) (*Account, error) {
	if o.Now == nil || o.Rand == nil {
		return nil, errors.New("verify account: Now and Rand are required, pass a clock and a random source")
	}
	if o.Deliver == nil {
		o.Deliver = func(Message) {}
	}
	a := &Account{now: o.Now, rand: o.Rand, deliver: o.Deliver, own: CredentialsOf(o.Key)}
	return a, a.Restore(NewState())
}

// Credentials are the account's SID and token, an API key of it, and its first service.
func (a *Account) Credentials() Credentials { return a.own }

// Admits says whether user and password are the account's, or those of its API key.
func (a *Account) Admits(user, password string) bool {
	return user == a.own.AccountSID && password == a.own.AuthToken ||
		user == a.own.KeySID && password == a.own.KeySecret
}

// Settings returns the current settings, which nobody may change.
func (a *Account) Settings() *Settings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.settings
}

// SetSettings replaces the settings; an error is about an invalid one, and nothing changes.
func (a *Account) SetSettings(s Settings) error {
	if err := s.Validate(); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.settings = &s
	for _, s := range a.services {
		clear(s.entities)
		for _, e := range s.order {
			s.entities[a.fold(e.identity)] = e
		}
	}
	return nil
}

// seconds is the present time in whole seconds, the precision of all dates on the wire.
func (a *Account) seconds() int64 { return a.now().Unix() }

// date returns seconds as a time in UTC; zero stays zero.
func date(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// Message is something that Twilio would have sent to a person.
type Message struct {
	At      time.Time
	Channel string // "sms", "call", "email" or "whatsapp"
	To      string // a telephone number in E.164, or an address
	Text    string
	Code    string // the code in the text
}

// findNamed returns the item with that SID of a short list; nil when there is none.
func findNamed[T any](list []*T, sid string, of func(*T) string) *T {
	for _, item := range list {
		if of(item) == sid {
			return item
		}
	}
	return nil
}

// without returns a list without the item with that SID; 20404 when there is none.
func without[T any](list []*T, sid string, of func(*T) string) ([]*T, error) {
	item := findNamed(list, sid, of)
	if item == nil {
		return list, refuse(20404, "there is none with that SID")
	}
	return slices.DeleteFunc(list, func(other *T) bool { return other == item }), nil
}

// window counts events in the last second, minute or day. Those in the future, left behind by a
// clock that was turned back, do not count.
type window []int64

// full forgets what is older than per seconds, and says whether most or more are left.
func (w *window) full(now, per int64, most int) bool {
	kept := (*w)[:0]
	for _, at := range *w {
		if age := now - at; age >= 0 && age < per {
			kept = append(kept, at)
		}
	}
	*w = kept
	return len(kept) >= most
}

// add notes an event.
func (w *window) add(now int64) { *w = append(*w, now) }

// fold returns the form of an identity by which entities are found. The caller holds mu.
func (a *Account) fold(identity string) string {
	if a.settings.IdentityCase == "insensitive" {
		return strings.ToLower(identity)
	}
	return identity
}
