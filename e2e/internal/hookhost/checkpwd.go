package hookhost

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// checkPasswordFor tells whether the check password hook is asked over this protocol.
func (h *Host) checkPasswordFor(protocol string) bool {
	scope := h.config.CheckPasswordScope
	bit := map[string]int{protocolSSH: CheckPasswordSSH, protocolFTP: CheckPasswordFTP,
		protocolDAV: CheckPasswordDAV}[protocol]
	return h.config.CheckPasswordHook != "" && (scope == 0 || scope&bit != 0)
}

// checkPasswordAnswer is what the check password hook says. Status 1 accepts, 2 asks to compare
// ToVerify with the stored hash, -1 counts as if there were no hook, everything else refuses.
type checkPasswordAnswer struct {
	Status   int    `json:"status"`
	ToVerify string `json:"to_verify"`
}

func (h *Host) askCheckPassword(name, password, ip, protocol string) (checkPasswordAnswer, error) {
	hook := h.config.CheckPasswordHook
	var out []byte
	var err error
	if isHTTP(hook) {
		out, err = h.postOnce(hook, struct {
			Username string `json:"username"`
			IP       string `json:"ip"`
			Password string `json:"password"`
			Protocol string `json:"protocol"`
		}{name, ip, password, protocol})
	} else {
		out, err = h.oneShot(hook, hookCheckPassword, []variable{
			{"USERNAME", name}, {"PASSWORD", password}, {"IP", ip}, {"PROTOCOL", protocol},
		})
	}
	var answer checkPasswordAnswer
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	return answer, err
}

// verifyPassword is the whole check of a typed password: state of the account, built-in code for
// FTP, check password hook, stored hash.
func (h *Host) verifyPassword(u user, password, ip, protocol string) error {
	if err := h.loginConditions(u); err != nil {
		return err
	}
	if u.Filters.RequirePasswordChange {
		return fmt.Errorf("user %q must change the password first", u.Username)
	}
	if protocol == protocolFTP && u.Filters.TOTP.enabledFor(protocol) {
		if len(password) < 7 {
			return errRefused
		}
		cut := len(password) - 6 // built-in codes have six digits
		if !u.Filters.TOTP.matches(password[cut:], h.config.Now()) {
			return errRefused
		}
		password = password[:cut]
	}
	if u.Password == "" || strings.TrimSpace(password) == "" {
		return errors.New("no password stored or typed")
	}
	if h.checkPasswordFor(protocol) && !u.Filters.Hooks.CheckPasswordDisabled {
		answer, err := h.askCheckPassword(u.Username, password, ip, protocol)
		if err != nil {
			return fmt.Errorf("check password hook: %w", err)
		}
		switch answer.Status {
		case -1: // as if there were no hook: the whole password is compared
		case 1:
			return nil
		case 2:
			password = answer.ToVerify
		default:
			return errRefused
		}
	}
	if !u.passwordMatches(password) {
		return errRefused
	}
	return nil
}

// loginConditions refuses disabled and expired accounts.
func (h *Host) loginConditions(u user) error {
	if u.Status < 1 {
		return fmt.Errorf("user %q is disabled", u.Username)
	}
	if u.ExpirationDate > 0 && u.ExpirationDate < h.config.Now().UnixMilli() {
		return fmt.Errorf("user %q is expired", u.Username)
	}
	return nil
}

// admit applies what SFTPGo asks only after the hooks: denied protocols, denied methods, missing
// built-in second factor, addresses. A code is spent on a login that ends here.
func admit(u user, method, protocol, ip string) error {
	switch {
	case slices.Contains(u.Filters.DeniedProtocols, protocol):
		return fmt.Errorf("protocol %s is denied to user %q", protocol, u.Username)
	case !u.Filters.methodAllowed(method, protocol):
		return fmt.Errorf("login method %s is denied to user %q", method, u.Username)
	case protocol != protocolDAV && slices.Contains(u.Filters.TwoFactorProtocols, protocol) &&
		!u.Filters.TOTP.enabledFor(protocol):
		return fmt.Errorf("user %q has no built-in second factor, which protocol %s needs", u.Username, protocol)
	case !u.Filters.addressAllowed(ip):
		return fmt.Errorf("user %q may not log in from %s", u.Username, ip)
	}
	return nil
}
