// Package yamltext parses YAML for all our programs, with the parser of goccy/go-yaml: it starts
// faster than others, which a program feels that is started for each login. What that parser would
// silently ignore is an error here.
package yamltext

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

// SyntaxError is a text that is not YAML.
type SyntaxError struct {
	Line   int    // 0 if the parser does not say
	Detail string // what the parser says; it may quote the text, and so a secret
}

// Error says where the text is wrong, and quotes nothing of it.
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return "is not valid YAML"
	}
	return fmt.Sprintf("is not valid YAML: see line %d", e.Line)
}

// Parse returns the one document of a text, or nil if the text has nothing but comments. Keys may
// be given twice: the caller knows their full names. Errors never quote the text.
func Parse(text []byte) (ast.Node, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := printable(text); err != nil {
		return nil, err
	}
	// The parser loses a tag at the end of a text that has no line end.
	file, err := parser.ParseBytes(append(bytes.Clone(text), '\n'), 0, parser.AllowDuplicateMapKey())
	var at interface {
		GetToken() *token.Token
		GetMessage() string
	}
	switch {
	case errors.As(err, &at) && at.GetToken() != nil:
		return nil, &SyntaxError{at.GetToken().Position.Line, at.GetMessage()}
	case err != nil:
		return nil, &SyntaxError{Detail: err.Error()}
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

// printable refuses control characters: the parser drops a tab inside a value, for one.
func printable(text []byte) error {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if !utf8.Valid(line) || bytes.ContainsFunc(bytes.TrimRight(line, "\r\n"), unicode.IsControl) {
			return fmt.Errorf("line %d: a tab, another control character or broken UTF-8; want text with blanks",
				number)
		}
	}
	return nil
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

// Line returns the line on which a node begins.
func Line(node ast.Node) int { return node.GetToken().Position.Line }
