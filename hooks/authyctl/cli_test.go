package main

import (
	"encoding/json"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/doctor"
)

func TestHelpAndWrongCalls(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "")
	for _, row := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "hint: authyctl --help"},
		{[]string{"help"}, exitOK, "enroll [ACCOUNT]"},
		{[]string{"--help"}, exitOK, "doctor"},
		{[]string{"enroll", "-help"}, exitOK, "--country-code CODE"},
		{[]string{"doctor", "--help"}, exitOK, "--sftpgo-pid PID"},
		{[]string{"dance"}, exitUsage, "hint: authyctl --help"},
		{[]string{"doctor", "--sftpgo-pid", ""}, exitUsage, "want the id of one running process"},
		{[]string{"doctor", "--sftpgo-pid", "7 8"}, exitUsage, "want the id of one running process"},
		{[]string{"status", ""}, exitUsage, "ACCOUNT: is empty"},
		{[]string{"--config", "/x", "status", "ann"}, exitUsage, "flags go after the command"},
		{[]string{"status", "ann", "--version"}, exitOK, "authyctl "},
		{[]string{"status"}, exitUsage, "want one account, got 0"},
		{[]string{"status", "a", "b"}, exitUsage, "got 2"},
		{[]string{"app", "-dance"}, exitUsage, "-dance"},
	} {
		contains(t, st.must(row.code, "", row.args...), row.want)
	}
	for _, cmd := range commands() {
		contains(t, st.must(exitOK, "", cmd.name, "-h"), cmd.about, "--config")
	}
}

func TestABrokenConfigurationIsNamedInFull(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "")
	st.env["AUTHY_ACCOUNT_SOURCES"] = "file,ldap"
	st.env["AUTHY_AUDIT"] = "relative"
	contains(t, st.must(exitNo, "", "status", "ann"), "ldap", "relative")
	st.env["AUTHY_USERS_FILE"] = ""
	contains(t, st.must(exitNo, "", "status", "ann"), "AUTHY_USERS_FILE")
	delete(st.env, "AUTHY_AUDIT")
	contains(t, st.must(exitOK, "", "app"), "the key is good") // which needs no accounts
}

func TestDoctorNeverSaysOkOfWhatItDidNotSee(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "ann: 1\n")
	for name, args := range map[string][]string{
		"nothing was named":      nil,
		"no environment":         {"--sftpgo-config", "none"},
		"no file":                {"--sftpgo-env", "none"},
		"a file that is missing": {"--sftpgo-config", "/nonexistent/sftpgo.json", "--sftpgo-env", "none"},
		"a process that is gone": {"--sftpgo-pid", "999999999"},
	} {
		_, out, _ := st.ctl("", append([]string{"doctor", "--json"}, args...)...)
		var report doctor.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		for _, c := range report.Checks {
			ours := strings.Contains("configuration users_file totp_secrets memory verify clock way_out api_key", c.ID)
			if (c.State == doctor.OK) != ours || c.State != doctor.OK && len(c.NotSeen) == 0 {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
	st.env["AUTHY_API_URL"] = ""
	code, out, errs := st.ctl("", "doctor", "--authy=false")
	if code != exitUnknowns || !strings.Contains(out, "NOT SEEN") || !strings.Contains(out, "--sftpgo-url") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if !strings.HasPrefix(errs, "hint: ") ||
		!strings.Contains(errs, "authyctl doctor --sftpgo-pid PID --sftpgo-url URL") {
		t.Errorf("no hint what to name: %q", errs)
	}
	if _, _, errs := st.ctl("", "doctor", "--authy=false", "--sftpgo-url", "http://127.0.0.1:1", "--sftpgo-pid",
		"1"); errs != "" {
		t.Errorf("a hint where all was named: %q", errs)
	}
	st.env["AUTHY_API_KEY_FILE"] = "/nonexistent"
	if code, out, _ := st.ctl("", "doctor"); code != exitNo || !strings.Contains(out, "configuration of the hooks") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

func TestDoctorReadsFilesAndEnvironments(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "ann: 1\n")
	file := st.write("sftpgo.json",
		`{"data_provider": {"external_auth_hook": "http://127.0.0.1/x", "external_auth_scope": 2}, "command": `+
			`{"env": ["MY_TOKEN=very-secret"]}}`)
	env := st.write("env", "SFTPGO_COMMON__DEFENDER__ENABLED=1\n")
	over := st.write("over", "SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_SCOPE=1\nSFTPGO_LOG_LEVEL=info\n")
	ids := func(args ...string) string {
		t.Helper()
		_, out, errs := st.ctl("",
			append([]string{"doctor", "--json", "--authy=false", "--sftpgo-config", file}, args...)...)
		var report doctor.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatalf("%v: %s%s", err, out, errs)
		}
		if strings.Contains(out, "very-secret") {
			t.Error("doctor shows a secret")
		}
		var list []string
		for _, f := range report.Findings {
			list = append(list, f.ID)
		}
		return strings.Join(list, " ")
	}
	for _, row := range []struct{ got, want string }{
		{ids("--sftpgo-env", "none"), "provider external_auth_scope global_secrets secrets_in_log defender"},
		{ids("--sftpgo-env", env), "provider external_auth_scope global_secrets secrets_in_log"},
		{ids("--sftpgo-env", over, "--sftpgo-env", env), "provider global_secrets"},
	} {
		if row.got != row.want {
			t.Errorf("got %q, want %q", row.got, row.want)
		}
	}
}

func TestFormatsOfDoctor(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "")
	text := func(args ...string) string {
		t.Helper()
		code, out, errs := st.ctl("", append([]string{"doctor", "--authy=false"}, args...)...)
		if code != exitNo { // the users file is empty
			t.Fatalf("doctor %v: exit code %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	if text("--json") != text("--format", "json") || text() != text("--format=text") {
		t.Error("--json is not --format json, or text is not what there is without a format")
	}
	var sarif struct {
		Version string
		Runs    []struct {
			Results []struct{ RuleID, Level string }
		}
	}
	if err := json.Unmarshal([]byte(text("--format", "sarif")), &sarif); err != nil || sarif.Version != "2.1.0" ||
		len(sarif.Runs) != 1 || len(sarif.Runs[0].Results) == 0 {
		t.Errorf("got %+v, %v", sarif, err)
	}
	if code, _, errs := st.ctl("", "doctor", "--format", "xml"); code != exitUsage {
		t.Errorf("exit code %d: %s", code, errs)
	} else {
		contains(t, errs, "want text, json or sarif")
	}
}
