package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// filler lays the tree of a document over a struct, and collects all that does not fit. A key
// without value leaves what was there.
type filler struct{ problems []string }

func (f *filler) fill(into *Config, tree any) { f.value(reflect.ValueOf(into).Elem(), tree, "") }

func (f *filler) wrong(name, format string, args ...any) {
	if name != "" {
		name += ": "
	}
	f.problems = append(f.problems, name+fmt.Sprintf(format, args...))
}

// value fills one field, whose name in full is name.
func (f *filler) value(into reflect.Value, value any, name string) {
	if value == nil {
		return
	}
	switch target := into.Addr().Interface().(type) {
	case *string:
		switch v := value.(type) {
		case string:
			*target = v
		case number:
			*target = string(v)
		default:
			f.wrong(name, "want text")
		}
	case *bool:
		if v, ok := value.(bool); ok {
			*target = v
		} else {
			f.wrong(name, "want true or false")
		}
	case *int:
		v, _ := value.(number)
		if n, err := strconv.Atoi(string(v)); err == nil && strconv.Itoa(n) == string(v) { // 010 and 1_0 mean this or that
			*target = n
		} else {
			f.wrong(name, "want a whole number")
		}
	case *time.Duration:
		v, _ := value.(string)
		if d, err := time.ParseDuration(v); err == nil {
			*target = d
		} else {
			f.wrong(name, "want a time with its unit, such as 90s or 15m")
		}
	case *[]string:
		f.list(target, value, name)
	default:
		f.object(into, value, name)
	}
}

func (f *filler) list(target *[]string, value any, name string) {
	items, ok := value.([]any)
	if !ok {
		f.wrong(name, "want a list")
	}
	list := make([]string, len(items))
	for i, item := range items {
		if list[i], ok = item.(string); !ok {
			f.wrong(fmt.Sprintf("%s[%d]", name, i), "want text")
		}
	}
	*target = list
}

func (f *filler) object(into reflect.Value, value any, name string) {
	members, ok := value.(object)
	if !ok {
		f.wrong(name, "want keys and values")
		return
	}
	seen := map[string]bool{}
	for _, m := range members {
		full := strings.TrimPrefix(name+"."+m.name, ".")
		field := settingOf(into, m.name)
		switch {
		case !field.IsValid():
			f.wrong("", "unknown key %s", full)
		case seen[m.name]:
			f.wrong(full, "stands there twice; want it once")
		default:
			f.value(field, m.value, full)
		}
		seen[m.name] = true
	}
}

// settingOf finds the field that a key names, in the struct or in those that it embeds; the zero
// Value where there is none.
func settingOf(s reflect.Value, key string) reflect.Value {
	for i := range s.NumField() {
		field := s.Type().Field(i)
		switch tag := field.Tag.Get("yaml"); {
		case field.Anonymous:
			if found := settingOf(s.Field(i), key); found.IsValid() {
				return found
			}
		case tag == key && tag != "-":
			return s.Field(i)
		}
	}
	return reflect.Value{}
}
