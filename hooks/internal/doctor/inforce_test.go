package doctor_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"sftpgo-authy/internal/sftpgotest"
)

// put makes files, with their folders.
func put(t *testing.T, files map[string]string) {
	t.Helper()
	for path, text := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// loaded returns what SFTPGo says in its log about a setting, by the name of its field; "" where
// the log has nothing.
func loaded(s *sftpgotest.Server, field string) string {
	all := regexp.MustCompile(`config loaded: .*\b`+field+`:(\S*?)[ }]`).FindAllStringSubmatch(s.Log(), -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

// start is a way to start an SFTPGo whose check_password_scope is 6 in one place and something else
// in others.
type start struct {
	name  string // without a comma: SFTPGo cuts lists of paths at commas, and the folder of the test is named so
	flags func(dir string) []string
	work  string // below the folder of the test
	env   map[string]string
	files map[string]string // below the folder of the test
	level string
}

const scope = "SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE"

func starts() []start {
	json := func(scope string) string { return `{"data_provider": {"check_password_scope": ` + scope + `}}` }
	return []start{
		{name: "a folder by flag - which counts more than its variable", flags: func(dir string) []string {
			return []string{"-c", dir + "/other"}
		},
			files: map[string]string{"other/sftpgo.json": json("6"), "sftpgo.json": json("1"),
				"other/env.d/a": "SFTPGO_LOG_LEVEL=INFO\n"}, level: "debug"},
		{name: "a folder by its long flag - relative to the working folder",
			flags: func(string) []string { return []string{"--config-dir=other"} }, work: ".",
			files: map[string]string{"other/sftpgo.yaml": "data_provider:\n  check_password_scope: 6\n",
				"sftpgo.json": json("1")}, level: "debug"},
		{name: "no folder at all: the working folder", env: map[string]string{"SFTPGO_CONFIG_DIR": ""}, work: "here",
			files: map[string]string{"here/env.d/x": scope + "=6\n",
				"here/sftpgo.toml": "[data_provider]\ncheck_password_scope = 1\n"}, level: "debug"},
		{name: "a file by flag - relative to the folder", flags: func(string) []string {
			return []string{"--config-file", "more/mine.toml"}
		},
			files: map[string]string{"more/mine.toml": "[Data_Provider]\nCheck_Password_Scope = 6\n",
				"sftpgo.json": json("1")}, level: "debug"},
		{name: "a file that env.d names - over the flag", flags: func(dir string) []string {
			return []string{"--config-file", dir + "/sftpgo.json"}
		},
			files: map[string]string{"env.d/a": "SFTPGO_CONFIG_FILE=two.json\n", "sftpgo.json": json("1"),
				"two.json": json("6")}, level: "debug"},
		{name: "json before yaml",
			files: map[string]string{"sftpgo.json": json("6"),
				"sftpgo.yaml": "data_provider: {check_password_scope: 1}\n"}, level: "debug"},
		{name: "the first file of env.d for settings - one that is broken left out",
			files: map[string]string{"env.d/a": "this is no line\n", "env.d/b": "export " + scope + "='6' # six\n",
				"env.d/c": scope + "=1\n"}, level: "debug"},
		{name: "a number with a base", env: map[string]string{scope: "0x6"}, level: "debug"},
		{name: "a setting of nothing in env.d - and a file",
			files: map[string]string{"env.d/a": "SFTPGO_X: y\n", "sftpgo.json": json(`"6"`)}, level: "debug"},
		{name: "a dotenv file", files: map[string]string{"sftpgo.env": "data_provider.check_password_scope=6\n"},
			level: "debug"},

		{name: "the level by flag over its variable", flags: func(string) []string {
			return []string{"--log-level", "debug"}
		},
			env: map[string]string{"SFTPGO_LOG_LEVEL": "info", scope: "6"}, level: "debug"},
		{name: "the level by flag", flags: func(string) []string { return []string{"--log-level=error"} },
			env: map[string]string{scope: "6"}, level: "error"},
		{name: "the level by flag - twice", flags: func(string) []string {
			return []string{"--log-level=debug", "-z", "--log-level", "warn"}
		},
			env: map[string]string{scope: "6"}, level: "warn"},
		{name: "a level that SFTPGo does not know", env: map[string]string{"SFTPGO_LOG_LEVEL": "warning", scope: "6"},
			level: "debug"},
		{name: "a level in capitals", env: map[string]string{"SFTPGO_LOG_LEVEL": "Info", scope: "6"}, level: "debug"},
		{name: "a level of nothing", env: map[string]string{"SFTPGO_LOG_LEVEL": " ", scope: "6"}, level: "debug"},
		{name: "the level of env.d over the flag",
			flags: func(string) []string { return []string{"--log-level", "info"} }, env: map[string]string{scope: "6"},
			files: map[string]string{"env.d/a": "SFTPGO_LOG_LEVEL=debug\n"}, level: "debug"},
		{name: "the level of the last file of env.d", env: map[string]string{scope: "6"},
			files: map[string]string{"env.d/a": "SFTPGO_LOG_LEVEL=info\n", "env.d/b": "SFTPGO_LOG_LEVEL=warn\n"},
			level: "warn"},
		{name: "the variable over the level of env.d", env: map[string]string{"SFTPGO_LOG_LEVEL": "info", scope: "6"},
			files: map[string]string{"env.d/a": "SFTPGO_LOG_LEVEL=debug\n"}, level: "info"},
	}
}

// TestWhatARunningSFTPGoWasStartedWith compares what doctor reads of a process with what that
// process says in its log.
func TestWhatARunningSFTPGoWasStartedWith(t *testing.T) {
	t.Parallel()
	for _, row := range starts() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := sftpgotest.Start(t, nil)
			files := map[string]string{}
			for name, text := range row.files {
				files[filepath.Join(s.Dir, name)] = text
			}
			put(t, files)
			if row.flags != nil {
				s.Flags = row.flags(s.Dir)
			}
			if row.work != "" {
				s.Work = filepath.Join(s.Dir, row.work)
			}
			_ = s.Stop() // its last words are not those of the next
			before := len(s.Log())
			s.Restart(t, row.env)
			got := inForce(t, s)
			if got.Doubt != nil || got.Int("data_provider.check_password_scope") != 6 {
				t.Errorf("doctor has scope %q of %s, doubt %v", got.Text("data_provider.check_password_scope"),
					got.ConfigFile, got.Doubt)
			}
			if got.Level != row.level {
				t.Errorf("doctor has level %s, want %s", got.Level, row.level)
			}
			// At debug the log shows the configuration, at info the first words, at warn and error
			// nothing of either.
			log := s.Log()[before:]
			theirs := "warn"
			switch {
			case regexp.MustCompile(`config loaded`).MatchString(log):
				theirs = "debug"
			case regexp.MustCompile(`"level":"info"`).MatchString(log):
				theirs = "info"
			}
			if theirs != row.level && !(theirs == "warn" && row.level == "error") {
				t.Errorf("SFTPGo logs at %s, want %s", theirs, row.level)
			}
			if theirs == "debug" && loaded(s, "CheckPasswordScope") != "6" {
				t.Errorf("SFTPGo has scope %s", loaded(s, "CheckPasswordScope"))
			}
		})
	}
}

func TestAFileThatChangedAfterTheStartIsInDoubt(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	file := filepath.Join(s.Dir, "sftpgo.json")
	put(t, map[string]string{file: "{}"})
	s.Restart(t, nil)
	if got := inForce(t, s); got.Doubt != nil {
		t.Errorf("nothing changed: %v", got.Doubt)
	}
	// Clocks of files run in steps: of a change right after the start nobody knows which came
	// first.
	old, fresh := time.Now().Add(-time.Hour), filepath.Join(s.Dir, "new.json")
	for end := time.Now().Add(30 * time.Second); ; {
		put(t, map[string]string{fresh: `{"data_provider": {"check_password_scope": 1}}`})
		if err := errors.Join(os.Chtimes(fresh, old, old), os.Rename(fresh, file)); err != nil {
			t.Fatal(err)
		}
		if inForce(t, s).Doubt != nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("a file that was put in the place of another is taken for what is in force")
		}
	}
}
