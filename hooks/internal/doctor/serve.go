package doctor

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"
)

// serve is what flags, variables and env.d say about how SFTPGo starts.
type serve struct {
	dir   string // configuration folder, absolute
	file  string // configuration file as named; "" where SFTPGo looks for one
	level string // of its log, as written
	by    string // what says so
}

// flagsOf reads the arguments of `sftpgo serve` as SFTPGo 2.7.5 does, with the library that it
// uses. A flag that is not given has the value of its variable (set to nothing counts as set), else
// its default.
func flagsOf(p Process) (serve, error) {
	s := unset(p.Env)
	for name, into := range map[string]*string{
		"SFTPGO_CONFIG_DIR": &s.dir, "SFTPGO_CONFIG_FILE": &s.file,
	} {
		if value, set := p.Env[name]; set {
			*into = value
		}
	}
	served := false
	cmd := &cobra.Command{Use: "serve", Run: func(*cobra.Command, []string) { served = true }}
	flags := cmd.Flags()
	flags.StringVarP(&s.dir, "config-dir", "c", s.dir, "")
	flags.StringVar(&s.file, "config-file", s.file, "")
	flags.StringVar(&s.level, "log-level", s.level, "")
	flags.StringP("log-file-path", "l", "", "")
	flags.StringP("log-max-size", "s", "", "")
	flags.StringP("log-max-backups", "b", "", "")
	flags.StringP("log-max-age", "a", "", "")
	flags.BoolP("log-compress", "z", false, "")
	flags.Bool("log-utc-time", false, "")
	flags.Bool("loaddata-clean", false, "")
	flags.Bool("disable-aws-installation-code", false, "")
	for _, name := range []string{"loaddata-from", "loaddata-mode", "loaddata-scan", "grace-time"} {
		flags.String(name, "", "")
	}
	root := &cobra.Command{Use: "sftpgo", SilenceErrors: true, SilenceUsage: true}
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	root.AddCommand(cmd)
	if len(p.Args) == 0 {
		return s, fmt.Errorf("process %d: shows no arguments, so how it was started was not seen", p.PID)
	}
	root.SetArgs(p.Args[1:])
	if err := root.Execute(); err != nil || !served {
		return s, errors.Join(fmt.Errorf("process %d: %q is no `sftpgo serve` that doctor understands", p.PID, p.Args),
			err)
	}
	if flags.Changed("log-level") {
		s.by = byFlag
	}
	s.dir = filepath.Clean(s.dir)
	if !filepath.IsAbs(s.dir) {
		s.dir = filepath.Join(p.Dir, s.dir)
	}
	return s, nil
}

// What can set the level of the log.
const (
	byDefault  = "its default"
	byVariable = "SFTPGO_LOG_LEVEL"
	byFlag     = "--log-level"
	byEnvd     = "SFTPGO_LOG_LEVEL in env.d"
)

// unset is how SFTPGo starts without flags.
func unset(env map[string]string) serve {
	s := serve{dir: ".", level: "debug", by: byDefault}
	if value, set := env["SFTPGO_LOG_LEVEL"]; set {
		s.level, s.by = value, byVariable
	}
	return s
}

// logs notes in the settings at which level SFTPGo logs. SFTPGo knows three names besides debug, in
// exactly this spelling, and takes any other for debug (internal/service/service.go).
func (s serve) logs(settings *Settings) {
	settings.LevelFlag = s.by == byFlag
	switch s.level {
	case "info", "warn", "error", "debug":
		settings.Level, settings.LevelBy = s.level, "by "+s.by
	default:
		settings.Level, settings.LevelBy = "debug", fmt.Sprintf("as it takes every level that it does not know, "+
			"here %q by %s", s.level, s.by)
	}
}
