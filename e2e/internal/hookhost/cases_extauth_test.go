package hookhost

import (
	"encoding/json"
	"strings"
)

const minimal = `{"username":"$USER","status":1,"permissions":{"/":["*"]}}`

// typedHash looks like bcrypt.
const typedHash = "$2a$04$abcdefghijklmnopqrstuuCxKxO0J7c6J9u5u1r8oJx6m8nXn0N1K"

func externalAuthScenarios() []scenario {
	once := func(name, out string, in bool, matches string) scenario {
		return scenario{name: name, ext: script{Out: out}, calls: 1, storedMatches: matches,
			attempts: []attempt{{via: sshPassword, password: "token", in: in}}}
	}
	kept := map[string]string{"status": "1", "additional_info": `"authy 123"`}
	stored := func(sc scenario, stored map[string]string) scenario {
		sc.stored = stored
		return sc
	}
	return []scenario{
		stored(once("nothing accepts and stores the typed password", "", true, "token"), kept),
		stored(once("a newline accepts and stores the typed password", "\n", true, "token"), kept),
		stored(once("cr lf accepts and stores the typed password", "\r\n", true, "token"), kept),
		once("a blank refuses", " ", false, "secret"),
		once("two newlines refuse", "\n\n", false, "secret"),
		once("no json refuses", "ok\n", false, "secret"),
		once("two documents refuse", minimal+minimal, false, "secret"),
		once("a log line before refuses", "asking\n"+minimal, false, "secret"),
		once("a byte order mark refuses", "\ufeff"+minimal, false, "secret"),
		once("empty object refuses", "{}", false, "secret"),
		once("null refuses", "null", false, "secret"),
		once("empty name refuses", `{"username":""}`, false, "secret"),
		once("numeric name refuses", `{"username":1}`, false, "secret"),
		once("string status refuses", `{"username":"$USER","status":"1","permissions":{"/":["*"]}}`, false, "secret"),
		stored(once("what is left out is reset", minimal+"\n", true, "token"), map[string]string{"additional_info": "", "email": "", "status": "1"}),
		stored(once("no status disables for good", `{"username":"$USER","permissions":{"/":["*"]}}`, false, "token"), map[string]string{"status": "0"}),
		stored(once("status 0 disables for good", `{"username":"$USER","status":0,"permissions":{"/":["*"]}}`, false, "token"), map[string]string{"status": "0"}),
		stored(once("status 2 is not stored", `{"username":"$USER","status":2,"permissions":{"/":["*"]}}`, false, "secret"), kept),
		stored(once("negative status is not stored", `{"username":"$USER","status":-1,"permissions":{"/":["*"]}}`, false, "secret"), kept),
		stored(once("no permissions are not stored", `{"username":"$USER","status":1}`, false, "secret"), kept),
		stored(once("permissions without root are not stored", `{"username":"$USER","status":1,"permissions":{"/a":["*"]}}`, false, "secret"), kept),
		stored(once("unknown permissions are not stored", `{"username":"$USER","status":1,"permissions":{"/":["fly"]}}`, false, "secret"), kept),
		stored(once("relative home is not stored", `{"username":"$USER","status":1,"permissions":{"/":["*"]},"home_dir":"x"}`, false, "secret"), kept),
		stored(once("unknown method is not stored", `{"username":"$USER","status":1,"permissions":{"/":["*"]},"filters":{"denied_login_methods":["x"]}}`, false, "secret"), kept),
		stored(once("bad address is not stored", `{"username":"$USER","status":1,"permissions":{"/":["*"]},"filters":{"denied_ip":["x"]}}`, false, "secret"), kept),
		stored(once("bad public key is not stored", `{"username":"$USER","status":1,"permissions":{"/":["*"]},"public_keys":["x"]}`, false, "secret"), kept),
		stored(once("unknown and capital keys are fine", `{"USERNAME":"$USER","Status":1,"permissions":{"/":["*"]},"else":1,"description":"d"}`, true, "token"),
			map[string]string{"description": `"d"`, "else": ""}),
		stored(once("cache time at the top is ignored", `{"username":"$USER","status":1,"permissions":{"/":["*"]},"external_auth_cache_time":60}`, true, "token"),
			map[string]string{"external_auth_cache_time": ""}),
		{name: "echo keeps everything but the password", ext: script{Echo: true}, calls: 3, storedMatches: "token3", stored: kept, attempts: []attempt{
			{via: sshPassword, password: "token", in: true}, {via: overFTP, password: "token2", in: true}, {via: overDAV, password: "token3", in: true}}},
		{name: "the last token stays good for keyboard-interactive", ext: script{Echo: true}, calls: 1, storedMatches: "token", attempts: []attempt{
			{via: sshPassword, password: "token", in: true}, {via: sshKeyint, answers: []string{"token"}, in: true}, {via: sshKeyint, answers: []string{"secret"}}}},
		{name: "a failure refuses whatever is said", ext: script{Out: minimal, Fail: true}, calls: 1, storedMatches: "secret", stored: kept,
			attempts: []attempt{{via: sshPassword, password: "token"}}},
		{name: "silent failure refuses", ext: script{Fail: true}, calls: 1, storedMatches: "secret", attempts: []attempt{{via: sshPassword, password: "secret"}}},
		{name: "204 refuses", only: doorHTTP, ext: script{Status: 204}, calls: 1, attempts: []attempt{{via: sshPassword, password: "secret"}}},
		{name: "a cut body refuses", only: doorHTTP, ext: script{Out: minimal, Truncate: true}, calls: 1, attempts: []attempt{{via: sshPassword, password: "x"}}, storedMatches: "secret"},
		{name: "redirect to silence accepts", only: doorHTTP, ext: script{Redirect: 302}, calls: 1, attempts: []attempt{{via: sshPassword, password: "token", in: true}}, storedMatches: "token"},
		{name: "silence for somebody unknown", absent: true, ext: script{}, calls: 1, attempts: []attempt{{via: sshPassword, password: "token"}}},
		{name: "somebody unknown is made", absent: true, ext: script{Out: minimal}, calls: 2, storedMatches: "token", stored: map[string]string{"status": "1"},
			attempts: []attempt{{via: sshPassword, password: "token", in: true}, {via: overFTP, password: "token", in: true}}},
		{name: "somebody unknown is made disabled", absent: true, ext: script{Out: `{"username":"$USER","permissions":{"/":["*"]}}`}, calls: 1, storedMatches: "token",
			stored: map[string]string{"status": "0"}, attempts: []attempt{{via: sshPassword, password: "token"}}},
		{name: "silence and a password over 72 bytes", ext: script{}, calls: 1, attempts: []attempt{{via: sshPassword, password: strings.Repeat("x", 73)}}, storedMatches: "secret"},
		{name: "echo and a password over 72 bytes", ext: script{Echo: true}, calls: 1, attempts: []attempt{{via: sshPassword, password: strings.Repeat("x", 73)}}, storedMatches: "secret"},
		{name: "a typed hash is stored as it is, and let in", ext: script{Echo: true}, calls: 1, stored: kept,
			attempts: []attempt{{via: sshPassword, password: typedHash, in: true}, {via: sshKeyint, answers: []string{typedHash}, in: true},
				{via: sshKeyint, answers: []string{"secret"}}}},
		{name: "a typed hash for somebody made up is stored as it is, and refused", absent: true, ext: script{Out: minimal}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: typedHash}}},
		{name: "a typed hash and silence", ext: script{}, calls: 1, storedMatches: typedHash, attempts: []attempt{{via: sshPassword, password: typedHash, in: true}}},
		{name: "a typed digest is stored as it is, and let in", ext: script{Echo: true}, calls: 1, attempts: []attempt{{via: sshPassword, password: "{MD5}abc", in: true}}},
		{name: "empty password, echoed", ext: script{Echo: true}, calls: 1, attempts: []attempt{{via: sshPassword}}, storedMatches: "secret"},
		{name: "empty password, silence", ext: script{}, calls: 1, attempts: []attempt{{via: overDAV}}, storedMatches: "secret"},
		{name: "echo with status 1 brings a disabled account back", user: map[string]any{"status": 0}, ext: script{Echo: true, Change: map[string]any{"status": 1}}, calls: 1,
			stored: map[string]string{"status": "1"}, attempts: []attempt{{via: sshPassword, password: "t", in: true}}},
		{name: "echo leaves a disabled account", user: map[string]any{"status": 0}, ext: script{Echo: true}, calls: 1, storedMatches: "t",
			stored: map[string]string{"status": "0"}, attempts: []attempt{{via: sshPassword, password: "t"}}},
		{name: "silence leaves a disabled account", user: map[string]any{"status": 0}, ext: script{}, calls: 1, storedMatches: "t", attempts: []attempt{{via: sshPassword, password: "t"}}},
		{name: "expired account", user: map[string]any{"expiration_date": 1000}, ext: script{Echo: true}, calls: 1, attempts: []attempt{{via: sshPassword, password: "t"}}},
		{name: "a change is stored", ext: script{Echo: true, Change: map[string]any{"description": "new", "quota_files": 7}}, calls: 1,
			stored: map[string]string{"description": `"new"`, "quota_files": "7"}, attempts: []attempt{{via: sshPassword, password: "t", in: true}}},
		{name: "counters are not taken over", ext: script{Echo: true, Change: map[string]any{"id": 99, "used_quota_size": 5, "created_at": 5}}, calls: 1,
			stored: map[string]string{"used_quota_size": ""}, attempts: []attempt{{via: sshPassword, password: "t", in: true}}},
		{name: "flag switches off", user: flags("external_auth_disabled"), ext: script{Out: minimal}, attempts: []attempt{
			{via: sshPassword, password: "t"}, {via: sshPassword, password: "secret", in: true}}},
		{name: "denied method costs a call", user: filter("denied_login_methods", []string{"password"}), ext: script{Echo: true}, calls: 2, storedMatches: "u",
			attempts: []attempt{{via: sshPassword, password: "t"}, {via: overDAV, password: "u"}}},
		{name: "another login name", absent: true, attempts: []attempt{{via: sshPassword, name: " $USER ", password: "t", in: true}},
			ext: script{Out: minimal}, calls: 1, storedMatches: "t"},
		{name: "names of the answer are trimmed", ext: script{Out: `{"username":" $USER ","status":1,"permissions":{"/":["*"]}}`}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: "t"}}},
		{name: "keys are not its business", ext: script{Out: minimal}, attempts: []attempt{{via: sshKey}}},
		{name: "all that can be in a document comes through", user: map[string]any{
			"description": "a <b> & c", "uid": 7, "gid": 8, "max_sessions": 3, "quota_size": 10, "quota_files": 20, "upload_bandwidth": 1, "download_bandwidth": 2,
			"upload_data_transfer": 3, "download_data_transfer": 4, "total_data_transfer": 5, "expiration_date": 4102444800000,
			"permissions": map[string][]string{"/": {"list", "download", "upload"}, "/b": {"*"}},
			"filters": map[string]any{"allowed_ip": []string{"127.0.0.0/8"}, "denied_ip": []string{"192.0.2.0/24"}, "denied_login_methods": []string{"publickey"},
				"denied_protocols": []string{"HTTP"}, "max_upload_file_size": 9, "hooks": map[string]bool{"pre_login_disabled": true, "check_password_disabled": true},
				"web_client": []string{"mfa-disabled"}, "allow_api_key_auth": true, "start_directory": "/b", "ftp_security": 1, "password_strength": 1,
				"default_shares_expiration": 5, "max_shares_expiration": 6, "password_expiration": 365,
				"file_patterns": json.RawMessage(`[{"path":"/p","denied_patterns":["*.exe"]}]`)},
		}, ext: script{Echo: true}, calls: 1, attempts: []attempt{{via: sshPassword, password: "a long enough Password 1!", in: true}}},
	}
}

func externalAuthAllScenarios() []scenario {
	return []scenario{
		{name: "a key that is vouched for is stored", ext: script{Echo: true}, calls: 1, attempts: []attempt{{via: sshKey, in: true}}, storedMatches: "secret"},
		{name: "a key of somebody unknown", absent: true, ext: script{Out: minimal}, calls: 1, attempts: []attempt{{via: sshKey, in: true}}, stored: map[string]string{"status": "1", "password": ""}},
		{name: "silence vouches for no key", ext: script{}, calls: 1, attempts: []attempt{{via: sshKey}}},
		{name: "a key refused", ext: script{Out: `{"username":""}`}, calls: 1, attempts: []attempt{{via: sshKey}}},
		{name: "a key of a method denied", user: filter("denied_login_methods", []string{"publickey"}), ext: script{Echo: true}, calls: 1, attempts: []attempt{{via: sshKey}}},
		{name: "keyboard-interactive refused without a question", ext: script{Out: `{"username":""}`}, calls: 1, attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}}}},
		{name: "keyboard-interactive of somebody unknown", absent: true, ext: script{}, calls: 1, attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}}}},
		{name: "keyboard-interactive goes on to the prompt", ext: script{Echo: true}, calls: 1, attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}, in: true}}},
		{name: "keyboard-interactive with the password left out", ext: script{Out: minimal}, calls: 1, attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}}},
			stored: map[string]string{"password": ""}},
		{name: "keyboard-interactive with another password", ext: script{Echo: true, Change: map[string]any{"password": "other"}}, calls: 2,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}}, {via: sshKeyint, answers: []string{"other"}, in: true}}},
		{name: "silence keeps the prompt", ext: script{}, calls: 1, attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}, in: true}}, storedMatches: "secret"},
		{name: "flag switches off", user: flags("external_auth_disabled"), ext: script{Out: minimal}, attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}, in: true}, {via: sshKey}}},
	}
}
