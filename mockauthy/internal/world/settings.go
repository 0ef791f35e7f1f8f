package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/verify"
)

// Settings are those of a world's app and account.
type Settings struct {
	App    authy.Settings
	Verify verify.Settings
}

// Validate reports every invalid setting.
func (s Settings) Validate() error { return errors.Join(s.App.Validate(), s.Verify.Validate()) }

// Settings returns the current settings.
func (w *World) Settings() Settings { return Settings{w.App.Settings(), *w.Verify.Settings()} }

// UpdateSettings changes the settings. When change returns an error, or the result is invalid,
// nothing changes.
func (w *World) UpdateSettings(change func(*Settings) error) error {
	return w.App.UpdateSettings(func(app *authy.Settings) error {
		next := Settings{*app, *w.Verify.Settings()}
		if err := change(&next); err != nil {
			return err
		}
		if err := next.Validate(); err != nil {
			return err
		}
		*app = next.App
		return w.Verify.SetSettings(next.Verify)
	})
}

// Quirk is a named difference from the default behaviour that one word turns on: a combination of
// settings.
type Quirk struct {
	Name  string
	Doc   string // one line: what differs, and where it was seen
	Apply func(*Settings)
}

// Quirks returns the quirks of both engines, Authy's first, each ordered by name.
func Quirks() []Quirk {
	var all []Quirk
	for _, q := range authy.Quirks() {
		all = append(all, Quirk{q.Name, q.Doc, func(s *Settings) { q.Apply(&s.App) }})
	}
	for _, q := range verify.Quirks() {
		all = append(all, Quirk{q.Name, q.Doc, func(s *Settings) { q.Apply(&s.Verify) }})
	}
	return all
}

// ApplyQuirk turns on the quirk with that name.
func (s *Settings) ApplyQuirk(name string) error {
	var names []string
	for _, q := range Quirks() {
		if q.Name == name {
			q.Apply(s)
			return nil
		}
		names = append(names, q.Name)
	}
	slices.Sort(names)
	return fmt.Errorf("quirk %q is not known, want one of %s", name, strings.Join(names, ", "))
}
