package authy

import (
	"fmt"
	"slices"
	"strconv"
)

// FindUser returns the user with that id, name, e-mail or telephone number (national or with +CC),
// tried in this order. Users may share an e-mail, and people in two countries a number: a reference
// to several users is an error, [ErrSeveral], since the code of the wrong one would be hard to
// explain.
func (a *App) FindUser(ref string) (User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if id, err := strconv.ParseInt(ref, 10, 64); err == nil {
		if u, err := a.byID(id); err == nil {
			return a.view(u), nil
		}
	}
	if u := a.names[ref]; u != nil {
		return a.view(u), nil
	}
	var found *user
	for _, u := range a.users {
		switch {
		case !u.goesBy(ref):
		case found == nil:
			found = u
		default:
			return User{}, fmt.Errorf("user %q: %w, such as %d and %d; want an id",
				ref, ErrSeveral, min(found.id, u.id), max(found.id, u.id))
		}
	}
	if found == nil {
		found = a.byNumber(ref)
	}
	if found == nil {
		return User{}, fmt.Errorf("user %q: %w", ref, ErrNoUser)
	}
	return a.view(found), nil
}

// byNumber finds the user who has that number in the user's own country, in any spelling; nil when
// there is none.
func (a *App) byNumber(ref string) *user {
	if _, err := digitsOf(ref); err != nil {
		return nil
	}
	var found *user
	countries := map[uint16]bool{}
	for p := range a.phones {
		if countries[p.code] {
			continue
		}
		countries[p.code] = true
		if phone, err := ParsePhone(strconv.Itoa(int(p.code)), ref); err == nil {
			if u := a.phones[phone]; u != nil && (found == nil || u.id < found.id) {
				found = u
			}
		}
	}
	return found
}

// Is says whether the user with that id goes by ref: the id, name, an e-mail or the telephone
// number.
func (a *App) Is(id int64, ref string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, err := a.byID(id)
	return err == nil && (strconv.FormatInt(id, 10) == ref || u.goesBy(ref) || u.hasNumber(ref))
}

// hasNumber says whether ref is another way to write the user's number.
func (u *user) hasNumber(ref string) bool {
	phone, err := ParsePhone(strconv.Itoa(int(u.phone.code)), ref)
	return err == nil && phone == u.phone
}

func (u *user) goesBy(ref string) bool {
	return ref != "" && (u.name == ref || u.email == ref || u.phone.E164() == ref || u.phone.National() == ref ||
		u.extra != nil && slices.Contains(u.extra.emails, ref))
}
