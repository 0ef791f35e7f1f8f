package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/goccy/go-yaml/ast"

	"sftpgo-authy/internal/yamltext"
)

// decode overrides c with what a text in YAML or JSON sets, and returns all that is wrong with it.
// No problem repeats a value, which may be a secret in the wrong place.
//
// It uses the parser of the YAML library and not its decoder: that one studies the types anew at
// each start of a program, and stops at the first mistake.
func (c *Config) decode(text []byte) []string {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		var err error
		if text, err = jsonText(text); err != nil {
			return []string{err.Error()}
		}
	}
	root, err := yamltext.Parse(text)
	if err != nil {
		return []string{err.Error()}
	}
	var f filler
	f.value(reflect.ValueOf(c).Elem(), root, "")
	return f.problems
}

// jsonText returns sound JSON in a form that is YAML as well: without tabs and pairs of escapes.
func jsonText(text []byte) ([]byte, error) {
	value := jsontext.Value(bytes.Clone(text))
	if value.Format() != nil {
		return nil, errors.New("is not valid JSON, or has a key twice")
	}
	return value, nil
}

// filler fills a struct from the nodes of a document, and collects all that does not fit. A key
// without a value leaves the field as it was.
type filler struct{ problems []string }

func (f *filler) wrong(name, format string, args ...any) {
	if name != "" {
		name += ": "
	}
	f.problems = append(f.problems, name+fmt.Sprintf(format, args...))
}

// value fills one field, whose full name is name.
func (f *filler) value(into reflect.Value, node ast.Node, name string) {
	text, kind := scalar(node)
	switch kind {
	case nothing:
		return
	case strange:
		f.wrong(name, "line %d: an alias, a tag or another thing that is no plain value; want it written out",
			yamltext.Line(node))
		return
	case emptyBlock:
		f.wrong(name, "line %d: a block of text without text; want the value in quotes", yamltext.Line(node))
		return
	}
	wanted := ""
	switch target := into.Addr().Interface().(type) {
	case *string:
		if *target = text; kind != words && kind != number {
			wanted = "text"
		}
	case *bool:
		if *target = text == "true"; kind != yesNo {
			wanted = "true or false"
		}
	case *int:
		n, err := strconv.Atoi(text)
		if *target = n; kind != number || err != nil || strconv.Itoa(n) != text { // 010 and 1_0 mean this or that
			wanted = "a whole number"
		}
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if *target = d; kind != words || err != nil {
			wanted = "a time with its unit, such as 90s or 15m"
		}
	case *[]string:
		*target = f.list(node, name)
	default:
		f.object(into, node, name)
	}
	if wanted != "" {
		f.wrong(name, "want %s", wanted)
	}
}

// What a node of a document can be.
const (
	strange    = iota // what only a decoder could resolve: aliases, anchors, tags, merged keys
	nothing           // a key without a value
	words             // text
	number            // as it is written
	yesNo             // true or false
	emptyBlock        // what looks like the start of a block of text may be a secret itself
	many              // a list or an object
)

// scalar returns the text of a node that is a plain value, and what kind of node it is.
func scalar(node ast.Node) (text string, kind int) {
	switch n := node.(type) {
	case nil, *ast.NullNode:
		return "", nothing
	case *ast.StringNode:
		return n.Value, words
	case *ast.LiteralNode:
		if n.Value.Value == "" {
			return "", emptyBlock
		}
		return n.Value.Value, words
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, number
	case *ast.BoolNode:
		return strconv.FormatBool(n.Value), yesNo
	case *ast.SequenceNode, *ast.MappingNode:
		return "", many
	}
	return "", strange
}

func (f *filler) list(node ast.Node, name string) []string {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		f.wrong(name, "want a list")
		return nil
	}
	list := make([]string, len(sequence.Values))
	for i, item := range sequence.Values {
		f.value(reflect.ValueOf(&list[i]).Elem(), item, fmt.Sprintf("%s[%d]", name, i))
	}
	return list
}

func (f *filler) object(into reflect.Value, node ast.Node, name string) {
	mapping, ok := node.(*ast.MappingNode)
	if !ok {
		f.wrong(name, "want keys and values")
		return
	}
	seen := map[string]bool{}
	for _, pair := range mapping.Values {
		key, plain := pair.Key.(*ast.StringNode)
		if !plain {
			f.wrong("", "line %d: a key that is no plain text", yamltext.Line(pair.Key))
			continue
		}
		full := strings.TrimPrefix(name+"."+key.Value, ".")
		field := settingOf(into, key.Value)
		switch {
		case !field.IsValid():
			f.wrong("", "unknown key %s", full)
		case seen[key.Value]:
			f.wrong(full, "is given twice; want it once")
		default:
			f.value(field, pair.Value, full)
		}
		seen[key.Value] = true
	}
}

// settingOf finds the field that a key names, in the struct or in those that it embeds; the zero
// Value where there is none.
func settingOf(s reflect.Value, key string) reflect.Value {
	for i := range s.NumField() {
		field := s.Type().Field(i)
		switch tag := field.Tag.Get("yaml"); {
		case field.Anonymous:
			if found := settingOf(s.Field(i), key); found.IsValid() {
				return found
			}
		case tag == key && tag != "-":
			return s.Field(i)
		}
	}
	return reflect.Value{}
}
