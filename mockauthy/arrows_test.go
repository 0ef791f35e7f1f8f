package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "sftpgo-authy/"

// source is one file of the module that is no test.
type source struct {
	pkg, name string // "mockauthy/internal/authy", "app.go"
	file      *ast.File
}

// sources parses all files below the given folders of the module, but no tests.
func sources(t *testing.T, folders ...string) []source {
	t.Helper()
	var all []source
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join("..", folder), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel("..", name)
			all = append(all, source{pkg: path.Dir(filepath.ToSlash(rel)), name: d.Name(), file: file})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 10 {
		t.Fatalf("found %d files in %v: the test looks in the wrong place", len(all), folders)
	}
	return all
}

func (s source) imports(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, spec := range s.file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	return out
}

// TestArrowsOfTheMock holds what each package of the mock may know of the others. A package that is
// not in the table may know none. Engines know nothing of mockapi: control is where their types
// become its shapes.
func TestArrowsOfTheMock(t *testing.T) {
	t.Parallel()
	mayKnow := map[string][]string{
		"mockauthy": {"internal/cli"},
		"mockauthy/bench": {"internal/cmdline", "internal/prose", "internal/authy", "internal/cli", "internal/server",
			"internal/totp", "internal/verify", "internal/world", "mockapi", "mockauthytest"},
		"mockauthy/mockapi":           {},
		"mockauthy/mockauthytest":     {"internal/control", "internal/server", "internal/world", "mockapi"},
		"mockauthy/internal/totp":     {},
		"mockauthy/internal/authy":    {"internal/totp"},
		"mockauthy/internal/clock":    {},
		"mockauthy/internal/ring":     {},
		"mockauthy/internal/journal":  {"internal/ring"},
		"mockauthy/internal/outbox":   {"internal/ring"},
		"mockauthy/internal/events":   {"internal/ring"},
		"mockauthy/internal/fault":    {"internal/authy", "internal/verify"},
		"mockauthy/internal/exchange": {"internal/fault", "internal/journal"},
		"mockauthy/internal/verify":   {"internal/totp"},
		"mockauthy/internal/verifyapi": {"internal/exchange", "internal/fault", "internal/journal", "internal/verify",
			"internal/world", "mockapi"},
		"mockauthy/internal/callback": {"internal/authy"},
		"mockauthy/internal/proxy":    {"internal/certs"},
		"mockauthy/internal/document": {"internal/yamltext", "mockapi"},
		"mockauthy/internal/world": {"internal/authy", "internal/clock", "internal/events", "internal/fault",
			"internal/journal", "internal/outbox", "internal/verify"},
		"mockauthy/internal/authyapi": {
			"internal/authy",
			"internal/exchange",
			"internal/fault",
			"internal/journal",
			"internal/world",
			"mockapi",
		},
		"mockauthy/internal/control": {"internal/authy", "internal/clock", "internal/document", "internal/events",
			"internal/fault", "internal/journal", "internal/outbox", "internal/totp", "internal/verify",
			"internal/world", "mockapi"},
		"mockauthy/internal/server": {"internal/authyapi", "internal/authy", "internal/callback", "internal/control",
			"internal/fault", "internal/phone", "internal/proxy", "internal/verifyapi", "internal/world", "mockapi"},
		"mockauthy/internal/cli": {"internal/yamltext", "internal/certs", "internal/cmdline", "internal/control",
			"internal/document",
			"internal/server", "internal/world", "mockapi"},
	}
	for _, s := range sources(t, "mockauthy") {
		for _, name := range s.imports(t) {
			if inside, ok := strings.CutPrefix(name, module); ok &&
				!slices.Contains(mayKnow[s.pkg], strings.TrimPrefix(inside, "mockauthy/")) {
				t.Errorf("%s/%s imports %s: a wrong arrow", s.pkg, s.name, name)
			}
		}
	}
}

// TestEnginesArePure keeps HTTP, JSON, logs and the machine out of the engines.
func TestEnginesArePure(t *testing.T) {
	t.Parallel()
	engines := []string{"authy", "verify", "totp", "clock", "fault", "journal", "outbox", "events", "ring"}
	for _, s := range sources(t, "mockauthy") {
		name, inside := strings.CutPrefix(s.pkg, "mockauthy/internal/")
		if !inside || !slices.Contains(engines, name) {
			continue
		}
		for _, name := range s.imports(t) {
			switch name {
			case "net", "net/http", "encoding/json", "log", "log/slog", "os", "crypto/rand":
				t.Errorf("%s/%s imports %s", s.pkg, s.name, name)
			case "math/rand", "math/rand/v2":
				if s.pkg != "mockauthy/internal/fault" { // which draws chances from a seed that it is told
					t.Errorf("%s/%s imports %s", s.pkg, s.name, name)
				}
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Tag != nil {
				t.Errorf("%s/%s has a field with the tag %s: only mockapi has JSON", s.pkg, s.name, f.Tag.Value)
			}
			return true
		})
	}
}

// TestHooksKnowNothingOfTheMock is what makes them fit for production. What only helps their tests
// may reserve ports.
func TestHooksKnowNothingOfTheMock(t *testing.T) {
	t.Parallel()
	facts := []string{module + "hooks/internal/provider", module + "hooks/internal/otp"} // types alone
	for _, s := range sources(t, "hooks") {
		for _, name := range s.imports(t) {
			if name == module+"internal/ports" && strings.HasSuffix(s.pkg, "test") {
				continue
			}
			if strings.HasPrefix(name, module+"mockauthy") || strings.HasPrefix(name, module+"e2e") {
				t.Errorf("%s/%s imports %s", s.pkg, s.name, name)
			}
		}
		if s.pkg == "hooks/internal/gate" {
			for _, name := range s.imports(t) {
				ours := strings.HasPrefix(name, module)
				if ours && !slices.Contains(facts, name) || name == "net/http" || name == "os" {
					t.Errorf("%s/%s imports %s: the decision is to stay pure", s.pkg, s.name, name)
				}
			}
		}
	}
}

// TestTimeAndEnvironmentComeFromOutside finds calls that only mains, the command line and test
// helpers may make.
func TestTimeAndEnvironmentComeFromOutside(t *testing.T) {
	t.Parallel()
	forbidden := map[string][]string{"time": {"Now", "Sleep", "Since", "Until"},
		"os": {"Getenv", "LookupEnv", "Environ", "Setenv"}}
	allowed := func(pkg string) bool {
		return pkg == "mockauthy/internal/cli" || strings.HasPrefix(pkg, "mockauthy/internal/cli/") ||
			strings.HasSuffix(pkg, "test")
	}
	// setup puts the hooks together and hands time on; audit's wait is a field that tests replace.
	exceptions := []string{"hooks/internal/setup/providers.go time.Now", "hooks/internal/audit/file.go time.Sleep"}
	for _, s := range sources(t, "mockauthy", "hooks") {
		if s.file.Name.Name == "main" || allowed(s.pkg) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if ok && slices.Contains(forbidden[pkg.Name], sel.Sel.Name) &&
				!slices.Contains(exceptions, s.pkg+"/"+s.name+" "+pkg.Name+"."+sel.Sel.Name) {
				t.Errorf("%s/%s uses %s.%s: take it as a parameter", s.pkg, s.name, pkg.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

// TestNothingHappensBeforeMain forbids init functions: state belongs to somebody.
func TestNothingHappensBeforeMain(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t, "mockauthy", "hooks") {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s/%s has an init function", s.pkg, s.name)
			}
		}
	}
}
