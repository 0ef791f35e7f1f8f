package doctor

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sftpgo-authy/internal/untried"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEnvironmentOverFileOverDefaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, dir, "sftpgo.json", `{
	"Data_Provider": {"external_auth_scope": 7, "check_password_hook": "/from/file"},
	"command": {"timeout": 60, "env": ["A=b", "C=d"],
		"commands": [{"path": "/one", "timeout": 20, "hook": "check_password"}, {"path": "/one"}]},
	"httpd": {"bindings": [{"port": 1, "enable_rest_api": false}, {"port": 2}]},
	"http": {"timeout": 20.5}}`)
	write(t, dir, "env.d/b.env", "SFTPGO_COMMAND__TIMEOUT=70\nSFTPGO_X=b\nPATH=/bin\n")
	write(t, dir, "env.d/a.env", "SFTPGO_X=a\nSFTPGO_Y=a\n")
	s, err := ReadSettings(file, map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK": "",
		"SFTPGO_Y": "process", "HOME": "/"},
		map[string]string{"SFTPGO_Y": "later"})
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct{ got, want any }{
		"from the file":              {s.externalScope(), 7},
		"emptied by the environment": {s.checkpwd(), ""},
		"env.d over the file":        {s.Int("command.timeout"), 70},
		"the first file of env.d":    {s.Env["SFTPGO_X"], "a"},
		"the process over env.d":     {s.Env["SFTPGO_Y"], "process"},
		"what is not SFTPGo's":       {s.Env["PATH"] + s.Env["HOME"], ""},
		"a default":                  {s.Bool("sftpd.password_authentication"), true},
		"a list of the file":         {strings.Join(s.List("command.env"), " "), "A=b C=d"},
		"another hook's entry":       {s.timeout("/one", "keyboard_interactive"), 70},
		"the hook's own entry":       {s.timeout("/one", "check_password"), 20},
		"no entry":                   {s.timeout("/two", "check_password"), 70},
		"the first binding":          {s.Web()[0].WebClient && !s.Web()[0].API, true},
		"the second has no defaults": {s.Web()[1].WebClient || s.Web()[1].API, false},
		"SSH by default":             {s.Serves(SSH), true},
		"FTP by default":             {s.Serves(FTP) || s.Serves(DAV), false},
		"a fraction is cut off":      {s.Int("http.timeout"), 20},
	} {
		if row.got != row.want {
			t.Errorf("%s: got %v, want %v", name, row.got, row.want)
		}
	}
}

func TestTheFolderThatTheEnvironmentNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "etc/env.d/a", "SFTPGO_A=there\nSFTPGO_B=there\n")
	file := write(t, dir, "other/sftpgo.json", "{}")
	write(t, dir, "other/env.d/a", "SFTPGO_A=beside\n")
	env := map[string]string{"SFTPGO_CONFIG_DIR": filepath.Join(dir, "etc"), "SFTPGO_B": "process"}
	for _, f := range []string{"", file} {
		s, err := ReadSettings(f, env)
		if err != nil || s.Env["SFTPGO_A"] != "there" || s.Env["SFTPGO_B"] != "process" {
			t.Errorf("file %q: %v, %v", f, s.Env, err)
		}
	}
	if s, err := ReadSettings(file, map[string]string{"SFTPGO_CONFIG_DIR": "."}); err != nil ||
		s.Env["SFTPGO_A"] != "beside" {
		t.Errorf("%v, %v", s.Env, err)
	}
	if s, err := ReadSettings(""); err != nil || len(s.Env) > 0 {
		t.Errorf("%v, %v", s.Env, err)
	}
}

func FuzzEnvFiles(f *testing.F) {
	f.Add("A=b\nexport C='d'\nE=\"f\\\"\" # g\n")
	f.Fuzz(func(t *testing.T, text string) {
		env, err := ParseEnv(text)
		for name, value := range env {
			if name == "" || err == nil && strings.HasPrefix(value, "${") && !strings.Contains(text, "'") {
				t.Errorf("%q gives %q=%q", text, name, value)
			}
		}
	})
}

func TestListsInTheEnvironment(t *testing.T) {
	t.Parallel()
	s := Settings{Env: map[string]string{
		"SFTPGO_COMMAND__COMMANDS__0__TIMEOUT":         "5",  // without a path it does not count
		"SFTPGO_COMMAND__COMMANDS__3__PATH":            "/x", // indices need not be dense
		"SFTPGO_COMMAND__COMMANDS__3__ENV":             "A=b, C=d,",
		"SFTPGO_COMMAND__COMMANDS__10__PATH":           "/y", // SFTPGo looks at ten
		"SFTPGO_HTTPD__BINDINGS__0__PORT":              " 90 ",
		"SFTPGO_HTTPD__BINDINGS__0__ENABLE_WEB_CLIENT": "perhaps", // passed over
		"SFTPGO_HTTPD__BINDINGS__1__PORT":              "91",
	}}
	commands := s.Elements("command.commands", nil, "path")
	if len(commands) != 1 || commands[0].Text("path") != "/x" ||
		!slices.Equal(commands[0].List("env"), []string{"A=b", "C=d"}) {
		t.Errorf("commands are %+v", commands)
	}
	web := s.Web()
	if len(web) != 2 || !web[0].WebClient || !web[1].API || web[0].Int("port") != 90 {
		t.Errorf("bindings are %+v", web)
	}
	if got := web[1].Env("oidc.client_id"); got != "SFTPGO_HTTPD__BINDINGS__1__OIDC__CLIENT_ID" {
		t.Errorf("the variable is %s", got)
	}
}

func TestEnvFiles(t *testing.T) {
	t.Parallel()
	got, err := ParseEnv("# comment\n\n A = b \nexport B='c # d'\nC=\"e \\\"f\\\"\" \nD=g # h\nE=\nF=a=b\nG=p$word\n")
	want := map[string]string{"A": "b", "B": "c # d", "C": `e "f"`, "D": "g", "E": "", "F": "a=b", "G": "p$word"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	for _, wrong := range []string{"A", "=b", "A B=c", "A=$B", `A="x${B}"`, "x\nA=${B}"} {
		if got, err := ParseEnv(wrong); err == nil || !strings.Contains(err.Error(), "line") {
			t.Errorf("%q became %q, %v", wrong, got, err)
		}
	}
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, want := range map[string]string{
		filepath.Join(dir, "missing.json"):   "no such file",
		write(t, dir, "sftpgo.hcl", "a = 1"): "JSON, TOML",
		write(t, dir, "broken.json", "{"):    "JSON, TOML",
		write(t, dir, "list.json", "[1]"):    "JSON, TOML",
	} {
		if _, err := ReadSettings(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := write(t, dir, "large.env", strings.Repeat("#", maxFile+1))
	for _, path := range []string{filepath.Join(dir, "missing.env"), large, write(t, dir, "wrong.env", "x")} {
		if _, err := ReadEnv(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	own, err := ReadProcess(os.Getpid())
	if err != nil {
		untried.Skip(t, "%v", err) // no /proc
	}
	if dir, _ := os.Getwd(); !slices.Equal(own.Args, os.Args) || own.Dir != dir || own.Root != "" ||
		own.UID != os.Geteuid() {
		t.Errorf("we are %+v", own)
	}
	if _, err := own.Settings(); err == nil || !strings.Contains(err.Error(), "no `sftpgo serve`") {
		t.Errorf("a test is an SFTPGo: %v", err)
	}
	if _, err := ReadProcess(1 << 30); err == nil || !strings.Contains(err.Error(), "is not there") {
		t.Errorf("no such process: %v", err)
	}
}
