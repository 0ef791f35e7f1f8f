package hooks_test

import (
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// TestProgramsWhoseMemoryCannotBeUsed deny, whatever the provider says, and tell the administrator
// why; or go on without it, as configured.
func TestProgramsWhoseMemoryCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(s *setting)
		socket string // of the program's configuration
		want   string
	}{
		"a file that nobody can read": {func(s *setting) { s.write("memory", "no memory at all", 0o600) }, "",
			"memory: is damaged, or is no memory file; put a copy of it back"},
		"a file that others may read": {func(s *setting) { s.write("memory", "", 0o604) }, "",
			"memory: mode 0604, want 0640 or stricter"},
		"a hookd that has it, and no socket to ask at": {func(s *setting) {
			s.configure("memory_file: DIR/memory\n")
			startHookd(s.t, s)
		}, "", "set hookd.admin_socket, on which programs and authyctl can ask it"},
		"a hookd that has another": {func(s *setting) {
			s.configure("memory_file: DIR/other\nhookd: {admin_socket: DIR/s}\n")
			startHookd(s.t, s)
		}, "admin_socket: DIR/s, ", "/other; want one for both"},
		"a hookd that has none": {func(s *setting) {
			s.configure("hookd: {admin_socket: DIR/s}\n")
			startHookd(s.t, s)
		}, "admin_socket: DIR/s, ", "this hookd has no memory_file; set the same one for it and the programs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := authytest.Says(t, 200, authytest.Valid)
			s := newSetting(t, provider.URL, "ann: 1000\n", "")
			c.before(s)
			for policy, reply := range map[string]string{"deny": `{"status":0,"to_verify":""}`,
				"allow": `{"status":2,"to_verify":"secret"}`} {
				s.configure("memory_file: DIR/memory\nhookd: {" + c.socket + "on_store_failure: " + policy + "}\n")
				v := viaProgram(t, s, "checkpwd", call{username: "ann", password: "secret1234567"})
				if v.reply != reply || v.failed() != (policy == "deny") || !strings.Contains(v.stderr, c.want) {
					t.Errorf("%s: %+v, want %s and %q", policy, v, reply, c.want)
				}
				records := s.records()
				if got := records[len(records)-1]["reason"]; got != "store_unavailable" {
					t.Errorf("%s: the audit says %s", policy, got)
				}
			}
		})
	}
}
