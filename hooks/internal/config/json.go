package config

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// fromJSON reads one JSON text into what [fromYAML] gives.
func fromJSON(text []byte) (any, error) {
	if !jsontext.Value(text).IsValid() {
		return nil, errors.New("is not valid JSON, or has a key twice")
	}
	return fromValue(jsontext.NewDecoder(bytes.NewReader(text)))
}

// fromValue reads the next value of valid JSON.
func fromValue(dec *jsontext.Decoder) (any, error) {
	first, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch first.Kind() {
	case '{':
		o := object{}
		for dec.PeekKind() != '}' {
			name, err := dec.ReadToken()
			if err != nil {
				return nil, err
			}
			m := member{name: name.String()}
			if m.value, err = fromValue(dec); err != nil {
				return nil, err
			}
			o = append(o, m)
		}
		_, err = dec.ReadToken()
		return o, err
	case '[':
		list := []any{}
		for dec.PeekKind() != ']' {
			item, err := fromValue(dec)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err = dec.ReadToken()
		return list, err
	case '"':
		return first.String(), nil
	case '0':
		return number(first.String()), nil
	case 't', 'f':
		return first.Bool(), nil
	}
	return nil, nil
}
