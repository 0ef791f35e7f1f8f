package authyapi

import (
	"bytes"
	"encoding/json"

	"sftpgo-authy/mockauthy/internal/authy"
)

// object is a JSON object whose keys keep their order; clients that grep rely on it.
type object []entry

type entry struct {
	key   string
	value any
}

// MarshalJSON writes the entries in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for _, part := range []any{e.key, e.value} {
			text, err := compact(part)
			if err != nil {
				return nil, err
			}
			b.Write(text)
			b.WriteByte(':')
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// compact encodes JSON without blanks, since clients search the text for "token":"is valid", and
// without HTML escapes.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(512) // most replies fit
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// errorBody returns the body of an error, in the one of the two key orders seen in captures that
// the error has (authy.Error.Gateway).
func errorBody(e *authy.Error) object {
	errors := object{}
	for _, f := range e.Fields {
		errors = append(errors, entry{f.Field, f.Text})
	}
	if !e.NoErrors {
		errors = append(errors, entry{"message", e.Message})
	}
	if e.Gateway {
		return object{{"error_code", e.Code}, {"message", e.Message}, {"errors", errors}, {"success", false}}
	}
	body := object{{"message", e.Message}}
	if e.Token != "" {
		body = append(body, entry{"token", e.Token})
	}
	body = append(body, entry{"success", false}, entry{"errors", errors})
	for _, f := range e.Fields {
		body = append(body, entry{f.Field, f.Text})
	}
	return append(body, entry{"error_code", e.Code})
}
