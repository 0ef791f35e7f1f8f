//go:build ignore

// manuals makes manual pages and shell completions of all programs, from what their --help says:
//
//	go run .ci/manuals.go FOLDER
//
// writes FOLDER/man, and FOLDER/bash, FOLDER/zsh and FOLDER/fish.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

// program is one of our programs. Those of section 8 are for who runs a server.
type program struct {
	Name, Section, About string
	Help                 page
	Commands             []page
}

var programs = []program{
	{Name: "keyint", Section: "8", About: "second factor of SFTPGo, asked for at its own prompt over SSH"},
	{Name: "extauth", Section: "8", About: "second factor of SFTPGo, in place of the password"},
	{Name: "checkpwd", Section: "8", About: "second factor of SFTPGo, behind the password"},
	{Name: "hookd", Section: "8", About: "second factor of SFTPGo, over HTTP"},
	{Name: "authyctl", Section: "8", About: "looks after the second factor of SFTPGo accounts"},
	{Name: "mockauthy", Section: "1", About: "stand-in for Twilio's Authy API, for tests"},
}

// Files returns the flags whose values are names of files, with a bar between them.
func (p program) Files() string {
	var names []string
	for _, c := range append(p.Commands, p.Help) {
		for _, f := range c.Flags {
			if f.File() && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return strings.Join(names, "|")
}

// page is what a program says about itself or about one of its commands.
type page struct {
	Command, About string // of a command
	Usage          string
	Text           []string // paragraphs
	Flags          []flag
}

type flag struct{ Name, Value, Usage string }

// File reports whether the value of the flag is the name of a file.
func (f flag) File() bool { return f.Value == "FILE" || f.Value == "SOCKET" }

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "error: want one folder")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	bin, err := os.MkdirTemp("", "manuals")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin)
	if _, err := output("go", "build", "-trimpath", "-o", bin+"/", "./mockauthy", "./hooks/..."); err != nil {
		return err
	}
	for _, p := range programs {
		if err := p.ask(filepath.Join(bin, p.Name)); err != nil {
			return err
		}
		files := map[string]string{
			"man/" + p.Name + "." + p.Section: manual,
			"bash/" + p.Name:                  bash, "zsh/_" + p.Name: zsh, "fish/" + p.Name + ".fish": fish,
		}
		for name, form := range files {
			name = filepath.Join(folder, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return err
			}
			var text strings.Builder
			if shell := filepath.Base(filepath.Dir(name)); p.Name == "mockauthy" && shell != "man" {
				made, err := output(filepath.Join(bin, p.Name), "completion", shell) // cobra's own
				if err != nil {
					return err
				}
				text.WriteString(made)
			} else if err := template.Must(template.New("").Funcs(quoting).Parse(form)).Execute(&text, p); err != nil {
				return err
			}
			if err := os.WriteFile(name, []byte(text.String()), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// ask has the program say its help, and that of its commands and of theirs.
func (p *program) ask(path string) error {
	help, err := output(path, "--help")
	if err != nil {
		return err
	}
	var names []string
	p.Help, names = read(help)
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		help, err := output(path, append(strings.Fields(name), "--help")...)
		if err != nil {
			return err
		}
		c, below := read(help)
		if c.Command = name; c.Usage == p.Help.Usage { // it has no help of its own
			p.Commands = append(p.Commands, page{Command: name, Flags: c.Flags})
			continue
		}
		c.About, c.Text = strings.TrimPrefix(c.Text[0], p.Name+" "+name+": "), c.Text[1:]
		p.Commands = append(p.Commands, c)
		for i := range below {
			below[i] = name + " " + below[i]
		}
		names = append(below, names...)
	}
	return nil
}

var (
	flagLine = regexp.MustCompile(`^ +(?:-\w, )?(--[\w-]+)(?: ([^ ]+))?(?: {2,}(.*))?$`)
	// A row of a list of commands.
	commandLine = regexp.MustCompile(`^  ([a-z]+)(?: \[?[A-Z]+\]?)? +[A-Za-z].*$`)
)

// read takes a help text apart.
func read(help string) (p page, commands []string) {
	text, flags, _ := strings.Cut(strings.Replace(help, "\nFlags:\n", "\nflags:\n", 1), "\nflags:\n")
	for line := range strings.Lines(flags) {
		line = strings.TrimRight(line, "\n")
		if m := flagLine.FindStringSubmatch(line); m != nil {
			p.Flags = append(p.Flags, flag{m[1], m[2], m[3]})
		} else if last := len(p.Flags) - 1; strings.HasPrefix(line, "        ") {
			p.Flags[last].Usage = strings.TrimSpace(p.Flags[last].Usage + " " + strings.TrimSpace(line))
		}
	}
	for paragraph := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		lower := strings.ToLower(paragraph)
		if strings.HasPrefix(lower, "usage:") {
			p.Usage = regexp.MustCompile(`(?m)^ +`).ReplaceAllString(strings.TrimSpace(paragraph[len("usage:"):]), "")
			if strings.Contains(p.Usage, "\nhookd healthcheck ") { // which has no list of commands
				commands = append(commands, "healthcheck")
			}
			continue
		}
		var found []string
		for line := range strings.Lines(paragraph) {
			if m := commandLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil && m[1] != "help" {
				found = append(found, m[1])
			}
		}
		whole := len(found) == strings.Count(paragraph, "\n")+1 && strings.Contains(p.Usage, " COMMAND ")
		if whole || strings.HasPrefix(lower, "available commands:") {
			commands = append(commands, found...)
		} else {
			p.Text = append(p.Text, paragraph)
		}
	}
	return p, commands
}

// output runs a program and returns what it prints.
func output(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", cmd, err)
	}
	return string(out), nil
}

var quoting = template.FuncMap{
	"roff": roff,
	// A paragraph is filled, unless its lines are drawn.
	"paragraph": func(text string) string {
		if regexp.MustCompile(`(?m)^ `).MatchString(text) {
			return ".PP\n.nf\n" + roff(text) + "\n.fi"
		}
		return ".PP\n" + roff(text)
	},
	"upper": strings.ToUpper,
	// In single quotes of a shell, for fish and zsh.
	"quoted": func(text string) string {
		return strings.NewReplacer(`'`, "’", `[`, "(", `]`, ")", `:`, "；", "\\", "").Replace(text)
	},
	"long": func(name string) string { return strings.TrimPrefix(name, "--") },
}

// roff returns text as groff understands it.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`).Replace(text)
	return regexp.MustCompile(`(?m)^([.'])`).ReplaceAllString(text, `\&$1`)
}

const manual = `.\" made from the program's --help
.TH {{upper .Name}} {{.Section}} "" "sftpgo-authy"
.SH NAME
{{.Name}} \- {{roff .About}}
.SH SYNOPSIS
.nf
{{if .Help.Usage}}{{roff .Help.Usage}}{{else}}{{.Name}} [flags]{{end}}
.fi
.SH DESCRIPTION
{{range .Help.Text}}{{paragraph .}}
{{end}}{{with .Help.Flags}}.SH OPTIONS
{{range .}}.TP
\fB{{roff .Name}}\fR{{with .Value}} \fI{{roff .}}\fR{{end}}
{{roff .Usage}}
{{end}}{{end}}{{if .Commands}}{{if (index .Commands 0).About}}.SH COMMANDS
{{end}}{{end}}{{with .Commands}}{{range .}}{{if .About}}.SS "{{roff .Command}}"
{{paragraph .About}}
.PP
.nf
{{roff .Usage}}
.fi
{{range .Text}}{{paragraph .}}
{{end}}{{range .Flags}}.TP
\fB{{roff .Name}}\fR{{with .Value}} \fI{{roff .}}\fR{{end}}
{{roff .Usage}}
{{end}}{{end}}{{end}}{{end}}`

const bash = `# made from the program's --help
_{{.Name}}() {
  local words='{{range .Help.Flags}}{{.Name}} {{end}}' cur=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  case "${COMP_WORDS[1]}" in
{{range .Commands}}    {{.Command}}) words='{{range .Flags}}{{.Name}} {{end}}' ;;
{{end}}    {{if .Commands}}*) [ "$COMP_CWORD" -gt 1 ] || words="{{range .Commands}}{{.Command}} {{end}}$words" ;;
{{end}}  esac
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    {{.Files}})
      mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
  esac
}
complete -o filenames -F _{{.Name}} {{.Name}}
`

const zsh = `#compdef {{.Name}}
# made from the program's --help
{{define "flags"}}{{range .}} \
      '{{.Name}}[{{quoted .Usage}}]{{with .Value}}:{{.}}:{{end}}{{if .File}}_files{{end}}'{{end}}{{end -}}
{{if .Commands}}if (( CURRENT == 2 )); then
  local -a commands=({{range .Commands}}
    '{{.Command}}:{{quoted .About}}'{{end}})
  _describe command commands
fi
case $words[2] in
{{range .Commands}}  {{.Command}})
    shift words; (( CURRENT-- ))
    _arguments{{template "flags" .Flags}} ;;
{{end}}  *){{with .Help.Flags}}
    _arguments{{template "flags" .}}{{end}} ;;
esac
{{else}}_arguments{{template "flags" .Help.Flags}}
{{end}}`

const fish = `# made from the program's --help
{{$p := .Name}}{{range .Help.Flags}}complete -c {{$p}} -l {{long .Name}} -d '{{quoted .Usage}}'{{if .Value}} -r{{end}}
{{end}}{{range .Commands}}complete -c {{$p}} -f -n __fish_use_subcommand -a {{.Command}} -d '{{quoted .About}}'
{{$c := .Command}}{{range .Flags}}complete -c {{$p}} -n '__fish_seen_subcommand_from {{$c}}' -l {{long .Name}} -d '{{quoted .Usage}}'{{if .Value}} -r{{end}}
{{end}}{{end}}`
