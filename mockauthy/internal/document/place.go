package document

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// misfit is the first value of a document that does not fit the type it is read into. encoding/json
// stops there too, but says neither where it is nor what would fit.
type misfit struct {
	path   string   // users[1].cellfone
	who    string   // whom a list's element is about: its name, e-mail or the like
	fields []string // what the object has, where the path ends in a field that it does not have
	err    error    // of encoding/json, where the value does not fit
}

// locate finds the first misfit of a JSON value; nil when everything fits.
func locate(raw json.RawMessage, t reflect.Type, at misfit) *misfit {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	raw = bytes.TrimSpace(raw)
	if own := reflect.PointerTo(t); own.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		own.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return leaf(raw, t, at)
	}
	switch {
	case t.Kind() == reflect.Struct && bytes.HasPrefix(raw, []byte("{")):
		return locateField(raw, t, at)
	case t.Kind() == reflect.Slice && bytes.HasPrefix(raw, []byte("[")):
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return nil // no JSON at all: encoding/json has said so
		}
		for i, item := range items {
			if m := locate(item, t.Elem(),
				misfit{path: fmt.Sprintf("%s[%d]", at.path, i), who: nameIn(item)}); m != nil {
				return m
			}
		}
		return nil
	}
	return leaf(raw, t, at)
}

func leaf(raw json.RawMessage, t reflect.Type, at misfit) *misfit {
	if at.err = json.Unmarshal(raw, reflect.New(t).Interface()); at.err != nil {
		return &at
	}
	return nil
}

func locateField(raw json.RawMessage, t reflect.Type, at misfit) *misfit {
	known := fieldsOf(t)
	dec := json.NewDecoder(bytes.NewReader(raw))
	_, _ = dec.Token()
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil
		}
		name, _ := key.(string)
		next := misfit{path: strings.TrimPrefix(at.path+"."+name, "."), who: at.who}
		i := slices.IndexFunc(known, func(f field) bool { return f.name == name })
		if i < 0 {
			for _, f := range known {
				next.fields = append(next.fields, f.name)
			}
			return &next
		}
		if m := locate(value, known[i].kind, next); m != nil {
			return m
		}
	}
	return nil
}

type field struct {
	name string
	kind reflect.Type
}

// fieldsOf are the JSON fields of a struct in their order, those of embedded ones among them.
func fieldsOf(t reflect.Type) []field {
	var all []field
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			all = append(all, fieldsOf(f.Type)...)
		case !f.IsExported() || name == "-":
		case name == "":
			all = append(all, field{f.Name, f.Type})
		default:
			all = append(all, field{name, f.Type})
		}
	}
	return all
}

// nameIn returns what a person would call an element of a list; empty when it has no such field.
func nameIn(element json.RawMessage) string {
	var fields map[string]any
	if err := json.Unmarshal(element, &fields); err != nil {
		return ""
	}
	for _, name := range []string{"name", "email", "cellphone", "id"} {
		switch v := fields[name].(type) {
		case string:
			if v != "" {
				return fmt.Sprintf("%.40s", v)
			}
		case float64:
			return fmt.Sprintf("%s %.0f", name, v)
		}
	}
	return ""
}
