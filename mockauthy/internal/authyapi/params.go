package authyapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of what is read from a request. Real calls have a dozen short parameters.
const (
	maxBody   = 256 << 10
	maxParams = 1000
	maxDepth  = 20
)

var (
	errNotUTF8  = errors.New("a parameter is not UTF-8")
	errTooMany  = errors.New("more than 1000 parameters, or nested deeper than 20")
	errBadJSON  = errors.New("the body is not a JSON object")
	errBadForm  = errors.New("the body is not the multipart form that its type says")
	errXMLInput = errors.New("the body is XML")
)

// params are the parameters of a request from wherever the clients of Authy put them: the query, a
// form (also on GET), or a JSON object (also on GET). Nested ones are named as in Rack and PHP:
// user[email], logos[0][url]. Of several with the same name the last one counts, and the body comes
// after the query.
type params []param

type param struct{ name, value string }

// readParams reads query and body. Errors are the ones above; they come with what could be read,
// which may include the key.
func readParams(rawQuery, contentType string, body []byte) (params, error) {
	var p params
	err := p.form(rawQuery)
	if len(bytes.TrimSpace(body)) > 0 {
		err = errors.Join(err, p.body(contentType, body))
	}
	for _, q := range p {
		if !utf8.ValidString(q.name) || !utf8.ValidString(q.value) {
			return p, errNotUTF8
		}
	}
	return p, err
}

func (p *params) add(name, value string) error {
	if len(*p) >= maxParams {
		return errTooMany
	}
	*p = append(*p, param{strings.Clone(name), strings.Clone(value)}) // parts of a long body must not keep it in memory
	return nil
}

// body parses a body by its content type, unless it looks like JSON: some clients send that with
// another type or none.
func (p *params) body(contentType string, body []byte) error {
	kind, options, _ := mime.ParseMediaType(contentType)
	switch {
	case !utf8.Valid(body) && kind != "multipart/form-data":
		return errNotUTF8
	case bytes.TrimSpace(body)[0] == '{', strings.HasSuffix(kind, "json"):
		return p.json(body)
	case strings.HasSuffix(kind, "xml"):
		return errXMLInput
	case kind == "multipart/form-data":
		return p.multipart(body, options["boundary"])
	}
	return p.form(string(body))
}

// form reads name=value pairs. An invalid escape is taken literally.
func (p *params) form(encoded string) error {
	for encoded != "" {
		var pair string
		pair, encoded, _ = strings.Cut(encoded, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		if err := p.add(unescape(name), unescape(value)); err != nil {
			return err
		}
	}
	return nil
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

func (p *params) multipart(body []byte, boundary string) error {
	if boundary == "" {
		return errBadForm
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return errBadForm
		}
		value, err := io.ReadAll(part) // part of a body that is bounded
		if err != nil {
			return errBadForm
		}
		if err := p.add(part.FormName(), string(value)); err != nil {
			return err
		}
	}
}

// json flattens an object in its own order. null is the same as absent; numbers keep the form in
// which they were sent.
func (p *params) json(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errBadJSON
	}
	if err := p.object(d, "", 0); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errBadJSON
	}
	return nil
}

func (p *params) object(d *json.Decoder, prefix string, depth int) error {
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return errBadJSON
		}
		name := t.(string)
		if prefix != "" {
			name = prefix + "[" + name + "]"
		}
		if err := p.value(d, name, depth); err != nil {
			return err
		}
	}
	return closing(d)
}

func (p *params) value(d *json.Decoder, name string, depth int) error {
	if depth >= maxDepth {
		return errTooMany
	}
	t, err := d.Token()
	if err != nil {
		return errBadJSON
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return p.object(d, name, depth+1)
		}
		for i := 0; d.More(); i++ {
			if err := p.value(d, name+"["+strconv.Itoa(i)+"]", depth+1); err != nil {
				return err
			}
		}
		return closing(d)
	case string:
		return p.add(name, t)
	case json.Number:
		return p.add(name, t.String())
	case bool:
		return p.add(name, strconv.FormatBool(t))
	}
	return nil
}

func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return errBadJSON
	}
	return nil
}

// lookup returns a parameter and whether it is there.
func (p params) lookup(name string) (string, bool) {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].name == name {
			return p[i].value, true
		}
	}
	return "", false
}

// get returns a parameter, "" when it is not there.
func (p params) get(name string) string {
	v, _ := p.lookup(name)
	return v
}

// truth reads a boolean as clients write it: true, "true", 1 (PHP), True (authy-python sends its
// own True so, as its documentation of request_sms showed). Anything else is false (inferred).
func (p params) truth(name string) bool {
	v := p.get(name)
	return v == "true" || v == "1" || v == "True"
}

// has says whether any parameter is part of the hash or list of that name.
func (p params) has(name string) bool {
	for _, q := range p {
		if strings.HasPrefix(q.name, name+"[") {
			return true
		}
	}
	return false
}

// hash returns the entries of a hash, details[Name]=value, in the order they were sent; the last
// value of a name counts.
func (p params) hash(name string) []param {
	var entries []param
	for _, q := range p {
		key, ok := strings.CutPrefix(q.name, name+"[")
		if !ok || !strings.HasSuffix(key, "]") {
			continue
		}
		entries = put(entries, strings.TrimSuffix(key, "]"), q.value)
	}
	return entries
}

func put(entries []param, name, value string) []param {
	for i := range entries {
		if entries[i].name == name {
			entries[i].value = value
			return entries
		}
	}
	return append(entries, param{name, value})
}

// list returns the elements of a list of hashes: logos[0][res] (PHP, qs, JSON) or logos[][res]
// (Rack), where a name that comes again begins the next element.
func (p params) list(name string) [][]param {
	var elements [][]param
	var places []string
	for _, q := range p {
		rest, ok := strings.CutPrefix(q.name, name+"[")
		if !ok {
			continue
		}
		place, key, ok := strings.Cut(rest, "][")
		if !ok || !strings.HasSuffix(key, "]") {
			continue
		}
		key = strings.TrimSuffix(key, "]")
		at := len(elements) - 1
		if place != "" {
			at = -1
			for i := range places {
				if places[i] == place {
					at = i
				}
			}
		} else if at >= 0 && (places[at] != "" || params(elements[at]).hasName(key)) {
			at = -1
		}
		if at < 0 {
			elements, places, at = append(elements, nil), append(places, place), len(elements)
		}
		elements[at] = put(elements[at], key, q.value)
	}
	return elements
}

func (p params) hasName(name string) bool {
	_, ok := p.lookup(name)
	return ok
}
