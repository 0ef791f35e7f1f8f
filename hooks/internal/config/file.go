package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"sftpgo-authy/hooks/internal/safefile"
)

// readFile lays the file over c.
func (c *Config) readFile(path string, p *problems) {
	if !filepath.IsAbs(path) {
		p.add("config %q: is a relative path; want an absolute one, hooks run in any folder", path)
		return
	}
	text, err := safefile.Read(path, safefile.Public, maxFile)
	if err != nil {
		p.add("config %s: %w", path, err)
		return
	}
	for _, problem := range c.decode(text) {
		p.add("config %s: %s", path, problem)
	}
	if c.APIKey == "" && c.Hookd.Secret == "" && !strings.Contains(c.Hookd.RedisURL, "@") {
		return
	}
	// With a secret inside it is a key file as well.
	if info, err := os.Stat(path); err == nil {
		if err := safefile.Check(info, safefile.Secret); err != nil {
			p.add("config %s: holds a secret: %w", path, err)
		}
	}
}

// decode lays YAML or JSON text over c and gives all that is wrong with it.
func (c *Config) decode(text []byte) []string {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		var err error
		if text, err = jsonToYAML(text); err != nil {
			return []string{err.Error()}
		}
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	err := dec.Decode(c)
	var wrong *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF): // nothing but comments
		return nil
	case errors.As(err, &wrong):
		list := make([]string, len(wrong.Errors))
		for i, text := range wrong.Errors {
			list[i] = withoutValue(text)
		}
		return list
	case err != nil:
		return []string{err.Error()}
	}
	if dec.Decode(new(any)) != io.EOF {
		return []string{"has a second document; want one"}
	}
	return nil
}

// withoutValue rewords an error of the decoder. The value that it quotes may be a secret in the wrong place. The expressions are compiled
// here, for a program that starts with each login has no time for those that it will not use.
func withoutValue(text string) string {
	unknownField := regexp.MustCompile(`field (\S+) not found in type \S+`)
	value := regexp.MustCompile(" `[^`]*`")
	return value.ReplaceAllString(unknownField.ReplaceAllString(text, "unknown key $1"), "")
}

// jsonToYAML rewrites JSON as YAML, so that one decoder reads both. (JSON is YAML almost, but for tabs and surrogates.)
func jsonToYAML(text []byte) ([]byte, error) {
	if !jsontext.Value(text).IsValid() {
		return nil, errors.New("is not valid JSON, or has a key twice")
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, errors.New("is not valid JSON")
	}
	return yaml.Marshal(doc)
}
