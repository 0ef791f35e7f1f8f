package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sftpgo-authy/hooks/internal/config"
)

// The installed configuration counts where it is there and nothing else is named.
func TestInstalledConfiguration(t *testing.T) {
	t.Parallel()
	installed := filepath.Join(t.TempDir(), "hookd.yaml")
	if err := os.WriteFile(installed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file string
		env  []string
		want bool
	}{
		"nothing is named":     {installed, nil, true},
		"nothing is installed": {installed + ".none", nil, false},
		"another file":         {installed, []string{"AUTHY_HOOKS_CONFIG=/other"}, false},
		"a key":                {installed, []string{"AUTHY_API_KEY=k"}, false},
		"a key in a file":      {installed, []string{"AUTHY_API_KEY_FILE=/k"}, false},
		"a users file":         {installed, []string{"AUTHY_USERS_FILE=/u"}, false},
		"an empty variable":    {installed, []string{"AUTHY_HOOKS_CONFIG="}, true},
		"an unrelated one":     {installed, []string{"AUTHY_AUDIT=stderr"}, true},
	} {
		want := slices.Clone(c.env)
		if c.want {
			want = append(want, "AUTHY_HOOKS_CONFIG="+installed)
		}
		if got := config.Environ(c.env, c.file); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
