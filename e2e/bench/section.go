package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"sftpgo-authy/internal/prose"
)

// The lines between which the section of the hooks lies. Everything else in the file is somebody
// else's.
const (
	sectionBegin = "<!-- hooks: written by `make bench` -->"
	sectionEnd   = "<!-- hooks: end -->"
)

// replaceSection puts text between the two lines of a file, or at the end of one that has not got
// them.
func replaceSection(path, text string) error {
	old, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		old, err = []byte("# Performance\n"), nil
	}
	if err != nil {
		return err
	}
	replaced, err := between(string(old), text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(replaced), 0o644)
}

// between returns document with text between its two lines, each of which must stand there once and
// in order, or not at all.
func between(document, text string) (string, error) {
	section := sectionBegin + "\n\n" + prose.Wrap(strings.TrimSpace(text)) + "\n\n" + sectionEnd + "\n"
	if !strings.Contains(document, sectionBegin) && !strings.Contains(document, sectionEnd) {
		return strings.TrimRight(document, "\n") + "\n\n## Hooks\n\n" + section, nil
	}
	head, rest, found := strings.Cut(document, sectionBegin+"\n")
	inside, tail, ended := strings.Cut(rest, sectionEnd+"\n")
	if !found || !ended || strings.Contains(inside+tail, sectionBegin) || strings.Contains(head+tail, sectionEnd) {
		return "", fmt.Errorf("want the lines %q and %q once each and in this order", sectionBegin, sectionEnd)
	}
	return head + section + tail, nil
}
