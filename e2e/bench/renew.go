package main

import (
	"fmt"
	"os"

	"sftpgo-authy/e2e/internal/target"
)

// renew puts a fresh copy in the place of each program hook. Two copies of one program differ by
// some percent, as the system happens to keep their pages: without this, a comparison would measure
// that.
func renew(programs map[kind]target.Programs) error {
	for _, p := range programs {
		for _, hook := range hooks {
			if err := recopy(p.Path(string(hook))); err != nil {
				return fmt.Errorf("renew %s: %w", hook, err)
			}
		}
	}
	return nil
}

// recopy replaces a program by its copy at once, so that whoever starts it meanwhile finds one of
// the two.
func recopy(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", text, 0o700); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
