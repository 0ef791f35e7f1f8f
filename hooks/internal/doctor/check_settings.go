package doctor

import (
	"fmt"
	"strconv"
	"strings"

	"sftpgo-authy/hooks/internal/config"
)

// Seconds for a conversation: SSH ends a handshake after two minutes.
const (
	shortest = 60
	longest  = 115
	advised  = 100
)

// keyintTimeout checks that the timeout of the keyboard-interactive program leaves time to type.
func keyintTimeout(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	hook := s.keyint()
	if hook == "" || isHTTP(hook) {
		return nil, nil
	}
	timeout := s.timeout(hook, "keyboard_interactive")
	entry, free := s.command(hook, "keyboard_interactive")
	prefix := "SFTPGO_COMMAND__COMMANDS__" + strconv.Itoa(free) + "__"
	if entry != nil {
		prefix = entry.prefix
	}
	what := ""
	typing := config.Defaults().Keyint.TypingTimeout
	configs, _ := f.configs()
	for _, c := range configs { // the program's own is the last
		if c.decides(hookKeyint) {
			typing = c.Keyint.TypingTimeout
		}
	}
	switch {
	case timeout < shortest:
		what = fmt.Sprintf("the keyboard-interactive program is killed after %d seconds, typing included: people "+
			"who look for their phone are locked out", timeout)
	case timeout > longest:
		what = fmt.Sprintf("the keyboard-interactive program has %d seconds, and SSH ends the login after 120", timeout)
	case timeout <= int(typing.Seconds())+5:
		what = fmt.Sprintf("the keyboard-interactive program waits %s for typing and is killed after %d seconds: it "+
			"cannot write its audit line", typing, timeout)
	default:
		return nil, nil
	}
	return []Finding{{Severity: Warning, Where: "sftpgo settings", What: what,
		Line: fmt.Sprintf("command.commands, entry with path %s: timeout %d (%sPATH=%[1]s %[3]sTIMEOUT=%[2]d)", hook,
			advised, prefix),
		Change: &Change{Env: map[string]string{
			prefix + "PATH": hook, prefix + "TIMEOUT": strconv.Itoa(advised),
		}}}}, nil
}

// secretName reports whether a variable looks like a secret in clear.
func secretName(name string) bool {
	name = strings.ToUpper(name)
	if strings.HasSuffix(name, "_FILE") {
		return false
	}
	for _, word := range []string{"API_KEY", "SECRET", "PASSWORD", "TOKEN"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// globalSecrets finds secrets in command.env, which goes to every program that SFTPGo runs.
func globalSecrets(f *Facts) ([]Finding, error) {
	var findings []Finding
	for _, entry := range f.Settings.Value.List("command.env") {
		name, _, _ := strings.Cut(entry, "=")
		if !secretName(name) {
			continue
		}
		findings = append(findings, Finding{Severity: High, Where: "sftpgo settings, command.env",
			What: name + " goes to every program that SFTPGo runs, hooks and event actions of others included",
			Line: fmt.Sprintf("take %s out of command.env (%s); name a file with it, as %s_FILE, in the env of the "+
				"entry of command.commands that has the hook's path",
				name, envName("command.env"), name)})
	}
	return findings, nil
}

// secretsInLog finds secrets that SFTPGo logs: at level debug it writes its configuration to the
// log, including the environments of commands and the headers (seen on 2.7.5). It takes every level
// that it does not know for debug.
func secretsInLog(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	if s.Level != "debug" {
		return nil, nil
	}
	var names []string
	envs := s.List("command.env")
	for _, e := range s.Elements("command.commands", nil, "path") {
		envs = append(envs, e.List("env")...)
	}
	for _, entry := range envs {
		if name, _, _ := strings.Cut(entry, "="); secretName(name) {
			names = union(names, []string{name})
		}
	}
	for _, h := range s.Elements("http.headers", nil, "key", "value") {
		if name := h.Text("key"); secretHeader(name) {
			names = union(names, []string{"header " + name})
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	finding := Finding{Severity: Warning, Where: "sftpgo's log",
		What: "SFTPGo logs at debug, " + s.LevelBy +
			", and at that level writes its configuration to its log when it starts, and with it " +
			strings.Join(names, ", "),
		Line: "sftpgo serve --log-level info"}
	if !s.LevelFlag {
		finding.Line = "SFTPGO_LOG_LEVEL=info, in small letters"
		finding.Change = &Change{Env: map[string]string{"SFTPGO_LOG_LEVEL": "info"}}
	}
	return []Finding{finding}, nil
}
