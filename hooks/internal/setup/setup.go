// Package setup turns a configuration into a Login that is finished. It is the only place that
// does: the hooks, the gate, sources of accounts, memory and providers know no configuration.
package setup

import (
	"errors"
	"io"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/hookd/push"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/provider"
)

// Host is what a Login gets from the process that it is part of.
type Host struct {
	Now     func() time.Time
	Rand    io.Reader     // of what nobody may guess
	Draw    func() uint64 // a random number, for names that need only be unique
	Audit   *audit.Log
	Problem func(error) // told what an administrator should see, and no client; may be nil
}

// Broken returns a Login for a configuration that cannot be used. It is fit for [hook.Login.Broken]
// and nothing else.
func (h Host) Broken(door string) *hook.Login {
	return &hook.Login{
		Door: door, Gate: &gate.Gate{}, Audit: h.Audit, Now: h.Now, NewID: hook.Name(h.Draw), Problem: h.Problem,
	}
}

// Program returns the Login of a hook that SFTPGo runs as a program. kept is what it remembers, nil
// for nothing; then sends bounds how many codes are sent. An error says which setting cannot be
// used.
func Program(c config.Config, h Host, sends hook.Sends, kept *memory.Logins) (*hook.Login, error) {
	if c.HasOther() && kept == nil { // Authy remembers by itself
		return nil, errForgets
	}
	people, err := Providers(c, h, kept, false)
	if err != nil {
		return nil, err
	}
	sources, err := Accounts(c, people, h.Now, h.Problem)
	if err != nil {
		return nil, err
	}
	for i, source := range sources {
		if file, is := source.(*accounts.File); is {
			sources[i] = accounts.Once{File: file}
		}
	}
	login := h.login(c, audit.Program, people, sources)
	if login.Sends = sends; kept != nil {
		remember(login, kept)
	}
	return login, nil
}

// errForgets says what a program lacks whose codes may be judged by somebody who forgets them.
var errForgets = errors.New("totp, verify: a program remembers no code that was used, so it could count twice; " +
	"set memory_file (hookd.redis_url is the memory of hookd alone), or have SFTPGo ask hookd over HTTP")

// login returns a Login that remembers nothing.
func (h Host) login(c config.Config, door string, people provider.Set, sources accounts.Chain) *hook.Login {
	login := &hook.Login{
		Door: door,
		Gate: &gate.Gate{
			Policy: policyOf(c), Accounts: sources, Provider: people, Recovery: people, Problem: h.Problem,
		},
		Audit:    h.Audit,
		Settings: settingsOf(c),
		Sender:   people,
		Now:      h.Now,
		NewID:    hook.Name(h.Draw),
		Problem:  h.Problem,
	}
	if people.HasLengths() {
		login.Lengths = people
	}
	return login
}

// Server is what hookd has beyond a program.
type Server struct {
	Providers provider.Set // behind what hookd puts before them
	Accounts  accounts.Chain
	Memory    *memory.Logins
}

// Hookd returns the Login of hookd.
func Hookd(c config.Config, h Host, s Server) *hook.Login {
	login := h.login(c, audit.HTTP, s.Providers, s.Accounts)
	remember(login, s.Memory)
	if c.Push.Enabled {
		login.Settings.Push = true
		login.Gate.Pusher = &push.Pusher{
			Of: s.Providers.Of, Message: c.Push.Message, Wait: c.Push.Wait, Every: 500 * time.Millisecond,
		}
	}
	return login
}

// remember gives a Login a memory, and what is to be had of it.
func remember(login *hook.Login, kept *memory.Logins) {
	login.Gate.Memory, login.Sends = kept, kept
	if kept.Graceful() {
		login.Gate.Grace = kept
	}
	if kept.Limits.Any() {
		login.Gate.Guard = kept
	}
}

// policyOf returns the ways round the code that the configuration opens.
func policyOf(c config.Config) gate.Policy {
	return gate.Policy{
		AllowNoAnswer: c.OnNoAnswer == config.Allow,
		AllowUnmapped: map[gate.Hook]bool{
			gate.Keyint:   c.Unmapped.Keyint == config.PasswordOnly,
			gate.Checkpwd: c.Unmapped.Checkpwd == config.PasswordOnly,
		},
		PassWithoutAuditor: c.OnAuditFailure == config.Allow,
		PassWithoutStore:   c.Hookd.OnStoreFailure == config.Allow,
		TrustedNetworks:    c.Trusted(),
		RecoveryAlone:      c.TOTP.RecoveryAtExtauth,
	}
}

// settingsOf returns what the hooks need to know. Push is for hookd to set.
func settingsOf(c config.Config) hook.Settings {
	return hook.Settings{
		CodeLength: c.Checkpwd.CodeLength, Separator: c.Checkpwd.Separator,
		PasswordQuestion: c.Keyint.PasswordQuestion, CodeQuestion: c.Keyint.CodeQuestion,
		SentQuestion: c.Keyint.SentQuestion, RetryQuestion: c.Keyint.RetryQuestion,
		SendBy: c.Keyint.SendCodes, Retry: c.Keyint.Retries > 0, CodeAlone: c.Keyint.CodeAlone,
	}
}
