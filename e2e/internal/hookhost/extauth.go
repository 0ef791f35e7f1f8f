package hookhost

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// credentials are what a client shows in one step of a login; they go to the external
// authentication hook as they are.
type credentials struct {
	name, ip, protocol  string
	password            string // clear
	publicKey           string // authorized_keys line with its newline
	keyboardInteractive string // "" or "1"
}

// errRefused is a plain no.
var errRefused = errors.New("invalid credentials")

// externalAuthFor tells whether the external authentication hook is asked for this kind of login.
func (h *Host) externalAuthFor(bit int) bool {
	scope := h.config.ExternalAuthScope
	return h.config.ExternalAuthHook != "" && (scope == 0 || scope&bit != 0)
}

// account returns the user that a login is judged by: the stored one, or what the external
// authentication hook makes of it.
func (h *Host) account(c credentials, bit int) (user, error) {
	stored, err := h.users.find(c.name)
	if !h.externalAuthFor(bit) {
		return stored, err
	}
	if err == nil && stored.Filters.Hooks.ExternalAuthDisabled {
		return stored, nil
	}
	answer, err := h.askExternalAuth(c, stored)
	if err != nil {
		return user{}, fmt.Errorf("external auth hook: %w", err)
	}
	return h.applyExternalAuth(c, stored, answer)
}

// askExternalAuth calls the hook; stored.ID is 0 for somebody unknown, and the hook then gets no
// user document.
func (h *Host) askExternalAuth(c credentials, stored user) ([]byte, error) {
	hook := h.config.ExternalAuthHook
	if isHTTP(hook) {
		request := map[string]any{ // a map, so that the keys come in alphabetical order
			"username": c.name, "ip": c.ip, "password": c.password, "public_key": c.publicKey,
			"protocol": c.protocol, "keyboard_interactive": c.keyboardInteractive, "tls_cert": "",
		}
		if stored.ID > 0 {
			request["user"] = stored
		}
		return h.postOnce(hook, request)
	}
	var doc []byte
	if stored.ID > 0 {
		var err error
		if doc, err = json.Marshal(stored); err != nil {
			return nil, err
		}
	}
	return h.oneShot(hook, hookExternalAuth, []variable{
		{"USERNAME", c.name}, {"USER", string(doc)}, {"IP", c.ip}, {"PASSWORD", c.password},
		{"PUBLIC_KEY", c.publicKey},
		{"PROTOCOL", c.protocol}, {"TLS_CERT", ""}, {"KEYBOARD_INTERACTIVE", c.keyboardInteractive},
	})
}

// applyExternalAuth reads the hook's answer. Silence accepts a known user and makes the typed
// password the stored one: a hook that says nothing by mistake opens the door, and a test must see
// it. A document replaces the whole account.
func (h *Host) applyExternalAuth(c credentials, stored user, answer []byte) (user, error) {
	switch string(answer) {
	case "", "\n", "\r\n":
		if stored.ID == 0 {
			return user{}, fmt.Errorf("user %q: %w", c.name, errUnknownUser)
		}
		if c.password == "" || stored.passwordMatches(c.password) {
			return stored, nil
		}
		return h.users.setPassword(c.name, c.password)
	}

	var u user
	if err := json.Unmarshal(answer, &u); err != nil {
		return user{}, fmt.Errorf("external auth hook: answer: %w", err)
	}
	if u.Username == "" {
		return user{}, errRefused
	}
	if c.password != "" {
		u.Password = c.password
	}
	hasPrefix := func(known string) bool { return strings.HasPrefix(c.publicKey, known) }
	if c.publicKey != "" && !slices.ContainsFunc(u.PublicKeys, hasPrefix) {
		u.PublicKeys = append(u.PublicKeys, c.publicKey)
	}
	u.LastPasswordChange = 0
	if u.Username != c.name { // the hook maps this login to another account
		var err error
		if stored, err = h.users.find(u.Username); err != nil {
			stored = user{}
		}
	}
	if stored.ID == 0 {
		return h.users.add(u)
	}
	u.keepUse(stored)
	u.LastPasswordChange, u.vouched = stored.LastPasswordChange, c.password
	u.Filters.TOTP, u.Filters.RecoveryCodes = stored.Filters.TOTP, stored.Filters.RecoveryCodes
	return h.users.update(u)
}
