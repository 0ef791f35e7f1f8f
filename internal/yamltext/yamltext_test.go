package yamltext

import (
	"errors"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"
)

func TestOneDocument(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a: 1", "\ufeffa: 1\r\n", "---\na: 1\n", "a: 1\na: 2\n"} {
		node, err := Parse([]byte(text))
		if _, ok := node.(*ast.MappingNode); !ok || err != nil {
			t.Errorf("%q: %T, %v", text, node, err)
		}
	}
	for _, text := range []string{"", "# nothing\n---\n# yet\n...\n"} {
		if node, err := Parse([]byte(text)); node != nil || err != nil {
			t.Errorf("%q: %v, %v", text, node, err)
		}
	}
}

// TestNothingIsLostInSilence: what the parser would skip is refused, and no error quotes the text.
func TestNothingIsLostInSilence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: secret@\tx":                 "line 1: a tab",
		"# \xff":                        "line 1: a tab, another control character or broken UTF-8",
		"a: 1\nb: \x01":                 "line 2: a tab",
		"a: 1\n---\nb: 2":               "has a second document",
		"---\n---\na: 1\n":              "has a second document",
		"%YAML 1.1\n---\na: 1\n":        "a line with %",
		"a: secret@: x\nx: [":           "is not valid YAML: see line 1",
		"hookd:\n  secret: secret@\n!x": "is not valid YAML",
	} {
		node, err := Parse([]byte(text))
		if node != nil || err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "secret@") {
			t.Errorf("%q: %v, %v; want %s", text, node, err, want)
		}
	}
	var syntax *SyntaxError
	if _, err := Parse([]byte("a: [")); !errors.As(err, &syntax) || syntax.Line != 1 || syntax.Detail == "" {
		t.Errorf("got %+v", err)
	}
}
