package sftpgo

import "testing"

func TestTakesPassword(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, filters, protocol string
		want                    bool
	}{
		{"nothing denied", `{}`, "FTP", true},
		{"no filters", `null`, "SSH", true},
		{"an account of extauth", `{"denied_login_methods":["keyboard-interactive","publickey"]}`, "SSH", true},
		{"an account of keyint over FTP", `{"denied_login_methods":["password","publickey"]}`, "FTP", false},
		{"an account of keyint over SSH", `{"denied_login_methods":["password","publickey"]}`, "SSH", false},
		{"password denied over SSH alone, SSH", `{"denied_login_methods":["password-over-SSH"]}`, "SSH", false},
		{"password denied over SSH alone, FTP", `{"denied_login_methods":["password-over-SSH"]}`, "FTP", true},
		{"protocol denied", `{"denied_protocols":["FTP","DAV"]}`, "DAV", false},
		{"another protocol denied", `{"denied_protocols":["FTP","DAV"]}`, "HTTP", true},
		{"key, then code", `{"denied_login_methods":["password","publickey","keyboard-interactive"]}`, "SSH", true},
		{"key, then code, but over FTP", `{"denied_login_methods":["password","publickey","keyboard-interactive"]}`,
			"FTP", false},
		{"key, then prompts",
			`{"denied_login_methods":["password","publickey","keyboard-interactive","publickey+password"]}`,
			"SSH", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := ExternalAuth{Username: "ann",
				User: []byte(`{"username":"ann","status":1,"filters":` + tt.filters + `}`)}
			stored, err := e.ReadStored()
			if err != nil {
				t.Fatal(err)
			}
			if got := stored.TakesPassword(tt.protocol, false); got != tt.want {
				t.Errorf("takes a password over %s: %v, want %v", tt.protocol, got, tt.want)
			}
		})
	}
}

// TestGroupsDeny: what a group denies is not sent. People of keyint whose group denies the password
// look as if they might log in with one; extauth would put the code in the password's place, and
// the phone alone would do from then on.
func TestGroupsDeny(t *testing.T) {
	t.Parallel()
	const own, none = `{"denied_login_methods":["keyboard-interactive","publickey"]}`, `{}`
	for _, tt := range []struct {
		name, groups, filters string
		want                  bool
	}{
		{"no group", `[]`, none, true},
		{"primary", `[{"name":"g","type":1}]`, none, false},
		{"secondary", `[{"name":"g","type":2}]`, none, false},
		{"a kind of later versions", `[{"name":"g","type":4}]`, none, false},
		{"membership, which brings no settings", `[{"name":"g","type":3}]`, none, true},
		{"membership and primary", `[{"name":"m","type":3},{"name":"g","type":1}]`, none, false},
		{"primary, of extauth by its own settings", `[{"name":"g","type":1}]`, own, true},
		{"primary, without SSH by its own settings", `[{"name":"g","type":1}]`, `{"denied_protocols":["SSH"]}`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := ExternalAuth{Username: "ann",
				User: []byte(`{"username":"ann","status":1,"groups":` + tt.groups + `,"filters":` + tt.filters + `}`)}
			stored, err := e.ReadStored()
			if err != nil {
				t.Fatal(err)
			}
			if got := stored.TakesPassword("FTP", false); got != tt.want {
				t.Errorf("takes a password: %v, want %v", got, tt.want)
			}
			if !stored.TakesPassword("FTP", true) {
				t.Error("an account whose keyint asks for the code alone: refused, want taken")
			}
		})
	}
}
