package hooks_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "sftpgo-authy/"

// list asks the go command about packages, one line each.
func list(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// TestArrowsPointOneWay: programs -> doors -> setup -> {hook, accounts, memory} -> gate ->
// provider. Only setup and what stands beside it know which providers there are and what a
// configuration is, and the hooks know nothing of the mock.
func TestArrowsPointOneWay(t *testing.T) {
	t.Parallel()
	// Who may be imported, below hooks/internal. Packages that are not named here are checked for
	// the mock alone.
	allowed := map[string]string{
		"otp": "", "ahead": "", "tunnel": "", "jsonobject": "", "safefile": "", "harden": "", "health": "",
		"plainhttp": "", "lines": "",
		"sftpgo":            "jsonobject",
		"livefile":          "safefile",
		"tlsfile":           "safefile",
		"provider":          "otp",
		"provider/exchange": "ahead jsonobject provider tunnel",
		"provider/authy":    "ahead jsonobject otp provider provider/exchange tunnel",
		"provider/verify":   "ahead jsonobject otp provider provider/exchange tunnel",
		"provider/totp":     "health lines livefile otp provider safefile",
		"gate":              "otp provider",
		"memory":            "gate memory/store otp provider",
		"memory/store":      "",
		"memory/bolt":       "memory/inprocess memory/store safefile",
		"memory/inprocess":  "memory/store",
		"memory/redis":      "memory/store",
		"accounts":          "gate health jsonobject lines livefile provider safefile sftpgoapi",
		"audit":             "gate safefile",
		"hook":              "audit gate otp provider sftpgo",
		"hookd/breaker":     "otp provider",
		"hookd/push":        "gate provider",
		"config": "otp plainhttp provider/authy provider/exchange provider/totp provider/verify safefile " +
			"sftpgoapi tunnel",
		"enroll": "accounts otp provider provider/totp safefile",
		"migrate": "accounts enroll jsonobject otp provider provider/authy provider/totp " +
			"provider/verify sftpgoapi",
		"setup/lasting": "config hook memory memory/redis setup",
		"setup": "accounts admin audit config gate hook hookd/push memory memory/bolt memory/store provider " +
			"provider/authy provider/totp provider/verify sftpgoapi tlsfile",
		"program": "audit config gate harden hook otp provider setup sftpgo",
	}
	for _, line := range list(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		path, imports, _ := strings.Cut(line, " ")
		name, internal := strings.CutPrefix(path, module+"hooks/internal/")
		may, checked := allowed[name]
		for _, imported := range strings.Fields(imports) {
			ours, isOurs := strings.CutPrefix(imported, module)
			short, below := strings.CutPrefix(ours, "hooks/internal/")
			switch {
			case !isOurs:
			case ours == "internal/cmdline", ours == "internal/yamltext": // what all our programs have in common
			case strings.HasPrefix(ours, "internal/") && strings.HasSuffix(path, "test"): // helpers of tests
			case !strings.HasPrefix(ours, "hooks/"):
				t.Errorf("%s imports %s: the hooks meet it over HTTP alone", path, imported)
			case internal && checked && (!below || !strings.Contains(" "+may+" ", " "+short+" ")):
				t.Errorf("%s imports %s, which is against the arrows", path, imported)
			}
		}
	}
}

// TestFewKnowWhatThereIs: which providers there are, and what a configuration is, is known where a
// configuration is found, read, made into a login, or examined, and nowhere that decides.
func TestFewKnowWhatThereIs(t *testing.T) {
	t.Parallel()
	know := map[string]string{
		"hooks/internal/provider/authy": "authyctl internal/config internal/doctor internal/hookd internal/migrate " +
			"internal/setup",
		"hooks/internal/provider/verify": "authyctl internal/config internal/doctor internal/hookd internal/migrate " +
			"internal/setup",
		"hooks/internal/provider/totp": "authyctl internal/config internal/doctor internal/enroll internal/hookd " +
			"internal/migrate internal/setup",
		"hooks/internal/config": "authyctl checkpwd extauth hookd keyint internal/admin internal/doctor " +
			"internal/hookd internal/program internal/proof internal/setup internal/setup/lasting",
	}
	for path, imports := range everyImport(t, `{{join .Imports " "}}`) {
		for _, imported := range imports {
			who := strings.TrimPrefix(path, "hooks/")
			if may, few := know[imported]; few && !strings.Contains(" "+may+" ", " "+who+" ") {
				t.Errorf("%s knows %s", path, imported)
			}
		}
	}
}

// TestTheHarnessStandsBelow: what is tested knows nothing of the end-to-end tests, the harness that
// both use knows none of them, and the hook host, which says what is right, is made of nothing of
// ours.
func TestTheHarnessStandsBelow(t *testing.T) {
	t.Parallel()
	all := everyImport(t, `{{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`)
	for _, rule := range []struct{ of, never string }{
		{"hooks/", "e2e/"}, {"mockauthy/", "e2e/"}, {"deploy", "e2e/"},
		{"internal/", "e2e/"}, {"internal/", "hooks/"}, {"internal/", "mockauthy/"},
	} {
		for path, imports := range all {
			for _, imported := range imports {
				if strings.HasPrefix(path, rule.of) && strings.HasPrefix(imported, rule.never) {
					t.Errorf("%s imports %s", path, imported)
				}
			}
		}
	}
	if ours := everyImport(t, `{{join .Imports " "}}`)["e2e/internal/hookhost"]; len(ours) > 0 {
		t.Errorf("the hook host imports %s", ours)
	}
}

// everyImport returns what each package of the module imports of the module, its name left out.
func everyImport(t *testing.T, of string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, line := range list(t, "-f", "{{.ImportPath}} "+of, module+"...") {
		path, imports, _ := strings.Cut(strings.ReplaceAll(line, module, "./"), " ")
		path = strings.TrimPrefix(path, "./")
		all[path] = nil
		for _, imported := range strings.Fields(imports) {
			if ours, ok := strings.CutPrefix(imported, "./"); ok {
				all[path] = append(all[path], ours)
			}
		}
	}
	return all
}

// TestProgramsStartFast: what a program links is paid for at every login.
func TestProgramsStartFast(t *testing.T) {
	t.Parallel()
	for _, path := range list(t, "-deps", "./keyint", "./extauth", "./checkpwd") {
		for _, heavy := range []string{"redis", "prometheus", "gobreaker", "spf13", "log/slog", "html/template",
			"testing"} {
			if strings.Contains(path, heavy) && !strings.HasPrefix(path, "internal/") {
				t.Errorf("a program links %s", path)
			}
		}
	}
}

// TestJSONIsReadInOneWay: encoding/json takes "Status" for "status" and the last of two for both,
// so nothing that decides is read by it. It may write.
func TestJSONIsReadInOneWay(t *testing.T) {
	t.Parallel()
	for _, line := range list(t, "-f", `{{range .GoFiles}}{{$.Dir}}/{{.}}{{"\n"}}{{end}}`, "./...") {
		if line == "" || strings.HasSuffix(filepath.Dir(line), "test") { // helpers of tests
			continue
		}
		text, err := os.ReadFile(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, reader := range []string{"json.Unmarshal(", "json.NewDecoder("} {
			if strings.Contains(string(text), `"encoding/json"`) && strings.Contains(string(text), reader) {
				t.Errorf("%s uses %s...) of encoding/json; want jsonobject.Decode", line, reader)
			}
		}
	}
}
