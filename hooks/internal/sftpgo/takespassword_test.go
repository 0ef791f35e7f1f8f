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
		{"key, then code, but over FTP", `{"denied_login_methods":["password","publickey","keyboard-interactive"]}`, "FTP", false},
		{"key, then prompts", `{"denied_login_methods":["password","publickey","keyboard-interactive","publickey+password"]}`, "SSH", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := ExternalAuth{Username: "ann", User: []byte(`{"username":"ann","status":1,"filters":` + tt.filters + `}`)}
			stored, err := e.ReadStored()
			if err != nil {
				t.Fatal(err)
			}
			if got := stored.TakesPassword(tt.protocol); got != tt.want {
				t.Errorf("takes a password over %s: %v, want %v", tt.protocol, got, tt.want)
			}
		})
	}
}
