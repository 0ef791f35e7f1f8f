package cli

import (
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
)

func defaults() Config {
	return Config{Listen: "127.0.0.1:8880", APIKeys: []string{"mock-api-key"}, Journal: 10000, MaxMemory: 256,
		LogLevel: slog.LevelInfo}
}

// files returns a reader of these files.
func files(all map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if text, ok := all[name]; ok {
			return []byte(text), nil
		}
		return nil, errors.New(name + ": no such file")
	}
}

func TestWhereSettingsComeFrom(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		flags map[string][]string
		env   []string
		file  string
		want  func(*Config)
	}{
		"nothing given": {nil, nil, "", func(*Config) {}},
		"a flag": {map[string][]string{"listen": {"127.0.0.1:1"}}, nil, "", func(c *Config) {
			c.Listen = "127.0.0.1:1"
		}},
		"a variable": {nil, []string{"MOCKAUTHY_LISTEN=127.0.0.1:2"}, "", func(c *Config) {
			c.Listen = "127.0.0.1:2"
		}},
		"a file": {nil, nil, "listen: 127.0.0.1:3", func(c *Config) { c.Listen = "127.0.0.1:3" }},
		"JSON": {nil, nil, `{"listen": "127.0.0.1:3", "any_key": true}`, func(c *Config) {
			c.Listen, c.AnyKey = "127.0.0.1:3", true
		}},
		"flag before variable": {
			map[string][]string{"listen": {"127.0.0.1:1"}}, []string{
				"MOCKAUTHY_LISTEN=127.0.0.1:2"}, "listen: 127.0.0.1:3", func(c *Config) { c.Listen = "127.0.0.1:1" }},
		"variable before file": {
			nil, []string{"MOCKAUTHY_LISTEN=127.0.0.1:2"}, "listen: 127.0.0.1:3", func(c *Config) {
				c.Listen = "127.0.0.1:2"
			}},
		"an empty variable": {
			nil, []string{"MOCKAUTHY_LISTEN=", "MOCKAUTHY_SEED="}, "listen: 127.0.0.1:3", func(c *Config) {
				c.Listen = "127.0.0.1:3"
			}},
		"a list of flags": {map[string][]string{"api-key": {"a", "b"}}, nil, "", func(c *Config) {
			c.APIKeys = []string{"a", "b"}
		}},
		"a list in a variable": {nil, []string{"MOCKAUTHY_API_KEY=a,b"}, "", func(c *Config) {
			c.APIKeys = []string{"a", "b"}
		}},
		"a list in a file":        {nil, nil, "api-key: [a, b]", func(c *Config) { c.APIKeys = []string{"a", "b"} }},
		"one of a list in a file": {nil, nil, "api-key: a", func(c *Config) { c.APIKeys = []string{"a"} }},
		"underscores in a file": {nil, nil, "port_file: p\nlog-level: debug", func(c *Config) {
			c.PortFile, c.LogLevel = "p", slog.LevelDebug
		}},
		"a number as key": {nil, nil, "api-key: 0123", func(c *Config) { c.APIKeys = []string{"0123"} }},
		"only comments":   {nil, nil, "# nothing\n", func(*Config) {}},
		"what Kubernetes sets": {nil,
			[]string{"MOCKAUTHY_PORT=tcp://10.0.0.1:80", "MOCKAUTHY_SERVICE_HOST=10.0.0.1",
				"MOCKAUTHY_PORT_80_TCP_ADDR=10.0.0.1"}, "", func(*Config) {}},
		"other programs' things": {nil, []string{"AUTHY_API_KEY=x", "HOME=/root"}, "", func(*Config) {}},
		"exposed": {
			map[string][]string{"listen": {"0.0.0.0:80"}, "expose": {"true"}}, nil, "", func(c *Config) {
				c.Listen, c.Expose = "0.0.0.0:80", true
			}},
		"a switch turned off": {map[string][]string{"any-key": {"false"}}, []string{"MOCKAUTHY_ANY_KEY=1"}, "",
			func(*Config) {}},
		"localhost by name": {nil, []string{"MOCKAUTHY_LISTEN=localhost:0"}, "", func(c *Config) {
			c.Listen = "localhost:0"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags := map[string][]string{}
			for k, v := range row.flags {
				flags[k] = v
			}
			if row.file != "" {
				flags["config"] = []string{"mock.yaml"}
			}
			want := defaults()
			row.want(&want)
			if row.file != "" {
				want.File = "mock.yaml"
			}
			got, err := load(flags, row.env, files(map[string]string{"mock.yaml": row.file}))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v and %v, want %+v", got, err, want)
			}
		})
	}
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	flags := map[string][]string{"config": {"mock.yaml"}, "listen": {"8880"}, "port-file": {"a", "b"}}
	env := []string{"MOCKAUTHY_LOG_LEVEL=loud", "MOCKAUTHY_LISTN=x"}
	_, err := load(flags, env,
		files(map[string]string{"mock.yaml": "any-key: perhaps\napikey: a\nallow-host: {a: b}\nlog-format: [text]"}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"--listen", "--port-file: given 2 times", "MOCKAUTHY_LOG_LEVEL", `"loud"`,
		"MOCKAUTHY_LISTN",
		"mock.yaml: apikey: no such key", "mock.yaml: allow-host", "mock.yaml: log-format"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing about %s in:\n%v", want, err)
		}
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		flags map[string][]string
		file  string
		want  string
	}{
		"exposed by accident":       {map[string][]string{"listen": {"0.0.0.0:80"}}, "", "--expose"},
		"exposed by an empty host":  {map[string][]string{"listen": {":80"}}, "", "--expose"},
		"exposed by a name":         {map[string][]string{"listen": {"myhost:80"}}, "", "--expose"},
		"a port that is none":       {map[string][]string{"listen": {"127.0.0.1:70000"}}, "", "HOST:PORT"},
		"an empty key":              {map[string][]string{"api-key": {""}}, "", "visible"},
		"a key twice":               {map[string][]string{"api-key": {"a", "a"}}, "", "twice"},
		"a key with a newline":      {map[string][]string{"api-key": {"a\nb"}}, "", "visible"},
		"a switch that is none":     {nil, "any-key: maybe", "true or false"},
		"a host with a port":        {nil, "allow-host: mock:80", "host name"},
		"no such file":              {map[string][]string{"config": {"gone.yaml"}}, "", "no such file"},
		"a file that is no mapping": {nil, "- a\n- b", "keys and values"},
		"a file that is no YAML":    {nil, "a: [", "config mock.yaml"},
		"two documents":             {nil, "listen: 127.0.0.1:1\n---\nlisten: 127.0.0.1:2", "one document"},
		"a key in two spellings":    {nil, "any-key: true\nany_key: true", "two spellings"},
		"a key twice in the file":   {nil, "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2", "given twice"},
		"an unknown level": {map[string][]string{"log-level": {"trace"}}, "",
			"debug or info or warn or error"},
		"an unknown format":   {map[string][]string{"log-format": {"xml"}}, "", "text or json"},
		"a size that is none": {map[string][]string{"journal-size": {"-1"}}, "", "0 to 1000000"},
		"an empty file name":  {map[string][]string{"seed": {""}}, "", "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags := map[string][]string{}
			for k, v := range row.flags {
				flags[k] = v
			}
			if row.file != "" {
				flags["config"] = []string{"mock.yaml"}
			}
			_, err := load(flags, nil, files(map[string]string{"mock.yaml": row.file}))
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want something about %q", err, row.want)
			}
		})
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte("listen: 127.0.0.1:1\napi-key: [a, b]\n"))
	f.Add([]byte(`{"any-key": true, "allow-host": ["a"]}`))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("listen: &x 127.0.0.1:1\nseed: *x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := load(map[string][]string{"config": {"f"}}, nil, func(string) ([]byte, error) { return data, nil })
		if err != nil && err.Error() == "" {
			t.Fatal("an error without words")
		}
	})
}
