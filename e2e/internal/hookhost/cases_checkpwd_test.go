package hookhost

import "strings"

func checkPasswordScenarios() []scenario {
	typed := "secret1234567"
	once := func(name, out string, in bool) scenario {
		return scenario{name: name, chk: script{Out: out},
			attempts: []attempt{{via: sshPassword, password: typed, in: in}}, calls: 1, storedMatches: "secret"}
	}
	one := `{"status":1}`
	scenarios := []scenario{
		once("1 accepts", one, true),
		once("2 accepts the right part", `{"status":2,"to_verify":"secret"}`, true),
		once("2 refuses a wrong part", `{"status":2,"to_verify":"secret1"}`, false),
		once("2 refuses an empty part", `{"status":2,"to_verify":""}`, false),
		once("2 refuses without a part", `{"status":2}`, false),
		once("0 refuses", `{"status":0,"to_verify":"secret"}`, false),
		once("3 refuses", `{"status":3,"to_verify":"secret"}`, false),
		once("-2 refuses", `{"status":-2,"to_verify":"secret"}`, false),
		once("empty object refuses", `{}`, false),
		once("null refuses", `null`, false),
		once("nothing refuses", "", false),
		once("a newline refuses", "\n", false),
		once("two documents refuse", one+"\n"+one, false),
		once("a log line before refuses", "starting\n"+one, false),
		once("a byte order mark refuses", "\ufeff"+one, false),
		once("string status refuses", `{"status":"1"}`, false),
		once("boolean status refuses", `{"status":true}`, false),
		once("fractional status refuses", `{"status":1.0}`, false),
		once("blanks around are fine", " \r\n\t"+one+" \n\n", true),
		once("pretty printed is fine", "{\n  \"status\": 1\n}\n", true),
		once("capital and unknown keys are fine", `{"STATUS":1,"Else":[1]}`, true),
		once("null part refuses", `{"status":2,"to_verify":null}`, false),
		{name: "-1 is no hook", chk: script{Out: `{"status":-1}`}, calls: 2,
			attempts: []attempt{{via: sshPassword, password: typed}, {via: sshPassword, password: "secret", in: true}}},
		{name: "a failure refuses whatever is said", chk: script{Out: one, Fail: true}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "stderr does not matter", only: doorProgram, chk: script{Out: one, Stderr: "a line\n\nanother"},
			calls:    1,
			attempts: []attempt{{via: sshPassword, password: typed, in: true}}},
		{name: "201 refuses", only: doorHTTP, chk: script{Out: one, Status: 201}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "a cut body refuses", only: doorHTTP, chk: script{Out: one, Truncate: true}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "302 is followed", only: doorHTTP, chk: script{Out: one, Redirect: 302}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: typed, in: true}}},
		{name: "307 is followed", only: doorHTTP, chk: script{Out: one, Redirect: 307}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: typed, in: true}}},
		{name: "over one MiB of stdout is fine", only: doorProgram, chk: script{Out: strings.Repeat(" ", 1<<20) + one},
			calls:    1,
			attempts: []attempt{{via: sshPassword, password: typed, in: true}}},
		{name: "over one MiB of body is cut", only: doorHTTP, chk: script{Out: strings.Repeat(" ", 1<<20) + one},
			calls:    1,
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "every protocol asks", chk: script{Out: one}, calls: 4, attempts: []attempt{
			{via: sshPassword, password: "x", in: true}, {via: sshKeyint, answers: []string{"y"}, in: true},
			{via: overFTP, password: "z", in: true}, {via: overDAV, password: "w", in: true}}},
		{name: "every protocol refuses", chk: script{Out: `{}`}, calls: 4, attempts: []attempt{
			{via: sshPassword, password: "secret"}, {via: sshKeyint, answers: []string{"secret"}},
			{via: overFTP, password: "secret"}, {via: overDAV, password: "secret"}}},
		{name: "names are trimmed", chk: script{Out: one}, calls: 1,
			attempts: []attempt{{via: sshPassword, name: "  $USER ", password: "x", in: true}}},
		{name: "odd passwords arrive", chk: script{Out: one}, calls: 4, attempts: []attempt{
			{via: sshPassword, password: "päss<&>\"'\\`$(x)", in: true},
			{via: sshPassword, password: "a\nb\rc=d", in: true},
			{via: sshPassword, password: "\xff\xfe", in: true},
			{via: sshPassword, password: strings.Repeat("long", 1000), in: true}}},
		{name: "nul keeps a program from starting", only: doorProgram, chk: script{Out: one},
			attempts: []attempt{{via: sshPassword, password: "a\x00b"}}},
		{name: "nul arrives over http", only: doorHTTP, chk: script{Out: one}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: "a\x00b", in: true}}},
		{name: "flag switches off", user: flags("check_password_disabled"), chk: script{Out: one}, attempts: []attempt{
			{via: sshPassword, password: typed}, {via: sshPassword, password: "secret", in: true}}},
		{name: "unknown user", absent: true, chk: script{Out: one},
			attempts: []attempt{{via: sshPassword, password: typed}, {via: sshKeyint, answers: []string{"x"}}}},
		{name: "disabled user", user: map[string]any{"status": 0}, chk: script{Out: one},
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "expired user", user: map[string]any{"expiration_date": 1000}, chk: script{Out: one},
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "no stored password", user: map[string]any{"password": ""}, chk: script{Out: one},
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "blank password", chk: script{Out: one},
			attempts: []attempt{{via: sshPassword, password: "  \t "}, {via: overFTP, password: " "}}},
		{name: "must change the password", user: filter("require_password_change", true), chk: script{Out: one},
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "denied method costs a call", user: filter("denied_login_methods", []string{"password"}),
			chk: script{Out: one}, calls: 3,
			attempts: []attempt{{via: sshPassword, password: typed}, {via: overFTP, password: typed},
				{via: overDAV, password: typed}}},
		{name: "password denied over ssh alone", user: filter("denied_login_methods", []string{"password-over-SSH"}),
			chk: script{Out: one}, calls: 3,
			attempts: []attempt{{via: sshPassword, password: typed}, {via: overFTP, password: typed, in: true},
				{via: sshKeyint, answers: []string{"x"}, in: true}}},
		{name: "denied protocols cost a call", user: filter("denied_protocols", []string{"SSH", "FTP", "DAV"}),
			chk: script{Out: one}, calls: 3,
			attempts: []attempt{{via: sshPassword, password: typed}, {via: overFTP, password: typed},
				{via: overDAV, password: typed}}},
		{name: "denied address costs a call", user: filter("denied_ip", []string{"127.0.0.0/8"}), chk: script{Out: one},
			calls: 3,
			attempts: []attempt{{via: sshPassword, password: typed}, {via: overFTP, password: typed},
				{via: overDAV, password: typed}}},
		{name: "another address is allowed", user: filter("allowed_ip", []string{"192.0.2.0/24"}),
			chk: script{Out: one}, calls: 1,
			attempts: []attempt{{via: sshPassword, password: typed}}},
		{name: "built-in second factor is wanted and missing",
			user: filter("two_factor_protocols", []string{"SSH", "FTP"}), chk: script{Out: one}, calls: 3,
			attempts: []attempt{{via: sshPassword, password: typed}, {via: overFTP, password: typed},
				{via: overDAV, password: typed, in: true}}},
	}
	return scenarios
}

// flags switches hooks off for a user.
func flags(names ...string) map[string]any {
	hooks := map[string]bool{}
	for _, name := range names {
		hooks[name] = true
	}
	return filter("hooks", hooks)
}

// filter is a user with one filter.
func filter(name string, value any) map[string]any {
	return map[string]any{"filters": map[string]any{name: value}}
}
