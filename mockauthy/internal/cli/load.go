package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"sftpgo-authy/internal/yamltext"
)

// source says where values come from, for messages.
type source struct {
	name   string // "--listen", "MOCKAUTHY_LISTEN", "config mock.yaml: listen"
	values []string
}

// maxConfig bounds a configuration or seed file in bytes.
const maxConfig = 64 << 20

// load makes the configuration out of the flags that were given, the environment and the file that
// either names. Precedence is flag, variable, file, default. The error joins everything that is
// wrong.
func load(flags map[string][]string, environ []string, readFile func(string) ([]byte, error)) (Config, error) {
	table := settings()
	var errs []error
	env, unknown := environment(table, environ)
	errs = append(errs, unknown...)

	var file map[string]source
	name, ok := firstOf(flags["config"], env["config"])
	if ok {
		var err error
		if file, err = configFile(table, name, readFile); err != nil {
			errs = append(errs, err)
		}
	}
	c := Config{File: name}
	for _, s := range table {
		from := source{name: "default of --" + s.name, values: []string{s.fallback}}
		switch f, given := file[s.name]; {
		case flags[s.name] != nil:
			from = source{name: "--" + s.name, values: flags[s.name]}
		case env[s.name] != nil:
			from = source{name: s.env(), values: env[s.name]}
		case given:
			from = f
		case s.fallback == "":
			continue
		}
		if len(from.values) > 1 && !s.many {
			errs = append(errs, fmt.Errorf("%s: given %d times, want it once", from.name, len(from.values)))
			continue
		}
		if err := s.set(&c, from.values); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", from.name, err))
		}
	}
	if len(errs) == 0 {
		errs = append(errs, c.check())
	}
	return c, errors.Join(errs...)
}

// check finds settings that do not go together.
func (c *Config) check() error {
	var errs []error
	for _, a := range []struct{ flag, addr string }{{"--listen", c.Listen}, {"--tls-listen", c.TLSListen},
		{"--proxy-listen", c.ProxyListen}} {
		if a.addr != "" && !c.Expose && !loopback(a.addr) {
			errs = append(errs,
				fmt.Errorf("%s %s: other machines could reach this mock; add --expose if that is intended, or "+
					"listen on 127.0.0.1", a.flag, a.addr))
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		errs = append(errs,
			errors.New("--tls-cert and --tls-key: one is given without the other, want both or neither"))
	}
	if c.TLSCert != "" && (c.TLSCA != "" || c.TLSHosts != nil) {
		errs = append(errs,
			errors.New("--tls-cert: a given certificate needs no authority, leave out --tls-ca and --tls-host"))
	}
	if c.TLSListen == "" && c.ProxyListen == "" && (c.TLSCert != "" || c.TLSCA != "" || c.TLSHosts != nil) {
		errs = append(errs,
			errors.New("--tls-cert, --tls-ca, --tls-host: nothing speaks https, add --tls-listen or --proxy-listen"))
	}
	return errors.Join(errs...)
}

func firstOf(lists ...[]string) (string, bool) {
	for _, l := range lists {
		if len(l) > 0 {
			return l[0], true
		}
	}
	return "", false
}

// environment picks the variables of the table. Others that begin like ours are errors, except
// those that container engines set for a service which is called mockauthy.
func environment(table []setting, environ []string) (map[string][]string, []error) {
	names := map[string]setting{envPrefix + "CONFIG": {name: "config"}}
	for _, s := range table {
		names[s.env()] = s
	}
	found, errs := map[string][]string{}, []error(nil)
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		s, known := names[name]
		switch {
		case !known && !linked(name):
			errs = append(errs, fmt.Errorf("%s: no such variable, want one of %s", name,
				strings.Join(slices.Sorted(maps.Keys(names)), ", ")))
		case !known || value == "": // an empty variable is as good as none: compose files pass them on
		case s.many:
			found[s.name] = strings.Split(value, ",")
		default:
			found[s.name] = []string{value}
		}
	}
	return found, errs
}

// linked says whether a variable is one that Kubernetes or Docker links make out of the name of a
// service.
func linked(name string) bool {
	rest := strings.TrimPrefix(name, envPrefix)
	return rest == "PORT" || rest == "NAME" || rest == "URL" || strings.HasPrefix(rest, "PORT_") ||
		strings.HasPrefix(rest, "SERVICE_") || strings.HasPrefix(rest, "ENV_")
}

// configFile reads a YAML or JSON object whose keys are the names of the table.
func configFile(table []setting, name string, readFile func(string) ([]byte, error)) (map[string]source, error) {
	data, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	found, err := parseConfig(table, name, data)
	return found, err
}

func parseConfig(table []setting, name string, data []byte) (map[string]source, error) {
	if len(data) > maxConfig {
		return nil, fmt.Errorf("config %s: %d bytes, want at most %d", name, len(data), maxConfig)
	}
	keys, err := keysOf(data)
	if err != nil {
		return nil, fmt.Errorf("config %s: %w", name, err)
	}
	found, errs := map[string]source{}, []error(nil)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		where := fmt.Sprintf("config %s: %s", name, key)
		i := slices.IndexFunc(table, func(s setting) bool {
			return s.name == key || strings.ReplaceAll(s.name, "-", "_") == key
		})
		if i < 0 {
			errs = append(errs, fmt.Errorf("%s: no such key, want one of %s", where, strings.Join(names(table), ", ")))
			continue
		}
		values, err := scalars(keys[key], table[i].many)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
			continue
		}
		if _, twice := found[table[i].name]; twice {
			errs = append(errs, fmt.Errorf("%s: given in two spellings, want one", where))
		}
		found[table[i].name] = source{name: where, values: values}
	}
	return found, errors.Join(errs...)
}

// keysOf returns the values of a document's keys.
func keysOf(data []byte) (map[string]ast.Node, error) {
	root, err := yamltext.Parse(data)
	if err != nil {
		return nil, err
	}
	mapping, ok := root.(*ast.MappingNode)
	if root != nil && !ok {
		return nil, errors.New("want keys and values such as listen: 127.0.0.1:8880")
	}
	keys := map[string]ast.Node{}
	if root == nil {
		return keys, nil
	}
	for _, pair := range mapping.Values {
		key := pair.Key.GetToken().Value
		if _, twice := keys[key]; twice {
			return nil, fmt.Errorf("%s: given twice, want it once", key)
		}
		keys[key] = pair.Value
	}
	return keys, nil
}

// scalars returns the plain value of a node, or those of a list where many may be given.
func scalars(node ast.Node, many bool) ([]string, error) {
	if value, ok := scalar(node); ok {
		return []string{value}, nil
	}
	list, ok := node.(*ast.SequenceNode)
	if !ok || !many || len(list.Values) == 0 {
		if many {
			return nil, errors.New("want a value or a list of values")
		}
		return nil, errors.New("want one value")
	}
	var out []string
	for _, item := range list.Values {
		value, ok := scalar(item)
		if !ok {
			return nil, errors.New("want a list of plain values")
		}
		out = append(out, value)
	}
	return out, nil
}

// scalar returns a plain value as it is written.
func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case nil, *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return node.GetToken().Value, true
	}
	return "", false
}

func names(table []setting) []string {
	out := make([]string, len(table))
	for i, s := range table {
		out[i] = s.name
	}
	return out
}
