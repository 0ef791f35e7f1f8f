package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/internal/prose"
)

// Cell is one combination that was tried.
type Cell struct{ Target, Hook, Door, Client string }

// Tried notes what came of a combination: an empty why means that a file went up and came back.
func (r *Results) Tried(cell Cell, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cells == nil {
		r.cells = map[Cell]string{}
	}
	r.cells[cell] = why
}

// Matrix writes what was tried as a document in Markdown: a table for each hook, a row for each
// client, a column for each target and door. No cell is empty: where nothing was tried the reason
// stands. It fails on a cell for which there is neither a result nor a reason.
func (r *Results) Matrix(w io.Writer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	b.WriteString("# Which client works with which hook\n\n" +
		"Written by a run of the scenarios (`E2E_MATRIX=docs/matrix.md go test -count=1 ./e2e`); do not edit. " +
		`"yes": the client logged in with a fresh code, uploaded a file and read it back. ` +
		"Doors: P is the hook as a program, H is hookd over HTTP. A client that is only named by its protocol " +
		"is a Go library: x/crypto/ssh with pkg/sftp, jlaffaye/ftp, gowebdav, net/http.\n\n")
	for _, l := range r.lines {
		if l.ran {
			fmt.Fprintf(&b, "* %s: %s\n", l.name, l.what)
		} else {
			fmt.Fprintf(&b, "* %s did not run: %s\n", l.name, l.what)
		}
	}
	notes := &notes{}
	var missing []string
	for _, hook := range []string{"keyint", "extauth", "checkpwd"} {
		fmt.Fprintf(&b, "\n## %s\n\n| protocol | client |", hook)
		for _, l := range r.lines {
			fmt.Fprintf(&b, " %s P | %s H |", l.name, l.name)
		}
		b.WriteString("\n| --- | --- |" + strings.Repeat(" --- |", 2*len(r.lines)) + "\n")
		for _, way := range client.All() {
			if impossible(hook, way) == "" || r.anyTried(hook, way) {
				fmt.Fprintf(&b, "| %s | %s |", protocol(way), way.Name)
				for _, l := range r.lines {
					for _, door := range []string{"program", "HTTP"} {
						text, ok := r.cell(l, Cell{l.name, hook, door, way.Name}, way, notes)
						if !ok {
							missing = append(missing,
								fmt.Sprintf("%s, %s door, %s on %s", hook, door, way.Name, l.name))
						}
						b.WriteString(" " + text + " |")
					}
				}
				b.WriteString("\n")
			}
		}
		b.WriteString("\nNot possible:\n\n")
		for _, way := range client.All() {
			if why := impossible(hook, way); why != "" && !r.anyTried(hook, way) {
				fmt.Fprintf(&b, "* %s: %s.\n", way.Name, why)
			}
		}
	}
	b.WriteString("\n## Reasons\n\n")
	for i, note := range notes.texts {
		fmt.Fprintf(&b, "%d. %s.\n", i+1, note)
	}
	if len(missing) > 0 {
		return fmt.Errorf("the matrix has cells without result or reason:\n%s", strings.Join(missing, "\n"))
	}
	_, err := io.WriteString(w, prose.Wrap(b.String()))
	return err
}

// cell returns the text of one cell, and whether there is one.
func (r *Results) cell(l *line, cell Cell, way client.Way, notes *notes) (string, bool) {
	why, tried := r.cells[cell]
	switch {
	case tried && why == "":
		return "yes", true
	case tried:
		return notes.no(why), true
	case !l.ran:
		return notes.no(l.name + " did not run: " + l.what), true
	case l.name == "embedded" && embeddedLacks(cell, way) != "":
		return notes.no(embeddedLacks(cell, way)), true
	case way.Missing():
		return notes.no(way.Program + " is not installed on the machine of this run"), true
	}
	return "", false
}

func (r *Results) anyTried(hook string, way client.Way) bool {
	for cell := range r.cells {
		if cell.Hook == hook && cell.Client == way.Name {
			return true
		}
	}
	return false
}

// notes are the reasons, each written once.
type notes struct{ texts []string }

func (n *notes) no(why string) string {
	i := slices.Index(n.texts, why)
	if i < 0 {
		n.texts = append(n.texts, why)
		i = len(n.texts) - 1
	}
	return fmt.Sprintf("no (%d)", i+1)
}

// impossible says why a client has no place with a hook at all; "" where it has one.
func impossible(hook string, way client.Way) string {
	prompts := way.Prompts()
	switch {
	case way.Name == "SFTP with key":
		return "a key alone gives no code, and is denied to such accounts"
	case hook == "keyint" && way.Protocol != "SSH":
		return "keyint lives at SSH prompts, and " + protocol(way) + " has none"
	case hook == "keyint" && !prompts:
		return "it types one password and sees no prompts"
	case hook == "extauth" && prompts:
		return "extauth takes the code as the password; prompts are denied to such accounts"
	case hook == "checkpwd" && prompts && way.Name != "SFTP with prompts":
		return "checkpwd takes password and code as the password; SFTPGo's own prompt for it is tried with " +
			"another client"
	}
	return ""
}

// embeddedLacks says why the hook host cannot serve a client that SFTPGo serves.
func embeddedLacks(cell Cell, way client.Way) string {
	switch {
	case way.Protocol == "HTTP":
		return "the hook host has no REST API and no web client"
	case strings.HasPrefix(way.Name, "FTPS"):
		return "the hook host has no TLS"
	case strings.HasPrefix(way.Name, "ssh and scp"):
		return "the hook host runs no SSH commands"
	case strings.Contains(way.Name, "with key"):
		return "the hook host has no multi-step logins"
	case way.Protocol == "DAV" && cell.Hook == "checkpwd":
		return "the hook host has no cache of WebDAV logins, so each request would take a fresh code"
	}
	return ""
}

// protocol is the way's protocol as people call it.
func protocol(way client.Way) string {
	switch {
	case strings.HasPrefix(way.Name, "FTPS"):
		return "FTPS"
	case way.Protocol == "DAV":
		return "WebDAV"
	case strings.HasPrefix(way.Name, "ssh and scp"):
		return "SSH"
	case way.Protocol == "SSH":
		return "SFTP"
	}
	return way.Protocol
}
