// Package target starts the file servers that the scenarios log in to. There are three: SFTPGo in a
// container, an sftpgo binary of this machine, and a small hook host inside the test process. A
// scenario says with a Setup what it needs and gets a Site: a server with hooks, a mockauthy behind
// them, and everything to look at afterwards.
package target

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/mockauthy/mockapi"
)

// Target is one kind of server.
type Target interface {
	// Name is what E2E_TARGET says: container, binary or embedded.
	Name() string
	// Available says why the target cannot run on this machine; nil: it can. With asked, the target
	// was asked for by name and may do what takes time, like pulling an image.
	Available(ctx context.Context, asked bool) error
	// Describe names the server for the report, version and all. Call it after Available.
	Describe() string
	// SFTPGo says whether this is a real SFTPGo: scenarios tagged @sftpgo run on those alone.
	SFTPGo() bool
	// Addresses says whether clients can come from several addresses: scenarios tagged @addresses
	// need that.
	Addresses() bool
	// Processes says whether SFTPGo and hookd are processes of this machine, to be started with
	// other settings, sent signals and reached at their own addresses: scenarios tagged @process
	// need that.
	Processes() bool
	// Concurrency is how many scenarios may run at the same time.
	Concurrency() int
	// Lease returns a site of that setup for one scenario alone, fresh as if just installed.
	Lease(ctx context.Context, setup Setup) (Site, error)
	// Close ends whatever is still running.
	Close() error
}

// Hook is one of the three hooks, by the name of its program.
type Hook string

// The three hooks.
const (
	Keyint   Hook = "keyint"
	Extauth  Hook = "extauth"
	Checkpwd Hook = "checkpwd"
)

// Door is how SFTPGo reaches a hook.
type Door string

// The two doors: a program that SFTPGo starts, and hookd, which it asks over HTTP.
const (
	Program Door = "program"
	HTTP    Door = "HTTP"
)

// Setup is what a scenario needs of a server.
type Setup struct {
	Hooks []Hook
	Door  Door
	// Config are settings for the hooks' configuration file, by the names they have there, dots
	// between the levels ("unmapped.keyint"). Empty: no file.
	Config map[string]string
	// Env are AUTHY_… variables; they win over key, URL, users file and audit that every site sets.
	Env map[string]string
	// Users is the users file; "" is the cast's.
	Users string
	// Secrets is the secrets file of local TOTP; "" is for hooks that ask Authy.
	Secrets string
	// Verify has Twilio Verify judge the codes, and Authy none.
	Verify bool
	// Leaving has Authy judge the codes, and Twilio Verify and the hooks those of whoever is moved
	// there. The users file is the cast's, and Secrets has nobody's yet.
	Leaving bool
	// Server are settings of SFTPGo, as the variables of its environment (SFTPGO_…); they win over
	// its file.
	Server map[string]string
	// Managed asks for a site that is a [Managed] one: scenarios tagged @process and @sftpgo.
	Managed bool
	// Cluster asks for two hookd behind a round-robin, which share a redis-server: scenarios tagged
	// @redis and @process.
	Cluster bool
}

// Key is equal for setups that can share a running server.
func (s Setup) Key() string {
	var b strings.Builder
	for _, hook := range s.Hooks {
		b.WriteString(string(hook) + " ")
	}
	b.WriteString(string(s.Door))
	fmt.Fprintf(&b, " %t %t %t %t", s.Managed, s.Cluster, s.Verify, s.Leaving)
	for _, settings := range []map[string]string{s.Config, s.Env, s.Server} {
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			b.WriteString("\n" + name + "=" + settings[name])
		}
	}
	b.WriteString("\n\n" + s.Users + "\n\n" + s.Secrets)
	return b.String()
}

// Site is a running server, leased to one scenario.
type Site interface {
	// Servers are the addresses to log in to.
	Servers() client.Servers
	// Authy is the mock that the hooks ask; the app is this scenario's own.
	Authy() *mockapi.Client
	// PutAccount creates the account, or replaces it.
	PutAccount(ctx context.Context, account Account) error
	// ReadAccount returns the account as the server stores it: SFTPGo's user document.
	ReadAccount(ctx context.Context, name string) (map[string]any, error)
	// ChangeAccount does what an administrator does: read the document, change it, write it back.
	ChangeAccount(ctx context.Context, name string, change func(document map[string]any)) error
	// WriteUsers replaces the users file of the hooks at one stroke, as an editor does.
	WriteUsers(ctx context.Context, text string) error
	// Audit returns the lines that the hooks wrote since the lease began, oldest first.
	Audit(ctx context.Context) ([]AuditLine, error)
	// ServerLog is what server and hooks printed since the lease began.
	ServerLog(ctx context.Context) string
	// StopAuthy takes the mock off the network: connections are refused until StartAuthy.
	StopAuthy(ctx context.Context) error
	StartAuthy(ctx context.Context) error
	// KillHookd ends hookd as kill -9 does; StartHookd starts it again. Errors where the setup has
	// no hookd.
	KillHookd(ctx context.Context) error
	StartHookd(ctx context.Context) error
	// Release gives the site back. It must not be used afterwards.
	Release() error
}

// AuditLine is one line of the hooks' audit, as docs/reference.md describes it.
type AuditLine struct {
	Time           string  `json:"time"`
	Hook           string  `json:"hook"`
	Door           string  `json:"door"`
	Account        string  `json:"account"`
	IP             string  `json:"ip"`
	Protocol       string  `json:"protocol"`
	Outcome        string  `json:"outcome"`
	Reason         string  `json:"reason"`
	ProviderStatus int     `json:"provider_status"`
	LatencyMS      float64 `json:"latency_ms"`
	ID             string  `json:"id"`
	StepsOff       int     `json:"steps_off"`
	Accounts       string  `json:"accounts"`
}

// parseAudit picks the audit lines out of text that may hold other lines too (hookd's log, say).
func parseAudit(text string) []AuditLine {
	var lines []AuditLine
	for raw := range strings.Lines(text) {
		var line AuditLine
		if json.Unmarshal([]byte(raw), &line) == nil && line.Outcome != "" && line.Hook != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
