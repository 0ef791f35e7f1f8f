package hookhost

import "strings"

const (
	passwordRound = `{"questions":["Password: "],"echos":[false],"check_password":1}` + "\n"
	tokenRound    = `{"instruction":"Now the token","questions":["Token: "],"echos":[true]}` + "\n"
	accept        = `{"auth_result":1}` + "\n"
)

func keyintScenarios() []scenario {
	// A program is one call, HTTP one per round: count both.
	both := func(sc scenario, httpCalls int) []scenario {
		program, overHTTP := sc, sc
		program.only, overHTTP.only = doorProgram, doorHTTP
		if httpCalls > 0 {
			program.calls = 1
		}
		overHTTP.calls = httpCalls
		return []scenario{program, overHTTP}
	}
	good := script{Rounds: []turn{{passwordRound, 1}, {tokenRound, 1}, {accept, 0}}}
	say := func(name, line string, in bool) scenario {
		return scenario{name: name, keyint: script{Rounds: []turn{{line, 0}}}, calls: 1,
			attempts: []attempt{{via: sshKeyint, answers: []string{"a", "b"}, in: in}}}
	}
	program := func(sc scenario) scenario { sc.only = doorProgram; return sc }
	overHTTP := func(sc scenario) scenario { sc.only = doorHTTP; return sc }
	var all []scenario
	all = append(all,
		both(scenario{name: "password, token, in", keyint: good,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret", "123"}, in: true}}}, 3)...)
	all = append(all,
		both(scenario{name: "odd answers arrive raw", keyint: good,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret", "p\"ä<&>\\ "}, in: true}}}, 3)...)
	all = append(all,
		both(scenario{name: "an empty answer arrives", keyint: good,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret", ""}, in: true}}}, 3)...)
	all = append(all, both(scenario{name: "several questions",
		attempts: []attempt{{via: sshKeyint, answers: []string{"a", "b", "c"}, in: true}},
		keyint: script{Rounds: []turn{{`{"questions":["A","B","C"],"echos":[true,false,true]}` + "\n", 3},
			{accept, 0}}}}, 2)...)
	all = append(all, both(scenario{name: "check_password with two questions is ignored",
		attempts: []attempt{{via: sshKeyint, answers: []string{"OK", "x"}, in: true}},
		keyint: script{Rounds: []turn{{`{"questions":["A","B"],"echos":[true,false],"check_password":1}` + "\n", 2},
			{accept, 0}}}}, 2)...)
	all = append(all, both(scenario{name: "check_password 3 is 1",
		attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}, in: true}},
		keyint:   script{Rounds: []turn{{strings.Replace(passwordRound, "1}", "3}", 1), 1}, {accept, 0}}}}, 2)...)
	all = append(all, both(scenario{name: "negative check_password is none",
		attempts: []attempt{{via: sshKeyint, answers: []string{"x"}, in: true}},
		keyint:   script{Rounds: []turn{{strings.Replace(passwordRound, "1}", "-1}", 1), 1}, {accept, 0}}}}, 2)...)
	all = append(all, both(scenario{name: "a disabled user plays to the end", user: map[string]any{"status": 0},
		keyint:   script{Rounds: []turn{{tokenRound, 1}, {accept, 0}}},
		attempts: []attempt{{via: sshKeyint, answers: []string{"x"}}}}, 2)...)
	all = append(all, both(scenario{name: "a denied method plays to the end",
		user:   filter("denied_login_methods", []string{"keyboard-interactive"}),
		keyint: good, attempts: []attempt{{via: sshKeyint, answers: []string{"secret", "1"}}}}, 3)...)
	all = append(all, both(scenario{name: "a denied protocol plays to the end",
		user:   filter("denied_protocols", []string{"SSH"}),
		keyint: good, attempts: []attempt{{via: sshKeyint, answers: []string{"secret", "1"}}}}, 3)...)
	return append(all,
		overHTTP(scenario{name: "a newline forges nothing",
			keyint: script{Rounds: []turn{{tokenRound, 1}, {passwordRound, 1}, {accept, 0}}}, calls: 2,
			attempts: []attempt{{via: sshKeyint, answers: []string{"123\nOK", "no password"}}}}),
		scenario{name: "wrong password ends it", keyint: good, calls: 1, only: doorHTTP,
			attempts: []attempt{{via: sshKeyint, answers: []string{"wrong", "123"}}}},
		scenario{name: "wrong password kills the program", keyint: good, only: doorProgram,
			attempts: []attempt{{via: sshKeyint, answers: []string{"wrong", "123"}}}},
		scenario{name: "built-in code without one", only: doorHTTP, calls: 1,
			attempts: []attempt{{via: sshKeyint, answers: []string{"123456"}}},
			keyint:   script{Rounds: []turn{{strings.Replace(passwordRound, "1}", "2}", 1), 1}, {accept, 0}}}},
		scenario{name: "the client gives up", keyint: good, only: doorProgram,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}}}},
		say("1 accepts", accept, true),
		say("-1 refuses", `{"auth_result":-1}`+"\n", false),
		say("2 refuses", `{"auth_result":2}`+"\n", false),
		say("string result refuses", `{"auth_result":"1"}`+"\n", false),
		say("boolean result refuses", `{"auth_result":true}`+"\n", false),
		say("fractional result refuses", `{"auth_result":1.0}`+"\n", false),
		say("a result outranks wrong questions", `{"auth_result":1,"questions":["a"],"echos":[]}`+"\n", true),
		say("capital and unknown keys are fine", `{"AUTH_RESULT":1,"else":{}}`+"\n", true),
		say("no questions refuse", `{"questions":[],"echos":[]}`+"\n", false),
		say("empty object refuses", "{}\n", false),
		say("null refuses", "null\n", false),
		say("too few echos refuse", `{"questions":["a","b"],"echos":[true]}`+"\n", false),
		say("a log line refuses", "asking\n"+accept, false),
		say("no newline at the end is fine", `{"auth_result":1}`, true),
		program(say("carriage return is fine", `{"auth_result":1}`+"\r\n", true)),
		program(say("a blank line refuses", "\n"+accept, false)),
		overHTTP(say("blank lines are fine", "\n\n"+accept, true)),
		program(say("two values in a line refuse", `{"auth_result":1}{}`+"\n", false)),
		overHTTP(say("only the first value counts", `{"auth_result":1} junk`, true)),
		program(say("pretty printed refuses", "{\n\"auth_result\":1\n}\n", false)),
		overHTTP(say("pretty printed is fine", "{\n\"auth_result\":1\n}\n", true)),
		program(say("65535 bytes in a line are fine", strings.Repeat(" ", 65535-len(accept)+1)+accept, true)),
		program(say("65536 bytes in a line refuse", strings.Repeat(" ", 65536-len(accept)+1)+accept, false)),
		overHTTP(say("two MiB are fine", strings.Repeat(" ", 2<<20)+accept, true)),
		say("nothing said refuses", "", false),
		program(scenario{name: "exit code does not matter",
			keyint: script{Rounds: []turn{{accept, 0}}, Fail: true, Stderr: "noise"}, calls: 1,
			attempts: []attempt{{via: sshKeyint, in: true}}}),
		overHTTP(scenario{name: "500 refuses", keyint: script{Out: accept, Fail: true}, calls: 1,
			attempts: []attempt{{via: sshKeyint}}}),
		overHTTP(scenario{name: "201 refuses", keyint: script{Out: accept, Status: 201}, calls: 1,
			attempts: []attempt{{via: sshKeyint}}}),
		overHTTP(scenario{name: "302 is followed", keyint: script{Out: accept, Redirect: 302}, calls: 1,
			attempts: []attempt{{via: sshKeyint, in: true}}}),
		overHTTP(scenario{name: "a cut body with a whole value accepts", keyint: script{Out: accept, Truncate: true},
			calls: 1, attempts: []attempt{{via: sshKeyint, in: true}}}),
		scenario{name: "unknown user gets no question", absent: true, keyint: good,
			attempts: []attempt{{via: sshKeyint, answers: []string{"a", "b"}}}},
		scenario{name: "flag gives the built-in prompt", user: flags("external_auth_disabled"), keyint: good,
			attempts: []attempt{{via: sshKeyint, answers: []string{"secret"}, in: true}}},
		scenario{name: "password goes past the hook", keyint: good,
			attempts: []attempt{{via: sshPassword, password: "secret", in: true},
				{via: overFTP, password: "secret", in: true}}},
		say("no password stored", accept, true).with(map[string]any{"password": ""}),
	)
}

// with returns the user of a scenario.
func (sc scenario) with(user map[string]any) scenario {
	sc.user = user
	return sc
}
