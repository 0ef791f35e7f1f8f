package sftpgoapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/jsonobject"
)

// Document is a JSON object of SFTPGo that keeps every field as it came, also those that we do not
// know, because SFTPGo resets what a PUT does not send.
type Document map[string]json.RawMessage

// Text returns the text in field, "" if there is none.
func (d Document) Text(field string) string {
	var s string
	_ = jsonobject.Decode(d[field], &s) // not a text: none
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
	if err := jsonobject.Decode(raw, v); err != nil {
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
	va, errA := uniform(a)
	vb, errB := uniform(b)
	return errA == nil && errB == nil && bytes.Equal(va, vb)
}

// uniform returns a JSON text with names in order and strings and blanks of one form; null for no
// text. Numbers stay as they are written.
func uniform(raw json.RawMessage) (jsontext.Value, error) {
	if len(raw) == 0 {
		return jsontext.Value("null"), nil
	}
	value := jsontext.Value(bytes.Clone(raw))
	err := value.Format(jsontext.ReorderRawObjects(true))
	return value, err
}
