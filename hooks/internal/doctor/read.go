package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const maxFile = 1 << 20 // SFTPGo passes over larger environment files too

// ReadSettings reads the settings of an SFTPGo from its configuration file ("" for none) and the environments given, of which an
// earlier one counts more. The folder env.d of SFTPGo's configuration folder counts least, as it does for SFTPGo.
func ReadSettings(file string, envs ...map[string]string) (Settings, error) {
	s := Settings{Env: map[string]string{}}
	if file != "" {
		tree, err := readTree(file)
		if err != nil {
			return s, err
		}
		s.File = tree
	}
	for i := len(envs) - 1; i >= 0; i-- {
		maps.Copy(s.Env, envs[i])
	}
	envd, err := readEnvd(file, s.Env["SFTPGO_CONFIG_DIR"])
	if err != nil {
		return s, err
	}
	for name, value := range envd {
		if _, there := s.Env[name]; !there {
			s.Env[name] = value
		}
	}
	maps.DeleteFunc(s.Env, func(name, _ string) bool { return !strings.HasPrefix(name, "SFTPGO_") })
	return s, nil
}

// readEnvd reads the folder env.d of SFTPGo's configuration folder: the one that its environment names, else that of its file.
func readEnvd(file, dir string) (map[string]string, error) {
	if !filepath.IsAbs(dir) {
		dir = filepath.Dir(file)
	}
	path := filepath.Join(dir, "env.d")
	if !filepath.IsAbs(dir) && file == "" || !isDir(path) {
		return nil, nil
	}
	return ReadEnv(path)
}

// readTree reads a configuration file in JSON or YAML.
func readTree(file string) (map[string]any, error) {
	switch ext := filepath.Ext(file); ext {
	case ".json", ".yaml", ".yml":
	default:
		return nil, fmt.Errorf("sftpgo configuration %s: a %q file is not understood; want JSON or YAML", file, ext)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("sftpgo configuration: %w", err)
	}
	var tree map[string]any
	// JSON may be indented with tabs, YAML may not.
	if err := yaml.Unmarshal(bytes.ReplaceAll(text, []byte("\t"), []byte(" ")), &tree); err != nil {
		return nil, fmt.Errorf("sftpgo configuration %s: is neither JSON nor YAML", file)
	}
	lowered, _ := lower(tree).(map[string]any)
	return lowered, nil
}

// ReadEnv reads variables from a file of NAME=value lines, or from all files of a folder, of which the first
// counts.
func ReadEnv(path string) (map[string]string, error) {
	if !isDir(path) {
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
		return nil, fmt.Errorf("environment %s: is larger than 1 MiB; sftpgo passes over it", path)
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

// ParseEnv reads NAME=value lines: comments, "export", and values in single or double quotes. A value that refers to another
// variable is an error, for its text is not what counts.
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

// ReadProcess reads the environment that a running process was started with. Only its own user and root may.
func ReadProcess(pid int) (map[string]string, error) {
	entries, err := readProc(pid, "environ")
	if err != nil {
		return nil, err
	}
	env := map[string]string{}
	for _, entry := range entries {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return env, nil
}

// ReadArguments reads what a running process was started with, its own name first.
func ReadArguments(pid int) ([]string, error) { return readProc(pid, "cmdline") }

// readProc reads a list of texts that the system shows of a process.
func readProc(pid int, file string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), file))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("process %d: is not there, or this system has no /proc", pid)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("process %d: its environment is for its own user and root; run as one of them", pid)
	case err != nil:
		return nil, fmt.Errorf("process %d: %w", pid, err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00"), nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
