package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/doctor"
)

// put makes a file with its folder.
func (st *stage) put(path, text string) {
	st.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		st.t.Fatal(err)
	}
}

const scope7 = `{"data_provider": {"check_password_scope": 7}}`

// TestDoctorJudgesTheSFTPGoThatRuns opens the same hole in every place where SFTPGo looks for a
// setting.
func TestDoctorJudgesTheSFTPGoThatRuns(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(st *stage, dir string){
		"a folder that a flag names": func(st *stage, dir string) {
			st.put(filepath.Join(dir, "sftpgo.json"), scope7)
			st.s.Flags = []string{"-c", dir}
		},
		"a file that a flag names": func(st *stage, dir string) {
			st.put(filepath.Join(dir, "mine.toml"), "[data_provider]\ncheck_password_scope = 7\n")
			st.s.Flags = []string{"--config-file=" + filepath.Join(dir, "mine.toml")}
		},
		"env.d in the working folder": func(st *stage, dir string) {
			st.put(filepath.Join(dir, "env.d", "x"), "SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE=7\n")
			st.s.Work = dir
			delete(st.s.Env, "SFTPGO_CONFIG_DIR")
		},
		"a folder that SFTPGo looks at by itself": func(st *stage, dir string) {
			st.put(filepath.Join(dir, ".config", "sftpgo", "sftpgo.yaml"),
				"data_provider:\n  check_password_scope: 7\n")
			st.s.Env["HOME"] = dir
		},
	} {
		t.Run(strings.ReplaceAll(name, ",", " "), func(t *testing.T) {
			t.Parallel()
			st := newStage(t, map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE": ""})
			st.account("ann", "checkpwd", nil, nil)
			if left := finding(st.examine(), "check_password_scope"); len(left) > 0 {
				t.Fatalf("before: %+v", left)
			}
			open(st, t.TempDir())
			st.s.Restart(t, nil)
			if err := st.s.Web("ann", static); err != nil {
				t.Fatalf("the hole is not there: %v", err)
			}
			if named := finding(st.examine(), "check_password_scope"); len(named) != 1 ||
				named[0].Severity != doctor.Critical {
				t.Errorf("doctor says %+v", named)
			}
		})
	}
}

func TestALogLevelByFlagCountsMoreThanItsVariable(t *testing.T) {
	t.Parallel()
	st := newStage(t, map[string]string{"SFTPGO_LOG_LEVEL": "info",
		"SFTPGO_COMMAND__COMMANDS__0__PATH": "/usr/local/bin/keyint",
		"SFTPGO_COMMAND__COMMANDS__0__ENV":  "AUTHY_API_KEY=very-secret-key"})
	for _, row := range []struct {
		flags []string
		env   string
		leaks bool
	}{
		{[]string{"--log-level", "debug"}, "info", true},
		{[]string{"--log-level", "INFO"}, "info", true},
		{[]string{"--log-level=info"}, "", false},
		{nil, "Warn", true},
		{nil, "warn", false},
	} {
		st.s.Flags = row.flags
		if err := os.Truncate(filepath.Join(st.s.Dir, "log"), 0); err != nil {
			t.Fatal(err)
		}
		st.s.Restart(t, map[string]string{"SFTPGO_LOG_LEVEL": row.env})
		if leaks := strings.Contains(st.s.Log(), "very-secret-key"); leaks != row.leaks {
			t.Fatalf("%v, %q: leaks %v", row.flags, row.env, leaks)
		}
		if named := finding(st.examine(), "secrets_in_log"); (len(named) == 1) != row.leaks {
			t.Errorf("%v, %q: doctor says %+v", row.flags, row.env, named)
		}
	}
}
