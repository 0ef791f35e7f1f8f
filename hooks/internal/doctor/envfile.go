package doctor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ReadEnv reads variables from a file of NAME=value lines, or from all files of a folder, of which
// the first counts.
func ReadEnv(path string) (map[string]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("environment: %w", err)
	}
	if !info.IsDir() {
		return readEnvFile(path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("environment %s: %w", path, err)
	}
	env := map[string]string{}
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue
		}
		more, err := readEnvFile(filepath.Join(path, entry.Name()))
		if err != nil {
			return nil, err
		}
		for name, value := range more {
			if _, there := env[name]; !there {
				env[name] = value
			}
		}
	}
	return env, nil
}

func readEnvFile(path string) (map[string]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("environment: %w", err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("environment %s: is larger than 1 MiB; sftpgo ignores it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("environment: %w", err)
	}
	env, err := ParseEnv(string(text))
	if err != nil {
		return nil, fmt.Errorf("environment %s: %w", path, err)
	}
	return env, nil
}

// ParseEnv reads NAME=value lines: comments, "export", and values in single or double quotes. A
// value that refers to another variable is an error, for its text is not what counts.
func ParseEnv(text string) (map[string]string, error) {
	env := map[string]string{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "export ")), "=")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.ContainsAny(name, " \t\"'") {
			return nil, fmt.Errorf("line %d: want NAME=value", n)
		}
		got, err := unquote(strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("line %d, %s: %w", n, name, err)
		}
		env[name] = got
	}
	return env, nil
}

func unquote(value string) (string, error) {
	refers := func(s string) error {
		if strings.HasPrefix(s, "$") || strings.Contains(s, "${") {
			return errors.New("refers to another variable; write the value itself")
		}
		return nil
	}
	switch {
	case len(value) > 1 && value[0] == '\'' && strings.HasSuffix(value, "'"):
		return value[1 : len(value)-1], nil
	case len(value) > 1 && value[0] == '"' && strings.HasSuffix(value, "\""):
		inner := strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\n`, "\n").Replace(value[1 : len(value)-1])
		return inner, refers(inner)
	}
	if at := strings.Index(value, " #"); at >= 0 {
		value = strings.TrimSpace(value[:at])
	}
	return value, refers(value)
}
