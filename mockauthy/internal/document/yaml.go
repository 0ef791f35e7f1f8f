package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of what one YAML document may expand to: with aliases a small text can become endless.
const (
	maxDepth  = 64
	maxGrowth = 8 // times the length of the YAML, plus
	minBytes  = 64 << 10
)

// writer turns YAML nodes into JSON, up to limit bytes.
type writer struct {
	bytes.Buffer
	limit int
}

// YAML decodes one YAML document, or JSON, over what into points to. It is converted to JSON first,
// so field names, checks and errors are those of [JSON].
func YAML(data []byte, into any) error {
	if json.Valid(data) { // a long one is decoded much faster so
		return JSON(data, into)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	if err := dec.Decode(&root); errors.Is(err, io.EOF) {
		return nil // only comments: everything is as it was
	} else if err != nil {
		return refuse("", "not YAML: "+strings.TrimPrefix(err.Error(), "yaml: "), "YAML or JSON")
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return refuse("", "there is something after the first document", "one document")
	}
	out := &writer{limit: maxGrowth*len(data) + minBytes}
	if err := out.node(&root, 0); err != nil {
		return err
	}
	return JSON(out.Bytes(), into)
}

// node writes a YAML node as JSON.
func (out *writer) node(node *yaml.Node, depth int) error {
	if depth > maxDepth || out.Len() > out.limit {
		return refuse("", fmt.Sprintf("line %d: nested too deep or too long", node.Line),
			fmt.Sprintf("at most %d levels and %d bytes", maxDepth, out.limit))
	}
	switch node.Kind {
	case yaml.DocumentNode:
		return out.node(node.Content[0], depth+1)
	case yaml.AliasNode:
		return out.node(node.Alias, depth+1)
	case yaml.MappingNode:
		return out.object(node, depth)
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range node.Content {
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
	return out.scalar(node)
}

func (out *writer) object(node *yaml.Node, depth int) error {
	seen := map[string]bool{}
	out.WriteByte('{')
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || seen[key.Value] {
			return refuse(key.Value, fmt.Sprintf("line %d: a key that is no plain text or is given twice", key.Line),
				"each key once")
		}
		seen[key.Value] = true
		if i > 0 {
			out.WriteByte(',')
		}
		out.quote(key.Value)
		out.WriteByte(':')
		value := node.Content[i+1]
		if digits(key.Value) && value.Kind == yaml.ScalarNode && value.ShortTag() == "!!int" {
			out.quote(value.Value)
			continue
		}
		if err := out.node(value, depth+1); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

// digits says whether a field holds text that is often only digits, which people write in YAML
// without quotes.
func digits(field string) bool {
	switch field {
	case "cellphone", "name", "error", "retry_after":
		return true
	}
	return false
}

func (out *writer) scalar(node *yaml.Node) error {
	switch node.ShortTag() {
	case "!!null":
		out.WriteString("null")
	case "!!bool":
		var b bool
		if err := node.Decode(&b); err != nil {
			return refuse("", fmt.Sprintf("line %d: %v", node.Line, err), "true or false")
		}
		fmt.Fprint(out, b)
	case "!!int", "!!float":
		// 0555 and 1_000 are numbers only in YAML; who writes them means digits.
		if json.Valid([]byte(node.Value)) {
			out.WriteString(node.Value)
			return nil
		}
		out.quote(node.Value)
	default:
		out.quote(node.Value)
	}
	return nil
}

func (out *writer) quote(s string) {
	text, _ := json.Marshal(s) // a string always has a JSON form
	out.Write(text)
}
