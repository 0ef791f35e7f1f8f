package authy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"
)

// Options make an App.
type Options struct {
	// Now tells the time of this app's world. Required.
	Now func() time.Time
	// Rand is the source of secrets, codes and ids. Required; the same bytes make the same app.
	Rand io.Reader
	// Key is the app's API key; callbacks are signed with it.
	Key string
	// Settings configure the app; the zero value means DefaultSettings.
	Settings Settings
	// Deliver is called with every message that would have been sent. It must not block or call the
	// App. May be nil.
	Deliver func(Message)
	// Answered is called with every answer to an approval request, to call the application back. It
	// must not block or call the App. May be nil.
	Answered func(Answer)
}

// App is the private world behind one API key. Make one with New.
type App struct {
	now      func() time.Time
	rand     io.Reader
	key      string
	deliver  func(Message)
	answered func(Answer)

	mu       sync.Mutex // guards everything below; nothing that waits runs under it
	settings *Settings  // never changed, only replaced: every request reads it
	seed     []byte     // all derived secrets come from it
	hash     hash.Hash  // HMAC-SHA256 with the seed
	buffer   []byte
	nextID   uint32
	users    map[uint32]*user
	phones   map[Phone]*user
	names    map[string]*user
	stats    statistics

	approvals     []*Approval // oldest first
	approvalOf    map[string]*Approval
	verified      []*Verification // oldest first
	verifications map[Phone]*Verification
}

// New makes an App. The error says which option is missing or which setting is invalid.
func New(o Options) (*App, error) {
	if o.Now == nil || o.Rand == nil {
		return nil, errors.New("authy app: Now and Rand are required, pass a clock and a random source")
	}
	if o.Settings == (Settings{}) {
		o.Settings = DefaultSettings()
	}
	if err := o.Settings.Validate(); err != nil {
		return nil, err
	}
	if o.Deliver == nil {
		o.Deliver = func(Message) {}
	}
	if o.Answered == nil {
		o.Answered = func(Answer) {}
	}
	a := &App{now: o.Now, rand: o.Rand, key: o.Key, deliver: o.Deliver, answered: o.Answered, settings: &o.Settings}
	seed := make([]byte, 32)
	if _, err := io.ReadFull(o.Rand, seed); err != nil {
		return nil, fmt.Errorf("authy app: random source: %w", err)
	}
	a.reset(seed)
	return a, nil
}

// reset empties the app. The caller holds mu, or has just made the app.
func (a *App) reset(seed []byte) {
	a.seed, a.hash = seed, hmac.New(sha256.New, seed)
	// Ids start at a number derived from the seed, so that an id of one app is very likely unknown
	// to another.
	first := a.mac("first id", 0, 0)
	a.nextID = 10_000_000 + binary.BigEndian.Uint32(first[:])%900_000_000
	a.users = map[uint32]*user{}
	a.phones = map[Phone]*user{}
	a.names = map[string]*user{}
	a.stats = statistics{}
	a.approvals, a.approvalOf = nil, map[string]*Approval{}
	a.verified, a.verifications = nil, map[Phone]*Verification{}
}

// Settings returns the current settings.
func (a *App) Settings() Settings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return *a.settings
}

// UpdateSettings changes the settings. When change returns an error, or the result is invalid,
// nothing changes.
func (a *App) UpdateSettings(change func(*Settings) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := *a.settings
	if err := change(&next); err != nil {
		return err
	}
	if err := next.Validate(); err != nil {
		return err
	}
	a.settings = &next
	return nil
}

// mac derives 32 bytes from the app's seed for a purpose, a user and a number. The caller holds mu:
// hash and buffer are reused, since every verify calls this.
func (a *App) mac(purpose string, id uint32, number uint64) (sum [sha256.Size]byte) {
	a.buffer = append(append(a.buffer[:0], purpose...), 0)
	a.buffer = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(a.buffer, id), number)
	a.hash.Reset()
	a.hash.Write(a.buffer)
	a.buffer = a.hash.Sum(a.buffer[:0])
	copy(sum[:], a.buffer)
	return sum
}

// randomDigits returns n random decimal digits.
func (a *App) randomDigits(n int) string {
	out := make([]byte, n)
	for i := 0; i < n; {
		var b [1]byte
		if _, err := io.ReadFull(a.rand, b[:]); err != nil {
			// A source that fails after it worked is broken for good, and a fixed code could be
			// guessed.
			panic(fmt.Sprintf("authy app: random source: %v", err))
		}
		if b[0] < 250 {
			out[i] = '0' + b[0]%10
			i++
		}
	}
	return string(out)
}

// Message is something that Authy would have sent to a person.
type Message struct {
	At      time.Time
	User    int64  // the Authy id; 0 for the verification of a phone that is no user's
	Channel string // "sms", "call", "email" or "push"
	To      string // +CC and digits, or an address
	Text    string
	Code    string // the code in the text, if there is one
}
