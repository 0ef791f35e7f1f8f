package jsonobject

import (
	"encoding/json"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func TestFields(t *testing.T) {
	t.Parallel()
	fields, ok := Fields([]byte(" {\"a\": 1, \"\\u0062\":\"x\", \"c\": {\"d\": [ ] } ,\"e\":null}\n"))
	if !ok || len(fields) != 4 || string(fields["a"]) != "1" || string(fields["b"]) != `"x"` ||
		string(fields["c"]) != `{"d": [ ] }` || string(fields["e"]) != "null" {
		t.Errorf("got %q, %v", fields, ok)
	}
	if fields, ok := Fields([]byte("{}")); !ok || len(fields) != 0 {
		t.Errorf("an empty object: %q, %v", fields, ok)
	}
	for name, text := range map[string]string{
		"nothing": "", "a list": "[]", "a text": `"{}"`, "null": "null", "two objects": "{} {}",
		"something behind": "{}x", "a byte order mark": "\ufeff{}",
		"cut in a name": `{"a`, "cut after a name": `{"a"`, "cut in a value": `{"a":[1`, "cut at the end": `{"a":1`,
		"a comma too many": `{"a":1,}`,
		"a name twice":     `{"a":1,"a":1}`, "a name twice, escaped": `{"a":1,"\u0061":1}`,
		"a name twice below": `{"x":{"a":1,"a":1}}`,
		"not utf-8":          "{\"a\":\"\xff\"}", "half a surrogate": `{"a":"\ud800"}`, "a name that is none": `{1:2}`,
		"a wrong bracket": `{"a":1]`,
	} {
		if fields, ok := Fields([]byte(text)); ok || fields != nil {
			t.Errorf("%s: got %q", name, fields)
		}
	}
}

// FuzzFields: it takes what the library calls valid, no more and no less, and reads it as
// encoding/json does.
func FuzzFields(f *testing.F) {
	for _, text := range []string{`{"a":{"b":[1,"\u00e9"]}}`, `{"a":1,"a":2}`, `{} `, `{"\ud83d\ude00":-1e9}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v := jsontext.Value(text)
		fields, ok := Fields(text)
		if want := v.Kind() == '{' && v.IsValid(); ok != want {
			t.Fatalf("got %v, want %v", ok, want)
		}
		var other map[string]json.RawMessage
		if !ok {
			return
		}
		if err := json.Unmarshal(text, &other); err != nil || len(other) != len(fields) {
			t.Fatalf("encoding/json finds %d fields and %v, we find %d", len(other), err, len(fields))
		}
		for name, raw := range other {
			if string(raw) != string(fields[name]) {
				t.Fatalf("%q: encoding/json reads %s, we read %s", name, raw, fields[name])
			}
		}
	})
}

func TestDecodeIsStrict(t *testing.T) {
	t.Parallel()
	type inner struct {
		Status string `json:"status"`
	}
	type whole struct {
		UUID  string `json:"uuid"`
		Step  int    `json:"step"`
		Inner inner  `json:"inner"`
	}
	var got whole
	if err := Decode([]byte(` {"uuid":"u","step":2,"more":[1],"inner":{"status":"s"}} `), &got); err != nil ||
		got != (whole{"u", 2, inner{"s"}}) {
		t.Errorf("got %+v, %v", got, err)
	}
	got = whole{}
	if err := Decode([]byte(`{"UUID":"u","Step":2,"inner":{"STATUS":"s"}}`), &got); err != nil || got != (whole{}) {
		t.Errorf("names in capitals: got %+v, %v", got, err)
	}
	for text, want := range map[string]string{
		`{"uuid":"a","UUID":"b"}`:               "not JSON, or a name is given twice",
		`{"uuid":"a","uuid":"b"}`:               "not JSON, or a name is given twice",
		`{"inner":{"status":"a","status":"b"}}`: "not JSON, or a name is given twice",
		`{"other":{"a":1,"a":2}}`:               "not JSON, or a name is given twice",
		"{\"uuid\":\"\xff\"}":                   "not JSON, or a name is given twice",
		`{"uuid":"a"} {}`:                       "not JSON, or a name is given twice",
		``:                                      "not JSON, or a name is given twice",
		`{"step":"secret@"}`:                    "field /step has the wrong type",
		`{"step":77777777777777777777777}`:      "field /step has the wrong type",
		`{"inner":{"status":123456}}`:           "field /inner/status has the wrong type",
		`["secret@"]`:                           "has the wrong type",
	} {
		if err := Decode([]byte(text), &whole{}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
