package target

import (
	"encoding/json"
	"fmt"
	"strings"
)

// configFile writes the settings of a setup as the hooks' configuration file. JSON is YAML too;
// values stand bare where they are numbers or truth values.
func (s Setup) configFile() []byte {
	root := map[string]any{}
	for name, value := range s.Config {
		level := root
		path := strings.Split(name, ".")
		for _, key := range path[:len(path)-1] {
			next, ok := level[key].(map[string]any)
			if !ok {
				next = map[string]any{}
				level[key] = next
			}
			level = next
		}
		level[path[len(path)-1]] = bare(value)
	}
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("configuration of the hooks: %v", err)) // maps of strings cannot fail
	}
	return data
}

// bare returns a number or a truth value as such, anything else as a string.
func bare(value string) any {
	var v any
	if json.Unmarshal([]byte(value), &v) == nil {
		return v
	}
	return value
}
