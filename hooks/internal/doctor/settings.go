package doctor

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Settings are the settings of an SFTPGo: its defaults, overridden by its configuration file, then
// by the environment. The REST API does not serve them. The rules were read in SFTPGo's source and
// tried on 2.7.5.
type Settings struct {
	File map[string]any    // the decoded file, keys in lower case; nil for none
	Env  map[string]string // the SFTPGO_ variables

	ConfigFile string // where File was read, "" for none
	Level      string // of SFTPGo's log, as it takes it: debug, info, warn, error
	LevelBy    string // why, for people
	LevelFlag  bool   // a flag says so
	UID        int    // whose process it is; -1 where that was not seen
	Root       string // where SFTPGo's file system is seen from here, "" where it is ours
	Dir        string // its configuration folder, "" where that was not seen
	Network    error  // why what SFTPGo reaches is not what is reached from here; nil where it is
	Doubt      error  // why these may not be the settings in force; nil where they are
}

// Path returns the path under which doctor sees a file that SFTPGo names.
func (s Settings) Path(name string) string { return filepath.Join(s.Root, name) }

// defaults are SFTPGo's defaults of the scalar settings that checks read. All others are "", 0 or
// false.
func defaultOf(key string) string {
	switch key {
	case "sftpd.keyboard_interactive_authentication", "sftpd.password_authentication":
		return "true"
	case "command.timeout", "common.defender.ban_time", "common.defender.observation_time":
		return "30"
	case "common.defender.threshold":
		return "15"
	case "common.defender.score_invalid":
		return "2"
	case "common.defender.score_valid":
		return "1"
	case "common.max_per_host_connections":
		return "20"
	}
	return ""
}

// envName returns the variable of a setting.
func envName(key string) string {
	return "SFTPGO_" + strings.ToUpper(strings.ReplaceAll(key, ".", "__"))
}

// Text returns a scalar setting as text.
func (s Settings) Text(key string) string {
	if value, ok := s.Env[envName(key)]; ok {
		return value
	}
	if value, ok := s.file(key); ok {
		return scalar(value)
	}
	return defaultOf(key)
}

// Bool returns a setting that is true or false. With anything else SFTPGo would not start, and it
// counts as false.
func (s Settings) Bool(key string) bool { return truth(s.Text(key)) }

// Int returns a number. With anything else SFTPGo would not start, and it counts as 0.
func (s Settings) Int(key string) int { return number(s.Text(key)) }

// List returns a list of texts: an array in the file, commas in the environment.
func (s Settings) List(key string) []string {
	if value, ok := s.Env[envName(key)]; ok {
		return split(value)
	}
	value, _ := s.file(key)
	return list(value)
}

// rawList is [Settings.List] as SFTPGo reads it: a variable is split at commas, and blanks stay.
func (s Settings) rawList(key string) []string {
	value, ok := s.Env[envName(key)]
	switch {
	case !ok:
		return s.List(key)
	case value == "":
		return nil
	}
	return strings.Split(value, ",")
}

// Element is one entry of a list of objects, such as httpd.bindings.
type Element struct {
	Index    int
	prefix   string // of its variables
	file     map[string]any
	env      map[string]string
	defaults map[string]string
}

// Elements returns the entries of a list of objects. SFTPGo also reads the first ten from the
// environment. The first entry of a list of bindings, and entries that only the environment has,
// start from defaults. required names the fields that the environment must set for its entry to
// count.
func (s Settings) Elements(key string, defaults map[string]string, required ...string) []Element {
	entries, _ := s.file(key)
	rows, _ := entries.([]any)
	var all []Element
	for i := 0; ; i++ {
		e := Element{Index: len(all), prefix: envName(key) + "__" + strconv.Itoa(i) + "__", env: s.Env}
		switch {
		case i < len(rows):
			e.file, _ = rows[i].(map[string]any)
			if i == 0 {
				e.defaults = defaults
			}
			if i >= 10 || e.lacks(required) {
				e.env = nil
			}
		case i == 0 && defaults != nil:
			e.defaults = defaults
		case i < 10 && e.inEnv() && !e.lacks(required):
			e.defaults = defaults
		case i < 10:
			continue
		default:
			return all
		}
		all = append(all, e)
	}
}

// lacks reports whether one of these fields is empty.
func (e Element) lacks(fields []string) bool {
	return slices.ContainsFunc(fields, func(field string) bool { return e.Text(field) == "" })
}

// inEnv reports whether a variable speaks of this entry.
func (e Element) inEnv() bool {
	for name := range e.env {
		if strings.HasPrefix(name, e.prefix) {
			return true
		}
	}
	return false
}

// Env returns the variable of a field; a field of a nested object has a dot.
func (e Element) Env(field string) string {
	return e.prefix + strings.ToUpper(strings.ReplaceAll(field, ".", "__"))
}

// Text returns a field as text.
func (e Element) Text(field string) string {
	if value, ok := e.env[e.Env(field)]; ok {
		return value
	}
	if value, ok := lookup(e.file, field); ok {
		return scalar(value)
	}
	return e.defaults[field]
}

// Bool returns a field that is true or false.
func (e Element) Bool(field string) bool {
	// In a list SFTPGo ignores a variable that it cannot read.
	if value, ok := e.env[e.Env(field)]; ok {
		if yes, err := strconv.ParseBool(strings.TrimSpace(value)); err == nil {
			return yes
		}
		e.env = nil
	}
	return truth(e.Text(field))
}

// Int returns a field that is a number.
func (e Element) Int(field string) int {
	if value, ok := e.env[e.Env(field)]; ok {
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
			return n
		}
		e.env = nil
	}
	return number(e.Text(field))
}

// List returns a field that is a list of texts.
func (e Element) List(field string) []string {
	if value, ok := e.env[e.Env(field)]; ok {
		return split(value)
	}
	value, _ := lookup(e.file, field)
	return list(value)
}

func (s Settings) file(key string) (any, bool) { return lookup(s.File, key) }

// lookup follows a dotted key.
func lookup(tree map[string]any, key string) (any, bool) {
	name, rest, deeper := strings.Cut(key, ".")
	value, ok := tree[name]
	if !deeper || !ok {
		return value, ok
	}
	branch, _ := value.(map[string]any)
	return lookup(branch, rest)
}

func scalar(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func list(v any) []string {
	switch v := v.(type) {
	case []any:
		out := make([]string, 0, len(v))
		for _, item := range v {
			out = append(out, scalar(item))
		}
		return out
	case string:
		return split(v)
	}
	return nil
}

func split(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func truth(text string) bool {
	yes, err := strconv.ParseBool(strings.TrimSpace(text))
	return err == nil && yes
}

// number reads a number as SFTPGo does: text may have a base, as in 0x1F and 017, and fractions are
// dropped.
func number(text string) int {
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return int(n)
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0
	}
	return int(n)
}
