package config

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/tunnel"
)

// visible are the text settings that [Config.Effective] shows, besides paths and questions, which
// it recognizes by their names. Every other text is taken for a secret, so that a new setting is
// one until somebody adds it here.
var visible = []string{
	"api_url", "sftpgo_url", "audit", "on_audit_failure", "on_no_answer", "unmapped.keyint", "unmapped.checkpwd",
	"checkpwd.separator", "push.message", "hookd.listen", "hookd.on_store_failure", "hookd.admin_socket",
	"hookd.admin_listen",
	"proxyfrom", "provider", "totp.issuer", "totp.algorithm", "verify.account_sid", "verify.api_key_sid",
	"verify.service_sid", "verify.proxyfrom",
}

// Effective returns the settings in force by their keys, with dots, and without secrets: text,
// numbers, true or false, times as text, and lists of text. User, password and query are removed
// from addresses.
func (c Config) Effective() map[string]any {
	all := map[string]any{}
	c.walk(func(key string, field reflect.Value) {
		switch v := field.Interface().(type) {
		case bool, int:
			all[key] = v
		case time.Duration:
			all[key] = v.String()
		case []string:
			all[key] = slices.Clone(v)
		case *tunnel.Proxy:
			if v != nil {
				all[key] = v.String()
			}
		case string:
			if strings.HasSuffix(key, "url") && v != "" {
				all[key] = bareURL(v)
			} else if slices.Contains(visible, key) || strings.HasSuffix(key, "_file") ||
				strings.HasSuffix(key, "_question") {
				all[key] = v
			}
		}
	})
	return all
}

// bareURL removes from an address what may be secret.
func bareURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable)"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// Secrets returns what can be said of the secrets without giving them away, by their keys. Secrets
// that are not set are left out.
func (c Config) Secrets() map[string]Strength {
	all := map[string]Strength{}
	for key, secret := range map[string]string{
		"api_key": c.APIKey, "sftpgo_api_key": c.SFTPGoAPIKey, "hookd.secret": c.Hookd.Secret,
		"verify.secret":         c.Verify.Secret,
		"hookd.previous_secret": c.Hookd.PreviousSecret,
	} {
		if secret != "" {
			all[key] = StrengthOf(secret)
		}
	}
	return all
}

// Restore returns the configuration that [Config.Effective] described, without its secrets. It
// ignores keys that this version does not know.
func Restore(effective map[string]any) Config {
	var c Config
	c.walk(func(key string, field reflect.Value) {
		switch into := field.Addr().Interface().(type) {
		case *string:
			*into, _ = effective[key].(string)
		case *bool:
			*into, _ = effective[key].(bool)
		case *int:
			switch n := effective[key].(type) {
			case int:
				*into = n
			case float64: // out of JSON
				*into = int(n)
			}
		case *time.Duration:
			text, _ := effective[key].(string)
			*into, _ = time.ParseDuration(text)
		case *[]string:
			*into = texts(effective[key])
		case **tunnel.Proxy:
			text, _ := effective[key].(string)
			*into, _ = tunnel.Parse(text)
		}
	})
	return c
}

// texts returns a list of text, whether it was read from JSON or not.
func texts(value any) []string {
	if list, ok := value.([]string); ok {
		return list
	}
	items, _ := value.([]any)
	var list []string
	for _, item := range items {
		text, _ := item.(string)
		list = append(list, text)
	}
	return list
}

// Differences returns the keys of the settings that differ between a and b, in the order of the
// file. It compares secrets as well.
func Differences(a, b Config) []string {
	var keys []string
	values := map[string]any{}
	a.walk(func(key string, field reflect.Value) { values[key] = field.Interface() })
	b.walk(func(key string, field reflect.Value) {
		was, is := reflect.ValueOf(values[key]), field
		empty := is.Kind() == reflect.Slice && is.Len() == 0 && was.Len() == 0
		if !empty && !reflect.DeepEqual(was.Interface(), is.Interface()) {
			keys = append(keys, key)
		}
	})
	return keys
}

// walk visits every setting with its key.
func (c *Config) walk(visit func(key string, field reflect.Value)) {
	walk(reflect.ValueOf(c).Elem(), "", visit)
}

func walk(s reflect.Value, prefix string, visit func(string, reflect.Value)) {
	for i := range s.NumField() {
		field := s.Type().Field(i)
		key := field.Tag.Get("yaml")
		switch {
		case field.Anonymous:
			walk(s.Field(i), prefix, visit)
			continue
		case key == "-" || key == "": // filled in by Load
			key = strings.ToLower(field.Name)
		}
		if s.Field(i).Kind() == reflect.Struct {
			walk(s.Field(i), prefix+key+".", visit)
			continue
		}
		visit(prefix+key, s.Field(i))
	}
}
