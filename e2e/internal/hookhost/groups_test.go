package hookhost

import "time"

// groups are all the scenarios, by configuration. The tables of the contract are the groups named
// for one hook.
func groups() []group {
	return []group{
		{name: "check password", setup: setup{chk: true}, scenarios: checkPasswordScenarios()},
		{name: "check password for ftp", setup: setup{chk: true, chkScope: CheckPasswordFTP}, scenarios: []scenario{
			{name: "ssh and webdav compare the stored password", chk: script{Out: `{"status":1}`}, attempts: []attempt{
				{via: sshPassword, password: "x"}, {via: sshPassword, password: "secret", in: true},
				{via: overDAV, password: "x"}, {via: overDAV, password: "secret", in: true},
			}},
			{name: "ftp asks", chk: script{Out: `{"status":1}`},
				attempts: []attempt{{via: overFTP, password: "x", in: true}}, calls: 1},
		}},
		{name: "external auth of passwords", setup: setup{ext: true, extScope: ExternalAuthPassword},
			scenarios: externalAuthScenarios()},
		{name: "external auth of everything", setup: setup{ext: true}, scenarios: externalAuthAllScenarios()},
		{name: "external auth with a scope out of range", setup: setup{ext: true, extScope: 16}, scenarios: []scenario{
			{name: "is for everything", ext: script{Out: `{"username":""}`}, calls: 2, attempts: []attempt{
				{via: sshPassword, password: "secret"}, {via: sshKeyint, answers: []string{"secret"}}}},
		}},
		{name: "keyboard-interactive", setup: setup{keyint: true}, scenarios: keyintScenarios()},
		{name: "all hooks", setup: setup{keyint: true, ext: true, extScope: ExternalAuthPassword, chk: true},
			scenarios: mixedScenarios()},
		{name: "all hooks for everything", setup: setup{keyint: true, ext: true, chk: true},
			scenarios: mixedAllScenarios()},
		{name: "no hooks", scenarios: []scenario{
			{name: "stored password", attempts: []attempt{
				{via: sshPassword, password: "secret", in: true}, {via: sshPassword, password: "secret "},
				{via: sshKeyint, answers: []string{"secret"}, in: true}, {via: sshKeyint, answers: []string{"no"}},
				{via: sshKeyint},
				{via: overFTP, password: "secret", in: true}, {via: overFTP, password: "no"}, {via: overFTP},
				{via: overDAV, password: "no"}, {via: overDAV}, {via: overDAV, password: "secret", in: true},
				{via: sshKey}}},
		}},
		{name: "time limit",
			setup:     setup{keyint: true, ext: true, extScope: ExternalAuthPassword, chk: true, timeout: time.Second},
			scenarios: timeLimitScenarios()},
	}
}

func mixedScenarios() []scenario {
	yes := `{"auth_result":1}`
	return []scenario{
		{name: "external auth, then check password", ext: script{Echo: true}, chk: script{Out: `{"status":1}`},
			calls:    2,
			attempts: []attempt{{via: sshPassword, password: "token", in: true}}, storedMatches: "token"},
		{name: "external auth lets in, check password refuses", ext: script{Echo: true},
			chk: script{Out: `{"status":0}`}, calls: 2,
			attempts: []attempt{{via: overFTP, password: "token"}}, storedMatches: "token"},
		{name: "external auth refuses, check password is not asked", ext: script{Out: `{"username":""}`},
			chk: script{Out: `{"status":1}`}, calls: 1,
			attempts: []attempt{{via: overDAV, password: "token"}}, storedMatches: "secret"},
		{name: "keyboard-interactive asks for the password through the check password hook",
			keyint: script{Rounds: []turn{{passwordRound, 1}, {yes + "\n", 0}}},
			chk:    script{Out: `{"status":2,"to_verify":"secret"}`}, calls: 3, only: doorHTTP,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret123"}, in: true}}},
		{name: "keyboard-interactive program asks for the password through the check password hook",
			keyint: script{Rounds: []turn{{passwordRound, 1}, {yes + "\n", 0}}},
			chk:    script{Out: `{"status":2,"to_verify":"secret"}`}, calls: 2, only: doorProgram,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret123"}, in: true}}},
		{name: "check password disabled in keyboard-interactive", user: flags("check_password_disabled"),
			only:   doorHTTP,
			keyint: script{Rounds: []turn{{passwordRound, 1}, {yes + "\n", 0}}}, chk: script{Out: `{"status":1}`},
			calls:    2,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}, in: true}}},
		{name: "external auth disabled switches off keyboard-interactive too", user: flags("external_auth_disabled"),
			keyint: script{Rounds: []turn{{yes + "\n", 0}}}, chk: script{Out: `{"status":2,"to_verify":"secret"}`},
			calls: 2,
			attempts: []attempt{{via: sshKeyint, answers: []string{"x"}, in: true},
				{via: sshPassword, password: "y", in: true}}},
		{name: "both flags leave the stored password", user: flags("external_auth_disabled", "check_password_disabled"),
			attempts: []attempt{
				{via: sshKeyint, answers: []string{"secret"}, in: true}, {via: overFTP, password: "secret", in: true},
				{via: overDAV, password: "x"}}},
	}
}

func mixedAllScenarios() []scenario {
	yes := script{Rounds: []turn{{`{"auth_result":1}` + "\n", 0}}}
	return []scenario{
		{name: "external auth before keyboard-interactive", ext: script{Echo: true}, keyint: yes, calls: 2,
			attempts: []attempt{{via: sshKeyint, in: true}}},
		{name: "external auth refuses, keyboard-interactive is not asked", ext: script{Out: `{"username":""}`},
			keyint: yes, calls: 1, attempts: []attempt{{via: sshKeyint}}},
		{name: "silence of external auth goes on", ext: script{Out: "\n"}, keyint: yes, calls: 2,
			attempts: []attempt{{via: sshKeyint, in: true}}, storedMatches: "secret"},
		{name: "external auth makes somebody up", absent: true, keyint: yes, calls: 2,
			ext:      script{Out: `{"username":"$USER","status":1,"permissions":{"/":["*"]}}`},
			attempts: []attempt{{via: sshKeyint, in: true}}, stored: map[string]string{"status": "1"}},
		{name: "an omitted password is erased", ext: script{Echo: true, Change: map[string]any{"password": nil}},
			only:   doorHTTP,
			keyint: script{Rounds: []turn{{passwordRound, 1}, {`{"auth_result":1}`, 0}}}, calls: 2,
			stored:   map[string]string{"password": ""},
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}}}},
	}
}

// timeLimitScenarios hang; each costs a second or a few.
func timeLimitScenarios() []scenario {
	return []scenario{
		{name: "external auth", ext: script{Out: "\n", Hang: true}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: "x"}}, storedMatches: "secret"},
		{name: "check password", user: flags("external_auth_disabled"), chk: script{Out: `{"status":1}`, Hang: true},
			calls:    1,
			attempts: []attempt{{via: sshPassword, password: "x"}}},
		{name: "keyboard-interactive", keyint: script{Hang: true}, calls: 1, attempts: []attempt{{via: sshKeyint}}},
		{name: "question without newline waits for ever", only: doorProgram, promptsVary: true,
			keyint: script{Rounds: []turn{
				{`{"questions":["a"],"echos":[true]}`, 1}, {`{"auth_result":1}`, 0}}},
			attempts: []attempt{{via: sshKeyint, answers: []string{"x"}}}},
	}
}
