// Package jsonobject takes a JSON object apart, strictly and without reflection: a program does it
// with each login.
package jsonobject

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Fields returns the values of one JSON object by name, escapes in the names resolved. ok is false
// for anything else: another value, something after the object, a name that is there twice, on any
// level, or invalid UTF-8 (RFC 7493).
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
