package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"sftpgo-authy/internal/yamltext"
)

// Bounds of what one YAML document may become: aliases can make a small text endless.
const (
	maxDepth  = 64
	maxGrowth = 8 // times the length of the YAML, plus
	minBytes  = 64 << 10
)

// writer turns YAML nodes into JSON, up to limit bytes.
type writer struct {
	bytes.Buffer
	limit   int
	anchors map[string]ast.Node
}

// YAML decodes one YAML document, of which JSON is a part, over what into points to. It is turned
// to JSON first, so field names, checks and errors are those of [JSON].
func YAML(data []byte, into any) error {
	if json.Valid(data) { // a long one is decoded much faster so
		return JSON(data, into)
	}
	root, err := yamltext.Parse(data)
	if err != nil {
		return notYAML(err)
	}
	if root == nil { // only comments: everything is as it was
		return nil
	}
	out := &writer{limit: maxGrowth*len(data) + minBytes, anchors: map[string]ast.Node{}}
	if err := out.node(root, 0); err != nil {
		return err
	}
	return JSON(out.Bytes(), into)
}

// notYAML says why a text cannot be read.
func notYAML(err error) error {
	var syntax *yamltext.SyntaxError
	if errors.As(err, &syntax) {
		return refuse("", fmt.Sprintf("not YAML: line %d: %s", syntax.Line, syntax.Detail), "YAML or JSON")
	}
	return refuse("", err.Error(), "YAML or JSON")
}

// node writes a YAML node as JSON.
func (out *writer) node(node ast.Node, depth int) error {
	if depth > maxDepth || out.Len() > out.limit {
		return refuse("", fmt.Sprintf("line %d: nested too deep or too long", yamltext.Line(node)),
			fmt.Sprintf("at most %d levels and %d bytes", maxDepth, out.limit))
	}
	switch n := node.(type) {
	case *ast.AnchorNode:
		out.anchors[n.Name.GetToken().Value] = n.Value
		return out.node(n.Value, depth+1)
	case *ast.AliasNode:
		target := out.anchors[n.Value.GetToken().Value]
		if target == nil {
			return refuse("", fmt.Sprintf("line %d: an alias of an anchor that is not there", yamltext.Line(node)),
				"the name of an anchor before it")
		}
		return out.node(target, depth+1)
	case *ast.MappingNode:
		return out.object(n, depth)
	case *ast.SequenceNode:
		return out.list(n, depth)
	}
	return out.scalar(node)
}

func (out *writer) list(list *ast.SequenceNode, depth int) error {
	out.WriteByte('[')
	for i, item := range list.Values {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := out.node(item, depth+1); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

func (out *writer) object(object *ast.MappingNode, depth int) error {
	seen := map[string]bool{}
	out.WriteByte('{')
	for i, pair := range object.Values {
		name, plain := keyOf(pair.Key)
		if !plain || seen[name] {
			return refuse(name,
				fmt.Sprintf("line %d: a key that is no plain text or is given twice", yamltext.Line(pair.Key)),
				"each key once")
		}
		seen[name] = true
		if i > 0 {
			out.WriteByte(',')
		}
		out.quote(name)
		out.WriteByte(':')
		if number, ok := pair.Value.(*ast.IntegerNode); ok && digits(name) {
			out.quote(number.GetToken().Value)
			continue
		}
		if err := out.node(pair.Value, depth+1); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

// keyOf returns the name of a key, if it is plain text.
func keyOf(key ast.MapKeyNode) (name string, plain bool) {
	switch key.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return key.GetToken().Value, true
	}
	return "", false
}

// digits says whether a field holds text that is often nothing but digits, which people write in
// YAML without quotes.
func digits(field string) bool {
	switch field {
	case "cellphone", "name", "error", "retry_after":
		return true
	}
	return false
}

func (out *writer) scalar(node ast.Node) error {
	switch n := node.(type) {
	case nil, *ast.NullNode:
		out.WriteString("null")
	case *ast.BoolNode:
		out.WriteString(strconv.FormatBool(n.Value))
	case *ast.IntegerNode, *ast.FloatNode:
		// 0555 and 1_000 are numbers to YAML only; whoever writes them means digits.
		if text := node.GetToken().Value; json.Valid([]byte(text)) {
			out.WriteString(text)
		} else {
			out.quote(text)
		}
	case *ast.StringNode:
		out.quote(n.Value)
	case *ast.LiteralNode:
		out.quote(n.Value.Value)
	default:
		return refuse("", fmt.Sprintf("line %d: a tag or another thing that is no plain value", yamltext.Line(node)),
			"the value written out")
	}
	return nil
}

func (out *writer) quote(s string) {
	text, _ := json.Marshal(s) // a string always has a JSON form
	out.Write(text)
}
