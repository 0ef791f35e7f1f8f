package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// decode overrides c with what a text in YAML or JSON sets, and returns all that is wrong with it.
// No problem repeats a value, which may be a secret in the wrong place.
//
// It uses the parser of the YAML library and not its decoder: that one studies the types anew at
// each start of a program, and stops at the first mistake.
func (c *Config) decode(text []byte) []string {
	read := yamlText
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		read = jsonText
	}
	text, err := read(text)
	if err != nil {
		return []string{err.Error()}
	}
	root, err := parse(text)
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

// yamlText refuses what the parser would silently ignore, such as a tab inside a value.
func yamlText(text []byte) ([]byte, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if !utf8.Valid(line) || bytes.ContainsFunc(bytes.TrimRight(line, "\r\n"), unicode.IsControl) {
			return nil, fmt.Errorf("line %d: a tab, another control character or broken UTF-8; want text with blanks",
				number)
		}
	}
	return text, nil
}

// parse returns the one document of a YAML text, nil for nothing.
func parse(text []byte) (ast.Node, error) {
	// The parser loses a tag at the end of a text that has no line end. Keys that stand there twice
	// are refused later, with their full names.
	file, err := parser.ParseBytes(append(bytes.Clone(text), '\n'), 0, parser.AllowDuplicateMapKey())
	var at interface{ GetToken() *token.Token }
	switch {
	case errors.As(err, &at) && at.GetToken() != nil: // its text quotes the lines around
		return nil, fmt.Errorf("is not valid YAML: see line %d", at.GetToken().Position.Line)
	case err != nil:
		return nil, errors.New("is not valid YAML")
	case len(file.Docs) > 1:
		return nil, errors.New("has a second document, or a line with %; want one document")
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		if !empty(text) {
			return nil, errors.New("has a second document; want one")
		}
		return nil, nil
	}
	return file.Docs[0].Body, nil
}

// empty reports whether text has nothing but comments and markers of a document.
func empty(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && string(line) != "---" && string(line) != "..." {
			return false
		}
	}
	return true
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
			node.GetToken().Position.Line)
		return
	case emptyBlock:
		f.wrong(name, "line %d: a block of text without text; want the value in quotes", node.GetToken().Position.Line)
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
			f.wrong("", "line %d: a key that is no plain text", pair.Key.GetToken().Position.Line)
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
