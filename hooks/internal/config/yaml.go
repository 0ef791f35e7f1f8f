package config

import (
	"bytes"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a document is made of: an object, a []any, a string, a number, a bool, or nil for nothing.
type (
	object []member
	number string // as it is written
	member struct {
		name  string
		value any
	}
)

// fromYAML reads one YAML document. Only the parser of its library is used: a program that starts
// with each login has no time for a decoder that prepares itself. What only a decoder could resolve
// is refused: aliases, tags, merged keys.
func fromYAML(text []byte) (any, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := printable(text); err != nil {
		return nil, err
	}
	// A tag that nothing ends, not even its line, is lost on the parser. Keys that stand there twice
	// are refused later, with their full name.
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
	return fromNode(file.Docs[0].Body)
}

// printable refuses what the parser would pass over in silence: a tab inside a value is lost, for
// one.
func printable(text []byte) error {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if !utf8.Valid(line) || bytes.ContainsFunc(bytes.TrimRight(line, "\r\n"), unicode.IsControl) {
			return fmt.Errorf("line %d: a tab, another control character or broken UTF-8; want text with blanks", number)
		}
	}
	return nil
}

// empty says whether text has nothing but comments and markers of a document.
func empty(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && string(line) != "---" && string(line) != "..." {
			return false
		}
	}
	return true
}

func fromNode(node ast.Node) (any, error) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return fromMapping(n)
	case *ast.SequenceNode:
		list := make([]any, len(n.Values))
		for i, item := range n.Values {
			var err error
			if list[i], err = fromNode(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		if n.Value.Value == "" { // what looks like the start of a block may be the secret itself
			return nil, fmt.Errorf("line %d: a block of text without text; want the value in quotes", n.GetToken().Position.Line)
		}
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode:
		return number(n.GetToken().Value), nil
	case *ast.BoolNode:
		return n.Value, nil
	case *ast.NullNode:
		return nil, nil
	}
	return nil, fmt.Errorf("line %d: an alias, a tag or another thing that is no plain value; want it written out", node.GetToken().Position.Line)
}

func fromMapping(n *ast.MappingNode) (any, error) {
	o := make(object, len(n.Values))
	for i, pair := range n.Values {
		key, plain := pair.Key.(*ast.StringNode)
		if !plain {
			return nil, fmt.Errorf("line %d: a key that is no plain text", pair.Key.GetToken().Position.Line)
		}
		value, err := fromNode(pair.Value)
		if err != nil {
			return nil, err
		}
		o[i] = member{key.Value, value}
	}
	return o, nil
}
