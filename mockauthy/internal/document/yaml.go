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

// Bounds of what one YAML document may become: aliases can make a small text endless.
const (
	maxBytes = 64 << 20
	maxDepth = 64
)

// YAML decodes one YAML document, of which JSON is a part, over what into points to. It is turned to JSON first, so field
// names, checks and errors are those of [JSON].
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
	var out bytes.Buffer
	if err := convert(&out, &root, 0); err != nil {
		return err
	}
	return JSON(out.Bytes(), into)
}

// convert writes a YAML node as JSON.
func convert(out *bytes.Buffer, node *yaml.Node, depth int) error {
	if depth > maxDepth || out.Len() > maxBytes {
		return refuse("", fmt.Sprintf("line %d: nested too deep or too long", node.Line), fmt.Sprintf("at most %d levels and %d bytes", maxDepth, maxBytes))
	}
	switch node.Kind {
	case yaml.DocumentNode:
		return convert(out, node.Content[0], depth+1)
	case yaml.AliasNode:
		return convert(out, node.Alias, depth+1)
	case yaml.MappingNode:
		return object(out, node, depth)
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range node.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := convert(out, item, depth+1); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	}
	return scalar(out, node)
}

func object(out *bytes.Buffer, node *yaml.Node, depth int) error {
	seen := map[string]bool{}
	out.WriteByte('{')
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || seen[key.Value] {
			return refuse(key.Value, fmt.Sprintf("line %d: a key that is no plain text or is given twice", key.Line), "each key once")
		}
		seen[key.Value] = true
		if i > 0 {
			out.WriteByte(',')
		}
		quote(out, key.Value)
		out.WriteByte(':')
		if err := convert(out, node.Content[i+1], depth+1); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

func scalar(out *bytes.Buffer, node *yaml.Node) error {
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
		// 0555 and 1_000 are numbers to YAML only; whoever writes them means digits.
		if json.Valid([]byte(node.Value)) {
			out.WriteString(node.Value)
			return nil
		}
		quote(out, node.Value)
	default:
		quote(out, node.Value)
	}
	return nil
}

func quote(out *bytes.Buffer, s string) {
	text, _ := json.Marshal(s) // a string always has a JSON form
	out.Write(text)
}
