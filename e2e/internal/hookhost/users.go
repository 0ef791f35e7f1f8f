package hookhost

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// errUnknownUser is what a lookup returns for a name that nobody has.
var errUnknownUser = errors.New("no such user")

// users is the store of accounts.
type users struct {
	dir string
	now func() time.Time

	mu     sync.Mutex
	nextID int64
	byName map[string]user
}

func newUsers(dir string, now func() time.Time) *users {
	return &users{dir: dir, now: now, byName: make(map[string]user)}
}

func (s *users) nowMs() int64 { return s.now().UnixMilli() }

// find returns a copy; its slices and maps are never changed in place.
func (s *users) find(name string) (user, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.byName[name]
	if !ok {
		return user{}, fmt.Errorf("user %q: %w", name, errUnknownUser)
	}
	return u, nil
}

// add stores a new account.
func (s *users) add(u user) (user, error) {
	if err := u.normalize(s.dir, s.nowMs()); err != nil {
		return user{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.byName[u.Username]; ok {
		return user{}, fmt.Errorf("user %q exists already", u.Username)
	}
	s.nextID++
	u.ID = s.nextID
	u.LastLogin, u.UsedQuotaSize, u.UsedQuotaFiles, u.LastQuotaUpdate = 0, 0, 0, 0
	u.UsedUploadDataTransfer, u.UsedDownloadDataTransfer, u.FirstUpload, u.FirstDownload = 0, 0, 0, 0
	u.CreatedAt = s.nowMs()
	u.UpdatedAt = u.CreatedAt
	s.byName[u.Username] = u
	return u, nil
}

// update replaces an account. Only the counters of its use survive from the store.
func (s *users) update(u user) (user, error) {
	if err := u.normalize(s.dir, s.nowMs()); err != nil {
		return user{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.byName[u.Username]
	if !ok {
		return user{}, fmt.Errorf("user %q: %w", u.Username, errUnknownUser)
	}
	u.keepUse(old)
	u.UpdatedAt = s.nowMs()
	s.byName[u.Username] = u
	return u, nil
}

// keepUse takes over what is not a setting but a record of use.
func (u *user) keepUse(old user) {
	u.ID = old.ID
	u.UsedQuotaSize, u.UsedQuotaFiles, u.LastQuotaUpdate = old.UsedQuotaSize, old.UsedQuotaFiles, old.LastQuotaUpdate
	u.UsedUploadDataTransfer, u.UsedDownloadDataTransfer = old.UsedUploadDataTransfer, old.UsedDownloadDataTransfer
	u.LastLogin, u.FirstDownload, u.FirstUpload, u.CreatedAt = old.LastLogin, old.FirstDownload, old.FirstUpload,
		old.CreatedAt
}

// setPassword stores the hash of a password, even of one that looks like a hash.
func (s *users) setPassword(name, password string) (user, error) {
	hash, err := hash(password)
	if err != nil {
		return user{}, fmt.Errorf("user %q: %w", name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.byName[name]
	if !ok {
		return user{}, fmt.Errorf("user %q: %w", name, errUnknownUser)
	}
	u.Password, u.LastPasswordChange, u.vouched = hash, s.nowMs(), ""
	s.byName[name] = u
	return u, nil
}

// touch records a login, at most once in ten minutes.
func (s *users) touch(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.byName[name]; ok && s.nowMs()-u.LastLogin > (10*time.Minute).Milliseconds() {
		u.LastLogin = s.nowMs()
		s.byName[name] = u
	}
}

// AddUser stores a new account from the JSON of SFTPGo's user document (keys: username, password,
// status, permissions, home_dir, expiration_date in milliseconds, additional_info, filters …). A
// clear password is hashed; an absent status is 0, disabled. It fails on a document that SFTPGo
// would refuse and on a name that is taken.
func (h *Host) AddUser(doc []byte) error {
	var u user
	if err := json.Unmarshal(doc, &u); err != nil {
		return fmt.Errorf("user document: %w", err)
	}
	_, err := h.users.add(u)
	return err
}

// UpdateUser replaces an account, as a PUT on SFTPGo's REST API does: what the document leaves out
// is reset, except the password, the built-in second factor and the counters.
func (h *Host) UpdateUser(doc []byte) error {
	var u user
	if err := json.Unmarshal(doc, &u); err != nil {
		return fmt.Errorf("user document: %w", err)
	}
	old, err := h.users.find(strings.TrimSpace(u.Username))
	if err != nil {
		return err
	}
	if u.Password == "" {
		u.Password, u.LastPasswordChange = old.Password, old.LastPasswordChange
	}
	u.Filters.TOTP, u.Filters.RecoveryCodes = old.Filters.TOTP, old.Filters.RecoveryCodes
	_, err = h.users.update(u)
	return err
}

// DeleteUser removes an account; its files and open sessions stay.
func (h *Host) DeleteUser(name string) error {
	h.users.mu.Lock()
	defer h.users.mu.Unlock()
	if _, ok := h.users.byName[name]; !ok {
		return fmt.Errorf("user %q: %w", name, errUnknownUser)
	}
	delete(h.users.byName, name)
	return nil
}

// UserJSON returns the stored document of an account, the password hash included: what the external
// authentication hook would receive now.
func (h *Host) UserJSON(name string) ([]byte, error) {
	u, err := h.users.find(name)
	if err != nil {
		return nil, err
	}
	return json.Marshal(u)
}
