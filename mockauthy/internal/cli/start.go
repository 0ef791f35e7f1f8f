package cli

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/certs"
	"sftpgo-authy/mockauthy/internal/control"
	"sftpgo-authy/mockauthy/internal/document"
	"sftpgo-authy/mockauthy/internal/server"
	"sftpgo-authy/mockauthy/mockapi"
)

// prepare is load and startState in one, so that all mistakes are told at once.
func prepare(flags map[string][]string, environ []string) (Config, mockapi.State, error) {
	c, err := load(flags, environ, readBounded)
	state, more := startState(c)
	return c, state, errors.Join(err, more)
}

// startState makes what every world starts with: the seed file, or the ready-made user, with what
// --quirk and --set say. The error joins everything that is wrong.
func startState(c Config) (mockapi.State, error) {
	state, err := seedState(c.Seed)
	errs := []error{err}
	for _, name := range c.Quirks {
		settings := control.WorldSettings(state.Settings)
		if err := settings.ApplyQuirk(name); err != nil {
			errs = append(errs, fmt.Errorf("--quirk: %w", err))
		}
		state.Settings = control.SettingsOf(settings)
	}
	for _, assignment := range c.Set {
		next := state.Settings
		if err := assign(&next, assignment); err != nil {
			errs = append(errs, fmt.Errorf("--set %s: %w", assignment, err))
			continue
		}
		state.Settings = next
	}
	return state, errors.Join(errs...)
}

func seedState(file string) (mockapi.State, error) {
	if file == "" {
		state := control.NewState()
		state.Users = append(state.Users, alice())
		return state, nil
	}
	state, err := readState(file)
	if err != nil {
		return control.NewState(), fmt.Errorf("--seed %w", err)
	}
	return state, nil
}

// readState reads a world from a YAML or JSON file.
func readState(file string) (mockapi.State, error) {
	state := control.NewState()
	data, err := readBounded(file)
	if err != nil {
		return state, err
	}
	if err := document.YAML(data, &state); err != nil {
		return state, fmt.Errorf("%s: %w", file, err)
	}
	return state, nil
}

// assign changes one setting by its path in JSON: "include_device=false", "totp.app.past=2",
// "delete_grace=24h".
func assign(settings *mockapi.Settings, assignment string) error {
	path, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("want NAME=VALUE such as delete_grace=24h")
	}
	names := strings.Split(path, ".")
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if !json.Valid([]byte(value)) {
		err = merge(settings, names, text)
	} else if err = merge(settings, names, []byte(value)); err != nil && merge(settings, names, text) == nil {
		err = nil // digits that are meant as text
	}
	return errors.Join(err, control.WorldSettings(*settings).Validate())
}

// merge puts a JSON value at a path into the settings, or changes nothing.
func merge(settings *mockapi.Settings, names []string, value []byte) error {
	for _, name := range slices.Backward(names) {
		quoted, err := json.Marshal(name)
		if err != nil {
			return err
		}
		value = fmt.Appendf(nil, "{%s:%s}", quoted, value)
	}
	next := *settings
	if err := document.JSON(value, &next); err != nil {
		return err
	}
	*settings = next
	return nil
}

// secure adds what https needs to the options: the certificate and key of the given files,
// or one of an authority of our own.
func secure(o *server.Options, c Config, now time.Time) error {
	if c.TLSListen == "" && c.ProxyListen == "" {
		return nil
	}
	o.TLSListen, o.ProxyListen = c.TLSListen, c.ProxyListen
	if c.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return fmt.Errorf("--tls-cert, --tls-key: %w", err)
		}
		if o.CA, err = os.ReadFile(c.TLSCert); err != nil {
			return fmt.Errorf("--tls-cert: %w", err)
		}
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
			Certificates: []tls.Certificate{pair}}
		return nil
	}
	authority, err := openAuthority(c, now)
	if err != nil {
		return fmt.Errorf("--tls-ca: %w", err)
	}
	o.CA = authority.PEM()
	o.TLS, err = authority.TLSConfig(now)
	return err
}

func openAuthority(c Config, now time.Time) (*certs.Authority, error) {
	if c.TLSCA == "" {
		return certs.New(c.TLSHosts, now)
	}
	return certs.Open(c.TLSCA, c.TLSHosts, now)
}
