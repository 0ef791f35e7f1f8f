package hookhost

import (
	"reflect"
	"slices"
	"testing"
)

// wireUser is the document of the account in TestWire.
const wireUser = `{"id":1,"status":1,"username":"wire","email":"wire@example.com","password":"<hash>",` +
	`"home_dir":"wire","uid":0,"gid":0,"max_sessions":0,"quota_size":0,"quota_files":0,"permissions":{"/":["*"]},` +
	`"upload_data_transfer":0,"download_data_transfer":0,"total_data_transfer":0,"created_at":1,"updated_at":1,` +
	`"last_password_change":1,"additional_info":"authy 123","filters":{"hooks":{"external_auth_disabled":false,` +
	`"pre_login_disabled":false,"check_password_disabled":false},"totp_config":{"secret":{}}},"filesystem":` +
	localFilesystem + `}`

// What hooks get, to the byte and in order, as captured from SFTPGo 2.7.5.
func TestWire(t *testing.T) {
	t.Parallel()
	sc := scenario{
		ext: script{Echo: true}, chk: script{Out: `{"status":2,"to_verify":"p<1>"}`},
		keyint: script{Rounds: []turn{{tokenRound, 1}, {accept, 0}}},
		attempts: []attempt{{via: overFTP, password: "p<1>", in: true},
			{via: sshKeyint, answers: []string{"a&b"}, in: true}},
	}
	play := func(door string) []call {
		s := setup{keyint: true, ext: true, extScope: ExternalAuthPassword, chk: true, door: door}.withScripts(t)
		seen := sc.play(t, startHost(t, s), s, "wire")
		for i, a := range sc.attempts {
			if seen.Outcomes[i].In != a.in {
				t.Errorf("%s: login %d: let in %v", door, i+1, seen.Outcomes[i].In)
			}
		}
		return seen.Calls
	}

	var bodies []string
	for _, c := range play(doorHTTP) {
		bodies = append(bodies, c.Body)
		c.Headers.Del("Content-Length")
		want := map[string][]string{"Accept-Encoding": {"gzip"}, "Content-Type": {"application/json"},
			"User-Agent":    {"Go-http-client/1.1"},
			"Authorization": {"Basic aG9va3VzZXI6aG9va3Bhc3M="}, "X-Hook-Secret": {"s3cret"}}
		if !reflect.DeepEqual(map[string][]string(c.Headers), want) {
			t.Errorf("%s: headers %v, want %v", c.Hook, c.Headers, want)
		}
	}
	if want := []string{
		`{"ip":"127.0.0.1","keyboard_interactive":"","password":"p\u003c1\u003e","protocol":"FTP","public_key":"",` +
			`"tls_cert":"","user":` + wireUser + `,"username":"wire"}`,
		`{"username":"wire","ip":"127.0.0.1","password":"p\u003c1\u003e","protocol":"FTP"}`,
		`{"request_id":"<id>","step":1,"username":"wire","ip":"127.0.0.1","password":"<hash>"}`,
		`{"request_id":"<id>","step":2,"username":"wire","password":"<hash>","answers":["a\u0026b"],` +
			`"questions":["Token: "]}`,
	}; !slices.Equal(bodies, want) {
		t.Errorf("bodies:\n%q\nwant:\n%q", bodies, want)
	}

	var envs [][]string
	for _, c := range play(doorProgram) {
		envs = append(envs, c.Env)
	}
	if want := [][]string{
		{"FOR=all", noExitPause, "SFTPGO_AUTHD_USERNAME=wire", "SFTPGO_AUTHD_USER=" + wireUser,
			"SFTPGO_AUTHD_IP=127.0.0.1", "SFTPGO_AUTHD_PASSWORD=p<1>",
			"SFTPGO_AUTHD_PUBLIC_KEY=", "SFTPGO_AUTHD_PROTOCOL=FTP", "SFTPGO_AUTHD_TLS_CERT=",
			"SFTPGO_AUTHD_KEYBOARD_INTERACTIVE="},
		{noExitPause, "FOR=checkpwd", "SFTPGO_AUTHD_USERNAME=wire", "SFTPGO_AUTHD_PASSWORD=p<1>",
			"SFTPGO_AUTHD_IP=127.0.0.1", "SFTPGO_AUTHD_PROTOCOL=FTP"},
		{"FOR=all", noExitPause, "SFTPGO_AUTHD_USERNAME=wire", "SFTPGO_AUTHD_IP=127.0.0.1",
			"SFTPGO_AUTHD_PASSWORD=<hash>"},
	}; !reflect.DeepEqual(envs, want) {
		t.Errorf("environments:\n%q\nwant:\n%q", envs, want)
	}
}
