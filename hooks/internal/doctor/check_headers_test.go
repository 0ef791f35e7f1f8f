package doctor

import (
	"errors"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/config"
)

func TestTheSecretReachesEveryHook(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		env     map[string]string
		without []string
	}{
		"another server": {secretFor("http://127.0.0.1:8891/"), []string{"keyboard_interactive_auth_hook",
			"external_auth_hook", "check_password_hook"}},
		"one hook of three": {secretFor(hookd + "/keyint"),
			[]string{"external_auth_hook", "check_password_hook"}},
		"the same by its name": {secretFor("http://localhost:8890/"), []string{"check_password_hook"}},
		"capitals": {secretFor("http://127.0.0.1:8890/KEYINT"),
			[]string{"keyboard_interactive_auth_hook"}},
		"all":                    {secretFor(hookd + "/"), nil},
		"none is wanted as yet":  {nil, nil},
		"a header without value": {with(secretFor(hookd+"/"), "SFTPGO_HTTP__HEADERS__0__VALUE", ""), nil},
		"two headers for the lot": {
			with(with(with(secretFor(hookd+"/k"), "SFTPGO_HTTP__HEADERS__1__KEY", "X-Hook-Secret"),
				"SFTPGO_HTTP__HEADERS__1__VALUE", "s"), "SFTPGO_HTTP__HEADERS__1__URL", hookd+"/"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := facts(change(row.env), account("checkpwd"))
			f.Hookd.Err = errors.New("not seen")
			var missing []Finding
			for _, one := range finding(Examine(f), "global_headers") {
				if strings.Contains(one.What, "401") {
					missing = append(missing, one)
				}
			}
			if len(missing) != min(len(row.without), 1) {
				t.Fatalf("got %+v, want %v", missing, row.without)
			}
			for _, hook := range row.without {
				if !strings.Contains(missing[0].What, hook) {
					t.Errorf("%s is not named: %s", hook, missing[0].What)
				}
			}
		})
	}
	f := facts(recipe(), account("checkpwd"))
	if got := finding(Examine(f), "global_headers"); len(got) > 0 {
		t.Errorf("hookd has no secret: %+v", got)
	}
	f.Hookd.Value.Secrets = map[string]config.Strength{"hookd.secret": {Length: 32, Bits: 128}}
	if got := finding(Examine(f), "global_headers"); len(got) != 1 {
		t.Errorf("hookd has a secret, and SFTPGo sends none: %+v", got)
	}
}
