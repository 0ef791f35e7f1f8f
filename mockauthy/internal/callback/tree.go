// Package callback tells an application what a person answered to an approval request, as Authy
// does: a signed GET or POST.
package callback

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Hash is a JSON object that keeps its order. Values are nil, string, bool, int64, json.Number,
// Hash or List.
type Hash []Entry

// Entry is one name and value of a Hash.
type Entry struct {
	Name  string
	Value any
}

// List is a JSON array.
type List []any

// MarshalJSON writes the entries in order.
func (h Hash) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range h {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(e.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(e.Value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Params encodes a tree for the signature, as Rails' Hash#to_query does: the entries of each hash
// are sorted as encoded text, lists keep their order, null is an empty value, and empty hashes and
// lists are left out. Derived from the vectors in the tests of authy-java.
func Params(h Hash) string { return hash("", h) }

func hash(prefix string, h Hash) string {
	var parts []string
	for _, e := range h {
		name := e.Name
		if prefix != "" {
			name = prefix + "[" + e.Name + "]"
		}
		if part := value(name, e.Value); part != "" {
			parts = append(parts, part)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

func value(name string, v any) string {
	scalar := func(text string) string { return url.QueryEscape(name) + "=" + url.QueryEscape(text) }
	switch v := v.(type) {
	case nil:
		return scalar("")
	case string:
		return scalar(v)
	case bool:
		return scalar(strconv.FormatBool(v))
	case int64:
		return scalar(strconv.FormatInt(v, 10))
	case json.Number:
		return scalar(v.String())
	case Hash:
		return hash(name, v)
	case List:
		var parts []string
		for _, element := range v {
			if part := value(name+"[]", element); part != "" {
				parts = append(parts, part)
			}
		}
		return strings.Join(parts, "&")
	}
	panic(fmt.Sprintf("callback: a tree cannot hold %T", v))
}
