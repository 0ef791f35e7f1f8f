package hooks_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/config"
)

// TestEveryProviderHasItsRows: a provider that is added must be known wherever people, references
// or answers of one provider are told from another's. Without a row there, nobody is enrolled or
// removed, and hookd puts no breaker before it, which no other test would notice.
func TestEveryProviderHasItsRows(t *testing.T) {
	t.Parallel()
	for _, place := range []struct {
		file, what string
		not        []string // providers that need no row there, and why
	}{
		{"internal/config/providers.go", "which providers there are", nil},
		{"internal/setup/providers.go", "how one is made of a configuration", nil},
		{"internal/hookd/remote.go", "what hookd puts before one that asks somebody else",
			[]string{"totp"}}, // asks nobody
		{"authyctl/enroll.go", "how somebody is enrolled", nil},
		{"authyctl/replace.go", "how a lost phone is replaced", nil},
		{"authyctl/remove.go", "what is removed of somebody who goes", nil},
		{"authyctl/users.go", "what there is to say of somebody", nil},
		{"authyctl/setup.go", "whom authyctl asks", []string{"totp"}}, // asks nobody
	} {
		text, err := os.ReadFile(place.file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range config.Providers() {
			row := regexp.MustCompile(`\b` + name + `\.(ID|Person|Ref|Client|Name|New)\b|Provider` +
				regexp.QuoteMeta(strings.ToUpper(name[:1])+name[1:]) + `\b|Provider` + strings.ToUpper(name) + `\b`)
			if row.Match(text) == slices.Contains(place.not, name) {
				t.Errorf("%s (%s) and the provider %s: a row there is %v, want the contrary", place.file, place.what,
					name, row.Match(text))
			}
		}
	}
	for _, name := range config.Providers() {
		for _, row := range []struct{ file, row, what string }{
			{"imports_test.go", `"provider/` + name + `":`, "whom it may import"},
			{"imports_test.go", `"hooks/internal/provider/` + name + `":`, "who may know it"},
			{"internal/doctor/facts.go", `(?mi)^\t` + name + ` +Known\[`, "what doctor finds out"},
		} {
			text, err := os.ReadFile(row.file)
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(row.row).Match(text) {
				t.Errorf("%s (%s) has no row for the provider %s", row.file, row.what, name)
			}
		}
	}
}
