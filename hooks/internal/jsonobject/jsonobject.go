// Package jsonobject reads JSON in the one way of the hooks, which is strict: a name is written as
// it is documented and stands there once, on every level; the text is UTF-8 (RFC 7493) and has
// nothing after its value. So two readers of one text cannot understand two things: not even
// SFTPGo, which takes "Status" for "status".
package jsonobject

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Decode reads one JSON value into what into points to. Names that into does not have are passed
// over, but for those that differ from another one in the case of letters alone. The error names
// the field that has the wrong type, and never repeats a value: it may be a password.
func Decode(text []byte, into any) error {
	twin := reflect.New(reflect.TypeOf(into).Elem()).Interface()
	err := json.Unmarshal(text, twin, json.MatchCaseInsensitiveNames(true))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	var wrong *json.SemanticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong) && wrong.JSONPointer != "":
		return fmt.Errorf("field %s has the wrong type", wrong.JSONPointer)
	case errors.As(err, &wrong):
		return errors.New("has the wrong type")
	}
	return errors.New("not JSON, or a name is given twice")
}

// Fields returns the values of one JSON object by name, escapes in the names resolved, without
// reflection. ok is false for anything else.
func Fields(text []byte) (fields map[string]jsontext.Value, ok bool) {
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	if dec.PeekKind() != '{' {
		return nil, false
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, false
	}
	fields = map[string]jsontext.Value{}
	for dec.PeekKind() != '}' {
		token, err := dec.ReadToken()
		if err != nil {
			return nil, false
		}
		name := token.String() // before the next read, which ends the token
		value, err := dec.ReadValue()
		if err != nil {
			return nil, false
		}
		fields[name] = value.Clone()
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, false
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return nil, false
	}
	return fields, true
}
