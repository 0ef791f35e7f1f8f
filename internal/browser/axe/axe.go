// Package axe looks at a page in a [browser.Window] with axe-core, which knows the rules of WCAG 2
// and what screen readers make of a page that breaks them.
package axe

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/internal/npm"
)

//go:embed package.json
var manifest []byte

//go:embed package-lock.json
var lock []byte

// Checker holds axe-core. Make one with [Load].
type Checker struct{ script string }

// Load fetches axe-core once for each lock file. Where that cannot be done the test is skipped.
func Load(t testing.TB) Checker {
	t.Helper()
	dir := npm.Install(t, npm.Set{Name: "axe", Manifest: manifest, Lock: lock})
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return Checker{script: string(script)}
}

// Violation is one rule that one element breaks.
type Violation struct {
	Rule, Help string // label-content-name-mismatch, and what it wants
	Where      string // a selector of the element
	HTML       string
	Why        string
}

// String says which element breaks which rule, and what would satisfy it.
func (v Violation) String() string {
	return fmt.Sprintf("%s at %s: %s; %s\n\t%s", v.Rule, v.Where, v.Help,
		strings.Join(strings.Fields(v.Why), " "), v.HTML)
}

// run asks for the levels A and AA, for what axe-core's authors recommend beyond them, and for
// their newest rules, among which is that a control's name holds the words that are seen on it.
// Level AAA is left out. One rule of these judges nothing: hidden-content reports that something is
// hidden.
const run = `axe.run(document, {
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'experimental'],
	rules: {
		'label-content-name-mismatch': {enabled: true},
		'target-size': {enabled: true},
		'hidden-content': {enabled: false},
	},
	resultTypes: ['violations'],
}).then((found) => ({
	rules: [...found.passes, ...found.violations].map((rule) => rule.id),
	violations: found.violations.flatMap((rule) => rule.nodes.map((node) => ({
		rule: rule.id, help: rule.help, where: node.target.join(' '),
		html: node.html.slice(0, 300), why: node.failureSummary,
	}))),
}))`

// Violations returns what is wrong with the page that the window shows now.
func (c Checker) Violations(t testing.TB, w *browser.Window) []Violation {
	t.Helper()
	browser.Value[bool](w, c.script+"; true")
	found := browser.Value[struct {
		Rules      []string
		Violations []Violation
	}](w, run)
	for _, want := range []string{"label-content-name-mismatch", "landmark-unique", "target-size", "color-contrast"} {
		if !strings.Contains(strings.Join(found.Rules, " "), want) {
			t.Fatalf("axe-core did not apply its rule %s; it applied %s", want, strings.Join(found.Rules, ", "))
		}
	}
	return found.Violations
}
