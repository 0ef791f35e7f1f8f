package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/doctor"
)

// build makes one of the hook programs.
func (st *stage) build(name string) string {
	st.t.Helper()
	path := filepath.Join(st.t.TempDir(), name)
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, "../"+name).CombinedOutput(); err != nil {
		st.t.Fatalf("%v: %s", err, out)
	}
	return path
}

// open is a configuration that lets people past.
func (st *stage) open() string {
	return st.write("open.yaml", "on_no_answer: allow\nunmapped: {checkpwd: password_only}\n")
}

// carol is an account that maps to nobody, beside one that maps to somebody.
func (st *stage) carol() {
	st.t.Helper()
	st.account("ann", "checkpwd", nil, nil)
	st.s.AddUser(st.t, "carol", static, map[string]any{"filters": kind("checkpwd")})
}

func TestTheHookdThatRunsHasAnotherFile(t *testing.T) {
	t.Parallel()
	st := newStage(t, nil)
	st.carol()
	if err := st.s.FTPLogin("carol", static); err == nil {
		t.Fatal("carol is in before")
	}
	st.env["AUTHY_HOOKD_ADMIN_SOCKET"] = filepath.Join(shortDir(t), "other.sock")
	other := st.hookd("AUTHY_HOOKS_CONFIG=" + st.open())
	st.s.Restart(t, map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK": other + "/checkpwd",
		"SFTPGO_HTTP__HEADERS__0__URL": other + "/"})
	if err := st.s.FTPLogin("carol", static); err != nil {
		t.Fatalf("the hole is not there: %v", err)
	}
	report := st.examine()
	named := finding(report, "own_bypasses")
	if len(named) != 2 || named[0].Where != "running hookd" || named[0].Severity != doctor.High {
		t.Errorf("doctor says %+v", named)
	}
	if named = finding(report, "in_force"); len(named) != 1 || !strings.Contains(named[0].What, "on_no_answer") ||
		!strings.Contains(named[0].Line, "open.yaml") {
		t.Errorf("doctor says %+v", named)
	}
}

func TestAHookdThatWasNotReloadedIsNamed(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "ann: 1\n")
	file := st.write("hookd.yaml", "on_no_answer: allow\n")
	st.env["AUTHY_HOOKS_CONFIG"] = file
	hookd := st.hookd()
	settings := []string{"doctor", "--authy=false", "--sftpgo-config", "none", "--sftpgo-env",
		st.write("env", "SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK="+hookd+"/checkpwd\n")}
	_, out, _ := st.ctl("", settings...)
	contains(t, out, "configuration of the hooks, running hookd\n          whoever can keep Authy")
	st.write("hookd.yaml", "on_no_answer: deny\n")
	_, out, _ = st.ctl("", settings...)
	contains(t, out, "own_bypasses (high): running hookd\n",
		"its files and variables now differ in on_no_answer\n          change: reload hookd")
	st.write("hookd.yaml", "on_no_answer: perhaps\n")
	_, out, _ = st.ctl("", settings...)
	contains(t, out, "what its files and variables say now is refused", "own_bypasses (high): running hookd\n")
	_, out, _ = st.ctl("", append(settings, "--hookd-socket", filepath.Join(st.dir, "absent"))...)
	contains(t, out, "NOT SEEN  what the running hookd has in force was not seen",
		"start hookd, or restart the one that runs")
}

func TestAProgramHasTheConfigurationThatSFTPGoGivesIt(t *testing.T) {
	t.Parallel()
	st := newStage(t, nil)
	st.carol()
	program := st.build("checkpwd")
	const first = "SFTPGO_COMMAND__COMMANDS__0__"
	st.env["AUTHY_API_URL"] = "https://api.authy.com" // doctor's own is well
	env := func(more string) string {
		return "AUTHY_API_URL=" + st.mock.URL + ",AUTHY_API_KEY_FILE=" + st.env["AUTHY_API_KEY_FILE"] +
			",AUTHY_USERS_FILE=" +
			st.env["AUTHY_USERS_FILE"] + ",AUTHY_AUDIT=" + filepath.Join(st.dir, "programs.log") + more
	}
	st.s.Restart(t, map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK": program, first + "PATH": program,
		first + "ENV": env("")})
	if err := st.s.FTPLogin("carol", static); err == nil {
		t.Fatal("carol is in before")
	}
	if named := finding(st.examine("--authy=false"), "own_bypasses"); len(named) > 0 {
		t.Errorf("before: %+v", named)
	}
	for name, change := range map[string]map[string]string{
		"by a variable of its entry": {first + "ENV": env(",AUTHY_HOOKS_CONFIG=" + st.open())},
		"by a variable of every program": {first + "ENV": env(""),
			"SFTPGO_COMMAND__ENV": "AUTHY_HOOKS_CONFIG=" + st.open()},
		"by an argument": {first + "ENV": env(""), "SFTPGO_COMMAND__ENV": "",
			first + "ARGS": "-config," + st.open()},
		"by the same with two dashes": {first + "ENV": env(""), "SFTPGO_COMMAND__ENV": "",
			first + "ARGS": "--config=" + st.open()},
		"by the second of two, last wins": {first + "ENV": "AUTHY_HOOKS_CONFIG=/nonexistent," +
			env(",AUTHY_HOOKS_CONFIG="+st.open()), first + "ARGS": ""},
	} {
		st.s.Restart(t, change)
		if err := st.s.FTPLogin("carol", static); err != nil {
			t.Fatalf("%s: the hole is not there: %v", name, err)
		}
		report := st.examine("--authy=false")
		if named := finding(report, "own_bypasses"); len(named) != 2 || named[0].Where != "program "+program {
			t.Errorf("%s: doctor says %+v", name, named)
		}
		named := finding(report, "provider")
		if len(named) != 1 || named[0].Severity != doctor.Critical ||
			named[0].Where != "running hookd, program "+program {
			t.Errorf("%s: of the mock doctor says %+v", name, named)
		}
	}
	// Without what it needs it denies everybody, and doctor says that.
	st.s.Restart(t, map[string]string{first + "ENV": "A=b", first + "ARGS": "", "SFTPGO_COMMAND__ENV": ""})
	if named := finding(st.examine("--authy=false"), "configuration"); len(named) != 1 ||
		!strings.Contains(named[0].What, "api_key: is missing") {
		t.Errorf("doctor says %+v", named)
	}
}
