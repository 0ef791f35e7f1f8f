package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/provider"
)

// Fields of the JSON in additional_info. An account has one of them.
const (
	IDField        = "authy_id"      // an Authy id, as a number or as text
	ReferenceField = "second_factor" // a reference as in a users file, as text: "totp"
)

// authyPrefix makes a reference of what [IDField] holds.
const authyPrefix = "authy/"

func fieldNames() [2]string { return [2]string{IDField, ReferenceField} }

// Additional is the additional_info of the SFTPGo account as a source. The external authentication
// hook is sent the account; for the other two hooks Users fetches it.
type Additional struct {
	People     People
	BareNumber bool  // text that is nothing but digits is an id; a staff number may be somebody else's
	Users      Users // nil: where SFTPGo sent no account, the source cannot answer
}

// Users returns the additional_info of an account of SFTPGo. That there is no such account is an
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
	person, err := ParseAdditional(info, s.People, a.Name, s.BareNumber)
	if err != nil {
		return gate.Found{}, fmt.Errorf("additional_info of %q: %w", a.Name, err)
	}
	return gate.Found{Person: person, Mapped: person != nil}, nil
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
		if jsonobject.Decode(a.User, &user) != nil {
			return "", errors.New("sftpgo sent an account that cannot be read")
		}
		return user.Info, nil
	case s.Users == nil:
		return "", errors.New("sftpgo does not send the account to this hook; set sftpgo_url and sftpgo_api_key_file")
	}
	return s.Users.AdditionalInfo(ctx, a.Name)
}

// ParseAdditional finds the person in the text of an account's additional_info: JSON with one of
// the fields, or, where bareNumber is set, an Authy id alone. Other text is a clear "not here",
// which is nil. Text that mentions a field and cannot be understood is an error: somebody meant
// this account to have a second factor.
func ParseAdditional(text string, people People, account string, bareNumber bool) (provider.Person, error) {
	text = strings.TrimSpace(text)
	if bareNumber {
		if person, err := people.Parse(account, authyPrefix+text); err == nil {
			return person, nil
		}
	}
	// A name given twice makes it invalid: which of the two would count?
	if fields, ok := jsonobject.Fields([]byte(text)); ok {
		return personOf(fields, people, account)
	}
	for _, field := range fieldNames() {
		if strings.Contains(strings.ToLower(text), field) {
			return nil, fmt.Errorf(`mentions %s and is no valid JSON; want {"%s":123456}`, field, IDField)
		}
	}
	return nil, nil
}

// personOf finds the person among the fields of a JSON object.
func personOf(fields map[string]jsontext.Value, people People, account string) (provider.Person, error) {
	var said []string
	for name, raw := range fields {
		for _, field := range fieldNames() {
			if name != field && strings.EqualFold(name, field) {
				return nil, fmt.Errorf("has %q; want %s", name, field)
			}
			if name == field && string(raw) != "null" {
				said = append(said, field)
			}
		}
	}
	switch len(said) {
	case 0:
		return nil, nil
	case 2:
		return nil, fmt.Errorf("has %s and %s; want one of them", IDField, ReferenceField)
	}
	person, err := people.Parse(account, referenceIn(fields, said[0]))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", said[0], err)
	}
	return person, nil
}

// referenceIn returns what a field holds as a reference. Text with escapes in it is none.
func referenceIn(fields map[string]jsontext.Value, field string) string {
	text := strings.TrimSuffix(strings.TrimPrefix(string(fields[field]), `"`), `"`)
	if field == IDField {
		return authyPrefix + text
	}
	return text
}

// WithReference returns the text of additional_info with a reference in it, everything else kept.
// Text that is no JSON has no place for it: then nothing is overwritten, and the error says what to
// do.
func WithReference(text, reference string) (string, error) {
	field, value := ReferenceField, jsontext.Value(strconv.Quote(reference))
	if id, authys := strings.CutPrefix(reference, authyPrefix); authys {
		field, value = IDField, jsontext.Value(id)
	}
	fields := map[string]jsontext.Value{}
	if strings.TrimSpace(text) != "" {
		var ok bool
		if fields, ok = jsonobject.Fields([]byte(text)); !ok {
			return "", fmt.Errorf("additional_info holds text that is no JSON object and would be lost; "+
				`put it into one by hand, as in {"note":"…","%s":%s}`, field, value)
		}
	}
	for _, name := range fieldNames() {
		if old, has := fields[name]; has && string(old) != "null" {
			return "", fmt.Errorf("additional_info holds %s %s already; remove it first", name, old)
		}
	}
	fields[field] = value
	return marshal(fields)
}

// WithoutReference returns the text of additional_info without a reference, everything else kept.
func WithoutReference(text string) (string, error) {
	fields, ok := jsonobject.Fields([]byte(text))
	if !ok {
		return "", errors.New("additional_info is no JSON object; take the reference out by hand")
	}
	for _, name := range fieldNames() {
		delete(fields, name)
	}
	if len(fields) == 0 {
		return "", nil
	}
	return marshal(fields)
}

func marshal(fields map[string]jsontext.Value) (string, error) {
	out, err := json.Marshal(fields)
	if err != nil {
		return "", fmt.Errorf("additional_info: %w", err)
	}
	return string(out), nil
}
