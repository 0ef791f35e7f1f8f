package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestDoctorLooksAtTheMemory: it makes no file, says what is wrong with one that is there, and asks
// the hookd that has it.
func TestDoctorLooksAtTheMemory(t *testing.T) {
	t.Parallel()
	st := local(t)
	text, err := os.ReadFile(st.env["AUTHY_HOOKS_CONFIG"])
	if err != nil {
		t.Fatal(err)
	}
	file := regexp.MustCompile(`memory_file: (\S+)`).FindStringSubmatch(string(text))[1]
	doctor := func(want ...string) {
		t.Helper()
		_, out, _ := st.ctl("", "doctor")
		contains(t, out, want...)
	}
	doctor("memory (warning): memory_file " + file + "\n          is not there")
	if _, err := os.Stat(file); err == nil {
		t.Fatal("doctor made one")
	}
	st.must(exitOK, "", "enroll", "--force", "--from", st.write("people.csv", "ann\n"), "--out",
		filepath.Join(t.TempDir(), "out.csv"))
	doctor("memory (info): memory_file "+file, "the secrets of ann wait for their first code")
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	doctor("memory (warning): memory_file "+file, "mode 0644", "nobody with local TOTP is let in")
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	socket := st.env["AUTHY_HOOKD_ADMIN_SOCKET"]
	st.hookd()
	doctor("memory (info): memory_file "+file, "the secrets of ann wait for their first code")
	st.env["AUTHY_HOOKD_ADMIN_SOCKET"] = ""
	doctor("NOT SEEN  memory_file "+file+": is in use by hookd", "set hookd.admin_socket")
	st.env["AUTHY_HOOKD_ADMIN_SOCKET"] = socket
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	doctor("memory (warning): memory_file " + file + "\n          is not there")
}
