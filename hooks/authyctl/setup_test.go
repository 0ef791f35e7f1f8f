package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The installed configuration counts where it is there and nothing else is named.
func TestWhereTheConfigurationIs(t *testing.T) {
	t.Parallel()
	installed := filepath.Join(t.TempDir(), "hookd.yaml")
	if err := os.WriteFile(installed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file string
		env  map[string]string
		want string
	}{
		"nothing is named":     {installed, nil, installed},
		"nothing is installed": {installed + ".none", nil, ""},
		"another file":         {installed, map[string]string{"AUTHY_HOOKS_CONFIG": "/other"}, "/other"},
		"a key":                {installed, map[string]string{"AUTHY_API_KEY": "k"}, ""},
		"a key in a file":      {installed, map[string]string{"AUTHY_API_KEY_FILE": "/k"}, ""},
		"a users file":         {installed, map[string]string{"AUTHY_USERS_FILE": "/u"}, ""},
		"an empty variable":    {installed, map[string]string{"AUTHY_API_KEY": ""}, installed},
		"an unrelated one":     {installed, map[string]string{"AUTHY_AUDIT": "stderr"}, installed},
	} {
		lookup := whereInstalled(func(name string) (string, bool) { value, ok := c.env[name]; return value, ok },
			c.file)
		if got, _ := lookup("AUTHY_HOOKS_CONFIG"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got, _ := lookup("AUTHY_AUDIT"); got != c.env["AUTHY_AUDIT"] {
			t.Errorf("%s: AUTHY_AUDIT is %q, want %q", name, got, c.env["AUTHY_AUDIT"])
		}
	}
}
