// Package document reads what people and tests write: JSON without unknown fields, and YAML as
// another spelling of it. Errors are of type [*mockapi.Error] and say what is wrong, where, and
// what is wanted.
package document

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	strict "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/mockauthy/mockapi"
)

// JSON decodes one JSON value over what into points to. It is read as the hooks read theirs: names
// in their own spelling and once, on every level, and UTF-8. Fields that into does not have are
// errors.
func JSON(data []byte, into any) error {
	err := strict.Unmarshal(data, into, strict.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	var syntactic *jsontext.SyntacticError
	if errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntactic) {
		return refuse(path(syntactic.JSONPointer), "is given twice", "each name once")
	}
	if m := locate(data, reflect.TypeOf(into), misfit{}); m != nil {
		return m.refusal()
	}
	return explainWhole(data, into)
}

// path writes a pointer into a document as people do: users[1].name for /users/1/name.
func path(pointer jsontext.Pointer) string {
	var text strings.Builder
	for name := range pointer.Tokens() {
		if _, err := strconv.Atoi(name); err == nil {
			text.WriteString("[" + name + "]")
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('.')
		}
		text.WriteString(name)
	}
	return text.String()
}

// explainWhole says what is wrong with a document whose fields all fit, as far as they can be read.
// It asks encoding/json, which has plainer words.
func explainWhole(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(reflect.New(reflect.TypeOf(into).Elem()).Interface()); err != nil {
		return explain(err, dec.InputOffset())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return refuse("", fmt.Sprintf("there is something after the JSON value, at byte %d", dec.InputOffset()),
			"one JSON value")
	}
	return refuse("", "the text is not UTF-8", "a JSON object in UTF-8")
}

func refuse(field, message, wanted string) error {
	return &mockapi.Error{Field: field, Message: message, Wanted: wanted}
}

// refusal says where a misfit is, whom it is about, and what would fit.
func (m *misfit) refusal() error {
	message, wanted := "there is no such field", "one of "+strings.Join(m.fields, ", ")
	if m.err != nil {
		var e *mockapi.Error
		if !errors.As(explain(m.err, 0), &e) {
			return m.err
		}
		message, wanted = e.Message, e.Wanted
	}
	if m.who != "" {
		message += " (" + m.who + ")"
	}
	return refuse(m.path, message, wanted)
}

func explain(err error, offset int64) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var when *time.ParseError
	const wantedTime = `a time such as "2030-02-28T23:59:50Z"`
	switch {
	case errors.Is(err, io.EOF):
		return refuse("", "the document is empty", "a JSON object")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refuse("", "the JSON ends early", "a whole JSON object")
	case errors.As(err, &syntax):
		return refuse("", fmt.Sprintf("not JSON: %s at byte %d", syntax.Error(), syntax.Offset), "a JSON object")
	case errors.As(err, &when):
		return refuse("", fmt.Sprintf("%.40q is no time", strings.Trim(when.Value, `"`)), wantedTime)
	// of encoding/json by way of package time, without a type
	case strings.HasPrefix(err.Error(), "Time.UnmarshalJSON: "):
		return refuse("", "what is there is no time", wantedTime)
	case errors.As(err, &kind):
		return refuse(kind.Field, article(kind.Value)+" does not fit here", inWords(kind.Type))
	}
	message := strings.TrimPrefix(err.Error(), "json: ")
	if offset > 0 {
		message += fmt.Sprintf(" (near byte %d)", offset)
	}
	return refuse("", message, "")
}

// article puts one before a word of encoding/json: array, object, number, …
func article(word string) string {
	if strings.HasPrefix(word, "a") || strings.HasPrefix(word, "o") {
		return "an " + word
	}
	return "a " + word
}

// inWords says what to write in JSON for a Go type.
func inWords(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) { // a duration
		return `a string, in quotes`
	}
	switch t.Kind() {
	case reflect.String:
		return `a string, in quotes`
	case reflect.Bool:
		return "true or false"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Float32, reflect.Float64:
		return "a number"
	default:
		return "a whole number"
	}
}
