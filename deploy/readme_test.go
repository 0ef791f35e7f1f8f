package deploy_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCommandsOfTheDocsExist(t *testing.T) {
	t.Parallel()
	makefile := read(t, "Makefile")
	for _, page := range documents(t) {
		text := read(t, page)
		for _, m := range regexp.MustCompile("(?m)(?:^|`)make ([a-z0-9]+)").FindAllStringSubmatch(text, -1) {
			if !strings.Contains(makefile, "\n"+m[1]+":") {
				t.Errorf("%s: make %s is not in the Makefile", page, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`go run \./([\w/]+)`).FindAllStringSubmatch(text, -1) {
			if main, _ := filepath.Glob("../" + m[1] + "/main.go"); len(main) == 0 {
				t.Errorf("%s: go run ./%s has no main.go", page, m[1])
			}
		}
	}
}

// docs/reference.md and the code name the same things.
func TestReferenceIsComplete(t *testing.T) {
	t.Parallel()
	reference := read(t, "docs/reference.md")
	section := func(heading string) string {
		_, text, found := strings.Cut(reference, "\n## "+heading+"\n")
		if !found {
			t.Fatalf("docs/reference.md has no heading %q", heading)
		}
		text, _, _ = strings.Cut(text, "\n##")
		return text
	}
	for name, sides := range map[string]struct{ code, docs map[string]bool }{
		"reasons": {
			all(readAll(t, "hooks/internal/gate"), `Reason += "([a-z_]+)"|Reason = "([a-z_]+)"`),
			all(section("Verdicts"), "(?m)`([a-z_]+)` \\|$"),
		},
		"variables of the hooks": {
			all(strings.ReplaceAll(readAll(t, "hooks/internal/config"), `name+"_FILE"`,
				`"AUTHY_API_KEY_FILE", "AUTHY_HOOKD_SECRET_FILE", "AUTHY_HOOKD_REDIS_URL_FILE", `+
					`"AUTHY_PROXY_URL_FILE", "AUTHY_VERIFY_SECRET_FILE"`), `"(AUTHY_[A-Z_]+)"`),
			all(section("Variables of the hooks"), `\b(AUTHY_[A-Z_]+)`),
		},
		"keys of the configuration file": {
			all(readAll(t, "hooks/internal/config"), `yaml:"([a-z_]+)"`),
			all(section("The configuration file"), `(?m)^ *([a-z_]+):`),
		},
		"fields of the audit": {
			all(readAll(t, "hooks/internal/audit"), `json:"([a-z_]+)`),
			all(section("The audit"), "(?m)^\\| `([a-z_]+)`(?:, `([a-z_]+)`)?(?:, `([a-z_]+)`)? \\|"),
		},
		"flags of mockauthy": {
			all(readAll(t, "mockauthy/internal/cli"), `\{name: "([a-z][a-z-]+)"`),
			all(section("Flags of mockauthy"), "(?m)^\\| `--([a-z-]+)"),
		},
		"variables of the compose file": {
			all(read(t, "docker-compose.yml"), `\$\{([A-Z_]+):-`),
			all(section("The compose file"), "`([A-Z_]+)`"),
		},
	} {
		for _, missing := range lacks(sides.docs, sides.code) {
			t.Errorf("docs/reference.md, %s: %s is missing", name, missing)
		}
		for _, extra := range lacks(sides.code, sides.docs) {
			t.Errorf("docs/reference.md, %s: %s is not in the code", name, extra)
		}
	}
}

// readAll joins the Go files of a folder, without tests.
func readAll(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob("../" + dir + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no Go files (%v)", dir, err)
	}
	var text strings.Builder
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			text.WriteString(read(t, dir+"/"+filepath.Base(file)))
		}
	}
	return text.String()
}

// all returns what the groups of a pattern match in a text.
func all(text, pattern string) map[string]bool {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		for _, group := range m[1:] {
			if group != "" {
				found[group] = true
			}
		}
	}
	return found
}

// lacks returns what there is of wanted and not of there.
func lacks(there, wanted map[string]bool) []string {
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if !there[name] {
			missing = append(missing, name)
		}
	}
	return missing
}
