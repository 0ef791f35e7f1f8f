//go:build ignore

// module gives the module another path, in go.mod, imports, documents, images and workflows:
//
//	go run .ci/module.go github.com/OWNER/NAME
//
// Until somebody has published this repository, its path cannot be fetched, and documents write
// OWNER in place of who will. It runs again if the repository moves.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"unicode/utf8"
)

func main() {
	if err := move(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

// move rewrites every file of the checkout in the current folder.
func move(args []string) error {
	if len(args) != 1 || !regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+/[\w.-]+/[\w.-]+$`).MatchString(args[0]) {
		return fmt.Errorf("module path %q; want MODULE=github.com/OWNER/NAME", args)
	}
	path, err := output("go", "list", "-m")
	if err != nil {
		return err
	}
	files, err := output("git", "ls-files", "-z")
	if err != nil {
		return err
	}
	change := replacer(path, args[0])
	for name := range strings.SplitSeq(strings.Trim(files, "\x00"), "\x00") {
		old, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if changed := change(old); utf8.Valid(old) && !bytes.Equal(old, changed) {
			if err := os.WriteFile(name, changed, 0o644); err != nil { // which keeps the mode
				return err
			}
		}
	}
	if _, err := output("go", "mod", "edit", "-module="+args[0]); err != nil {
		return err
	}
	_, err = output("gofmt", "-w", ".") // imports are sorted by their paths
	return err
}

// replacer returns what turns the text of a file from one path of the module to another.
func replacer(from, to string) func([]byte) []byte {
	repository := regexp.MustCompile(`^[^/]*/`) // all but the host
	published := from
	if !strings.Contains(from, "/") {
		published = "github.com/OWNER" + "/" + from // in two parts, as this file is rewritten too
	}
	quoted := regexp.MustCompile("([\"`])" + regexp.QuoteMeta(from) + "/")
	address := regexp.MustCompile(regexp.QuoteMeta(published) + `\b`)
	image := regexp.MustCompile(`(?i)\bghcr\.io/` + regexp.QuoteMeta(repository.ReplaceAllString(published, "")) + `\b`)
	name := regexp.MustCompile(`\b` + regexp.QuoteMeta(repository.ReplaceAllString(published, "")) + `\b`)
	return func(text []byte) []byte {
		text = quoted.ReplaceAll(text, []byte("${1}"+to+"/"))
		text = address.ReplaceAll(text, []byte(to))
		text = image.ReplaceAll(text, []byte("ghcr.io/"+strings.ToLower(repository.ReplaceAllString(to, ""))))
		return name.ReplaceAll(text, []byte(repository.ReplaceAllString(to, "")))
	}
}

// output runs a program and returns what it prints.
func output(program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", cmd, err)
	}
	return strings.TrimSpace(string(out)), nil
}
