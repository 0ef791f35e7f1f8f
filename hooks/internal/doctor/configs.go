package doctor

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/admin"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/internal/cmdline"
)

// The hooks as command.commands[].hook names them, and the program of ours that answers each.
const (
	hookKeyint   = "keyboard_interactive"
	hookExtauth  = "external_auth"
	hookCheckpwd = "check_password"
)

func programOf(hook string) string {
	return map[string]string{hookKeyint: "keyint", hookExtauth: "extauth", hookCheckpwd: "checkpwd"}[hook]
}

// Configured is a configuration that decides logins, or would after a restart.
type Configured struct {
	Who   string   // whose it is, for people
	Hooks []string // that it decides; all of them where it is hookd's
	File  []string // that a program reads it from; none where variables say it all
	config.Config
}

// decides reports whether the configuration decides logins of one of these hooks.
func (c Configured) decides(hooks ...string) bool {
	return slices.ContainsFunc(hooks, func(hook string) bool { return slices.Contains(c.Hooks, hook) })
}

var allHooks = []string{hookKeyint, hookExtauth, hookCheckpwd}

// own is the name of the configuration that doctor itself was given.
const own = "configuration of the hooks"

// Hookd is what a running hookd told about itself.
type Hookd struct {
	admin.State
	Config config.Config // in force; without secrets
}

// TellOf returns the hookd that has this state.
func TellOf(s admin.State) *Hookd { return &Hookd{State: s, Config: config.Restore(s.Settings)} }

// hookd returns the running hookd, or the reason why it was not seen.
func (f *Facts) hookd() (*Hookd, error) {
	if f.Hookd.Err == nil && f.Hookd.Value == nil {
		return nil, errors.New("the running hookd was not asked")
	}
	return f.Hookd.Value, f.Hookd.Err
}

// broken is a program that denies every login, because it refuses its configuration.
type broken struct{ who, why string }

func (b *broken) Error() string { return b.who + ": " + b.why }

// brokenPrograms returns the programs that deny every login.
func (f *Facts) brokenPrograms() (all []*broken) {
	if f.Settings.Err != nil {
		return nil
	}
	for _, h := range f.Settings.Value.hooks() {
		var b *broken
		if _, err := f.Settings.Value.configOf(h); !isHTTP(h.value) && errors.As(err, &b) {
			all = append(all, b)
		}
	}
	return all
}

// configs returns every configuration that decides logins: that of the running hookd, those of the
// programs as SFTPGo starts them, and the one that doctor was given, which decides the next start.
// The error says which were not seen.
func (f *Facts) configs() (all []Configured, unseen error) {
	if f.Config.Err == nil {
		all = append(all, Configured{Who: own, Hooks: allHooks, Config: f.Config.Value})
	}
	hookd, unasked := f.hookd()
	if hookd != nil {
		all = append(all, Configured{Who: "running hookd", Hooks: allHooks, Config: hookd.Config})
	}
	if f.Settings.Err != nil {
		return all, errors.Join(fmt.Errorf("which hookd and programs decide is not known: %w", f.Settings.Err), unasked)
	}
	s := f.Settings.Value
	if s.overHTTP() {
		unseen = unasked
	}
	for _, h := range s.hooks() {
		if isHTTP(h.value) {
			continue
		}
		c, err := s.configOf(h)
		var denies *broken
		switch {
		case err == nil:
			all = append(all, c)
		case !errors.As(err, &denies): // a program that denies everybody opens nothing
			unseen = errors.Join(unseen, err)
		}
	}
	return all, errors.Join(unseen, s.Doubt)
}

// configOf reads the configuration of a program as the program does: from the arguments and
// variables that SFTPGo gives it, and from nothing else. The error says why it was not seen.
func (s Settings) configOf(h hookSetting) (Configured, error) {
	who := "program " + h.value
	args, env := s.started(h)
	if s.Root != "" {
		return Configured{}, fmt.Errorf("%s: its configuration is in another file system, which doctor does not "+
			"judge; run doctor there", who)
	}
	info, err := buildinfo.ReadFile(h.value)
	if err != nil || path.Base(info.Path) != programOf(h.hook) || path.Base(path.Dir(info.Path)) != "hooks" {
		return Configured{},
			fmt.Errorf("%s: is not %s of this project, so what it decides was not seen", who, programOf(h.hook))
	}
	flags := cmdline.NewFlags()
	file := flags.String("config", "", "")
	if err := cmdline.ParseFlags(flags, args); err != nil {
		return Configured{}, &broken{who, fmt.Sprintf("does not understand its arguments %q", args)}
	}
	c, err := config.Load(*file, func(name string) (string, bool) { value, set := env[name]; return value, set })
	switch {
	case err != nil && s.UID >= 0 && s.UID != os.Geteuid():
		return Configured{},
			fmt.Errorf("%s: cannot be judged as user %d, because it runs as user %d: %w", who, os.Geteuid(), s.UID, err)
	case err != nil:
		return Configured{}, &broken{who, oneLine(err)}
	}
	read := Configured{Who: who, Hooks: []string{h.hook}, Config: c}
	if *file == "" {
		*file = env["AUTHY_HOOKS_CONFIG"]
	}
	if *file != "" {
		read.File = []string{*file}
	}
	return read, nil
}

// started returns the arguments and variables with which SFTPGo starts the program of a hook: those
// of command.env, then those of the first entry of command.commands for its path and hook. If a
// variable is given twice, the last one counts.
func (s Settings) started(h hookSetting) (args []string, env map[string]string) {
	entries := s.rawList("command.env")
	if e, _ := s.command(h.value, h.hook); e != nil {
		args = e.List("args")
		entries = append(entries, e.List("env")...)
	}
	env = map[string]string{}
	for _, entry := range config.Environ(entries, config.Installed) {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return args, env
}
