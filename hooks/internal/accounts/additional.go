package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// IDField is the field of the JSON in additional_info that holds the Authy id, as a number or as
// text.
const IDField = "authy_id"

// Additional is the additional_info of the SFTPGo account as a source. The external authentication
// hook is sent the account; for the other two hooks Users fetches it.
type Additional struct {
	BareNumber bool  // text that is nothing but digits is an id; a staff number may be somebody else's
	Users      Users // nil: where SFTPGo sent no account, the source cannot answer
}

// Users gives the additional_info of an account of SFTPGo. That there is no such account is an
// error: SFTPGo calls its hooks only for accounts that it has.
type Users interface {
	AdditionalInfo(ctx context.Context, name string) (string, error)
}

// Lookup implements [Source].
func (s Additional) Lookup(ctx context.Context, a gate.Account) (gate.Found, error) {
	info, err := s.info(ctx, a)
	if err != nil {
		return gate.Found{}, fmt.Errorf("additional_info of %q: %w", a.Name, err)
	}
	id, found, err := ParseAdditional(info, s.BareNumber)
	if err != nil {
		return gate.Found{}, fmt.Errorf("additional_info of %q: %w", a.Name, err)
	}
	return gate.Found{ID: id, Mapped: found}, nil
}

// Forget has what the way to SFTPGo remembers of an account asked anew.
func (s Additional) Forget(name string) {
	if f, ok := s.Users.(forgetter); ok {
		f.Forget(name)
	}
}

// info finds the text.
func (s Additional) info(ctx context.Context, a gate.Account) (string, error) {
	switch {
	case len(a.User) > 0:
		var user struct {
			Info string `json:"additional_info"`
		}
		if json.Unmarshal(a.User, &user) != nil {
			return "", errors.New("sftpgo sent an account that cannot be read")
		}
		return user.Info, nil
	case s.Users == nil:
		return "", errors.New("sftpgo does not send the account to this hook; set sftpgo_url and sftpgo_api_key_file")
	}
	return s.Users.AdditionalInfo(ctx, a.Name)
}

// ParseAdditional finds the id in the text of additional_info: JSON with [IDField], or, where
// bareNumber is set, digits alone. Other text is a clear "not here". Text that mentions the field
// and cannot be understood is an error: somebody meant this account to have a second factor.
func ParseAdditional(text string, bareNumber bool) (authy.ID, bool, error) {
	text = strings.TrimSpace(text)
	if bareNumber {
		if id, err := authy.ParseID(text); err == nil {
			return id, true, nil
		}
	}
	// A name given twice makes it invalid: which of the two would count?
	if fields, ok := jsonobject.Fields([]byte(text)); ok {
		return idOf(fields)
	}
	if strings.Contains(strings.ToLower(text), IDField) {
		return authy.ID{}, false, fmt.Errorf(`mentions %s and is no valid JSON; want {"%[1]s":123456}`, IDField)
	}
	return authy.ID{}, false, nil
}

// idOf finds the id among the fields of a JSON object.
func idOf(fields map[string]jsontext.Value) (authy.ID, bool, error) {
	for name := range fields {
		if name != IDField && strings.EqualFold(name, IDField) {
			return authy.ID{}, false, fmt.Errorf("has %q; want %s", name, IDField)
		}
	}
	raw, has := fields[IDField]
	if !has || string(raw) == "null" {
		return authy.ID{}, false, nil
	}
	id, err := authy.ParseID(strings.TrimSuffix(strings.TrimPrefix(string(raw), `"`), `"`))
	if err != nil {
		return authy.ID{}, false, fmt.Errorf("%s: %w", IDField, err)
	}
	return id, true, nil
}

// WithID returns the text of additional_info with id in it, everything else kept. Text that is no
// JSON has no place for it: then nothing is overwritten, and the error says what to do.
func WithID(text string, id authy.ID) (string, error) {
	fields := map[string]jsontext.Value{}
	if strings.TrimSpace(text) != "" {
		var ok bool
		if fields, ok = jsonobject.Fields([]byte(text)); !ok {
			return "", fmt.Errorf(`additional_info holds text that is no JSON object and would be lost; put it into one by hand, as in {"note":"…","%s":%s}`, IDField, id)
		}
	}
	if old, has := fields[IDField]; has && string(old) != "null" {
		return "", fmt.Errorf("additional_info holds %s %s already; remove it first", IDField, old)
	}
	fields[IDField] = jsontext.Value(id.String())
	out, err := json.Marshal(fields)
	if err != nil {
		return "", fmt.Errorf("additional_info: %w", err)
	}
	return string(out), nil
}

// WithoutID returns the text of additional_info without the id, everything else kept.
func WithoutID(text string) (string, error) {
	fields, ok := jsonobject.Fields([]byte(text))
	if !ok {
		return "", fmt.Errorf("additional_info is no JSON object; take the id out by hand")
	}
	delete(fields, IDField)
	if len(fields) == 0 {
		return "", nil
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return "", fmt.Errorf("additional_info: %w", err)
	}
	return string(out), nil
}
