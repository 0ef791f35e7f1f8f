package sftpgoapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
)

// Document is a JSON object of SFTPGo whose fields are kept as they came, also those that we know
// nothing of: what a PUT does not send, SFTPGo resets.
type Document map[string]json.RawMessage

// Text returns the text in field, "" if there is none.
func (d Document) Text(field string) string {
	var s string
	_ = json.Unmarshal(d[field], &s) // not a text: none
	return s
}

// SetText puts text into field. Without text the field goes away, as SFTPGo itself leaves it out.
func (d Document) SetText(field, text string) {
	if text == "" {
		delete(d, field)
		return
	}
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string cannot fail to encode
	}
	d[field] = raw
}

// Into decodes the document into v.
func (d Document) Into(v any) error {
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("sftpgo document: %w", err)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("sftpgo document: %w", err)
	}
	return nil
}

// Difference names the fields in which a and b differ by value, in no order. Numbers are compared
// as written.
func Difference(a, b Document) []string {
	var fields []string
	names := maps.Clone(a)
	maps.Copy(names, b)
	for name := range names {
		if !same(a[name], b[name]) {
			fields = append(fields, name)
		}
	}
	return fields
}

// same compares two JSON texts by value.
func same(a, b json.RawMessage) bool {
	va, errA := value(a)
	vb, errB := value(b)
	return errA == nil && errB == nil && reflect.DeepEqual(va, vb)
}

func value(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil, errors.New("not JSON")
	}
	return v, nil
}
