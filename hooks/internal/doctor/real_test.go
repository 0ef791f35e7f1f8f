package doctor_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/doctor"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/internal/sftpgotest"
	"sftpgo-authy/internal/untried"
)

// TestSettingsAreReadAsSFTPGoReadsThem compares with what a real SFTPGo says in its log about the
// configuration it loaded.
func TestSettingsAreReadAsSFTPGoReadsThem(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	file := filepath.Join(s.Dir, "sftpgo.json")
	files := map[string]string{
		file: `{"data_provider": {"external_auth_scope": 3, "check_password_scope": 5}, "COMMAND": {"Timeout": 44},
			"webdavd": {"cache": {"users": {"expiration_time": 7}}},
			"sftpd": {"keyboard_interactive_authentication": false},
			"httpd": {"bindings": [{"oidc": {"config_url": ""}}, {"port": 0, "address": ""}]}}`,
		filepath.Join(s.Dir, "env.d",
			"one.env"): "SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE=6\nSFTPGO_COMMON__DEFENDER__BAN_TIME=31\n" +
			"SFTPGO_COMMAND__ENV='A=b,C=d'\n",
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.Restart(t, map[string]string{"SFTPGO_COMMON__DEFENDER__BAN_TIME": "32", "SFTPGO_COMMON__DEFENDER__ENABLED": "1",
		"SFTPGO_COMMAND__COMMANDS__4__PATH": "/bin/true", "SFTPGO_COMMAND__COMMANDS__4__TIMEOUT": "55"})

	got := inForce(t, s)
	if got.Doubt != nil || got.ConfigFile != file {
		t.Errorf("file %s, doubt %v", got.ConfigFile, got.Doubt)
	}
	// The log holds Go's way to print a struct: Name:value, the last time it was loaded.
	all := regexp.MustCompile(`config loaded: (.*)`).FindAllString(s.Log(), -1)
	if len(all) == 0 {
		t.Fatal("sftpgo's log does not show the configuration")
	}
	loaded := all[len(all)-1]
	for key, name := range map[string]string{
		"data_provider.external_auth_scope":         "ExternalAuthScope",
		"data_provider.check_password_scope":        "CheckPasswordScope",
		"webdavd.cache.users.expiration_time":       "ExpirationTime",
		"sftpd.keyboard_interactive_authentication": "KeyboardInteractiveAuthentication",
		"sftpd.password_authentication":             "PasswordAuthentication", "common.defender.ban_time": "BanTime",
	} {
		m := regexp.MustCompile(`\b` + name + `:(\S+?)[ }]`).FindStringSubmatch(loaded)
		if m == nil || m[1] != got.Text(key) {
			t.Errorf("%s: sftpgo has %q, we have %q", key, m, got.Text(key))
		}
	}
	commands := regexp.MustCompile(
		`CommandConfig:\{Timeout:(\d+) Env:\[(.*?)\] Commands:\[\{Path:(\S+) Timeout:(\d+)`).FindStringSubmatch(loaded)
	if commands == nil {
		t.Fatalf("no commands in %s", loaded)
	}
	entry := got.Elements("command.commands", nil, "path")
	ours := []string{got.Text("command.timeout"), fmt.Sprint(got.List("command.env")), entry[0].Text("path"),
		entry[0].Text("timeout")}
	if want := []string{commands[1], "[" + commands[2] + "]", commands[3], commands[4]}; !slices.Equal(ours, want) {
		t.Errorf("we have %q, sftpgo has %q", ours, want)
	}
	// A file that names the first binding keeps the defaults of what it does not name; a second one
	// has none.
	web := regexp.MustCompile(`EnableWebClient:(\w+) EnableRESTAPI:(\w+)`).FindAllStringSubmatch(loaded, -1)
	for i, b := range got.Elements("httpd.bindings",
		map[string]string{"enable_web_client": "true", "enable_rest_api": "true"}) {
		if fmt.Sprint(b.Bool("enable_web_client")) != web[i][1] || fmt.Sprint(b.Bool("enable_rest_api")) != web[i][2] {
			t.Errorf("binding %d: sftpgo has %q", i, web[i])
		}
	}
}

// clientOf returns a client of the server as one of its administrators.
func clientOf(t *testing.T, s *sftpgotest.Server, admin, password string) *sftpgoapi.Client {
	t.Helper()
	c, err := sftpgoapi.New(sftpgoapi.Options{URL: "http://" + s.HTTP, Admin: admin, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// inForce reads the settings of a running SFTPGo.
func inForce(t *testing.T, s *sftpgotest.Server) doctor.Settings {
	t.Helper()
	p, err := doctor.ReadProcess(s.PID())
	if err != nil {
		untried.Skip(t, "%v", err)
	}
	got, err := p.Settings()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestGroupsCountAsInSFTPGo(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	group := func(name string, filters map[string]any) {
		s.Call(t, http.MethodPost, "/groups",
			map[string]any{"name": name, "user_settings": map[string]any{"filters": filters}})
	}
	group("first", map[string]any{"denied_protocols": []string{"FTP"}, "web_client": []string{"shares-disabled"},
		"hooks":              map[string]bool{"check_password_disabled": true},
		"allow_api_key_auth": true})
	group("second", map[string]any{"denied_protocols": []string{"DAV"},
		"hooks": map[string]bool{"external_auth_disabled": true}})
	group("third", map[string]any{"denied_protocols": []string{"HTTP"}})
	s.AddUser(t, "ann", "pw", map[string]any{"filters": map[string]any{"denied_login_methods": []string{"publickey"}},
		"groups": []any{map[string]any{"name": "second", "type": 2}, map[string]any{"name": "first", "type": 1},
			map[string]any{"name": "third", "type": 3}}})

	facts := &doctor.Facts{}
	facts.AskSFTPGo(t.Context(), clientOf(t, s, sftpgotest.Admin, sftpgotest.Password), nil, time.Now)
	if facts.Accounts.Err != nil || facts.Inventory.Err != nil || len(facts.Accounts.Value) != 1 {
		t.Fatalf("%+v", facts)
	}
	f := facts.Accounts.Value[0].Filters
	if !slices.Equal(f.DeniedProtocols, []string{"FTP", "DAV"}) ||
		!slices.Equal(f.DeniedMethods, []string{"publickey"}) ||
		!slices.Equal(f.Web, []string{"shares-disabled"}) || !f.Hooks.CheckOff || f.Hooks.ExternalOff || !f.APIKeys {
		t.Errorf("merged to %+v", f)
	}
	// As SFTPGo itself has it.
	if s.FTPLogin("ann", "pw") == nil || s.DAVLogin("ann", "pw") == nil {
		t.Error("a protocol that a group denies is open")
	}
	if err := s.Web("ann", "pw"); err != nil {
		t.Errorf("a group of mere membership denies a protocol: %v", err)
	}
	if own := facts.Accounts.Value[0].Own; own.APIKeys || len(own.Web) > 0 {
		t.Errorf("what the account itself has: %+v", own)
	}
}

func TestAnAdministratorWhoSeesLittle(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	s.Call(t, http.MethodPost, "/groups", map[string]any{"name": "g"})
	s.AddUser(t, "ann", "pw", nil)
	s.Call(t, http.MethodPost, "/admins", map[string]any{"username": "viewer", "password": "viewer-pw", "status": 1,
		"permissions": []string{"view_users"}})
	viewer := clientOf(t, s, "viewer", "viewer-pw")
	facts := &doctor.Facts{}
	facts.AskSFTPGo(t.Context(), viewer, nil, time.Now)
	if facts.Accounts.Err != nil || len(facts.Accounts.Value) != 1 || facts.Inventory.Err == nil {
		t.Errorf("accounts %v, inventory %v", facts.Accounts.Err, facts.Inventory.Err)
	}
	s.Call(t, http.MethodPut, "/users/ann", map[string]any{"status": 1, "permissions": map[string][]string{"/": {"*"}},
		"groups": []any{map[string]any{"name": "g", "type": 1}}})
	facts.AskSFTPGo(t.Context(), viewer, nil, time.Now)
	if facts.Accounts.Err == nil {
		t.Error("settings of a group that cannot be seen were taken for none")
	}
	facts.AskSFTPGo(t.Context(), clientOf(t, s, "viewer", "wrong"), nil, time.Now)
	if facts.Accounts.Err == nil || facts.Inventory.Err == nil {
		t.Error("a wrong password was passed over")
	}
}
