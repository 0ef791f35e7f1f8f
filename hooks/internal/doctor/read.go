package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/viper"
)

// settle is how much later than the process a file may seem to have changed: file times are coarse.
const settle = 100 * time.Millisecond

// Settings reads the settings that a running SFTPGo has in force, in the order in which it reads
// them itself: its flags and variables, the folder env.d of its configuration folder, and the
// configuration file that it is told or finds. The order was read in the source of 2.7.5
// (internal/cmd/serve.go, internal/config/config.go) and tried.
func (p Process) Settings() (Settings, error) {
	s := Settings{Env: map[string]string{}, Root: p.Root, UID: p.UID, Network: p.Network}
	how, err := flagsOf(p)
	if err != nil {
		return s, err
	}
	d := &disk{root: p.Root}
	files, err := d.readEnvd(how.dir)
	if err != nil {
		return s, err
	}
	s.Dir = how.dir
	how.overlay(p.Env, files)
	how.logs(&s)
	s.Env = withEnvd(p.Env, files)
	if s.ConfigFile, err = d.configFile(p, how); err != nil {
		return s, err
	}
	if s.ConfigFile != "" {
		if s.File, err = d.readTree(s.ConfigFile); err != nil {
			return s, err
		}
	}
	if !p.Started.IsZero() && d.newest.at.After(p.Started.Add(settle)) {
		s.Doubt = fmt.Errorf("%s was changed after SFTPGo had started, so what is in force was not seen: restart "+
			"SFTPGo, then ask again",
			d.newest.path)
	}
	return s, nil
}

// overlay changes the flags as the files of env.d say. A flag whose variable the process has stays
// as it is. If several files set one, the last counts here, and a file that cannot be read ends it.
func (s *serve) overlay(own map[string]string, files []envFile) {
	for _, file := range files {
		if file.broken {
			return
		}
		for name, into := range map[string]*string{"SFTPGO_CONFIG_FILE": &s.file, "SFTPGO_LOG_LEVEL": &s.level} {
			_, set := own[name]
			value, says := file.env[name]
			if !says || set {
				continue
			}
			if *into = value; into == &s.level {
				s.by = byEnvd
			}
		}
	}
}

// withEnvd returns the variables that settings are read from: those of the process, then those of
// the files. If several files set one, the first counts, and a file that cannot be read is left
// out.
func withEnvd(own map[string]string, files []envFile) map[string]string {
	env := maps.Clone(own)
	for _, file := range files {
		for name, value := range file.env {
			if _, set := env[name]; !set {
				env[name] = value
			}
		}
	}
	maps.DeleteFunc(env, func(name, _ string) bool { return !strings.HasPrefix(name, "SFTPGO_") })
	return env
}

// configFile returns the path of the file that SFTPGo reads: the one it was told, relative to its
// configuration folder, else the first sftpgo.json, .toml, .yaml and so on in that folder and in
// those that it looks at by itself. "" means that there is none.
func (d *disk) configFile(p Process, how serve) (string, error) {
	if how.file != "" {
		path := how.file
		if clean := filepath.Clean(path); !filepath.IsAbs(path) && clean != "." && clean != ".." {
			path = filepath.Join(how.dir, path)
		}
		return path, nil
	}
	folders := []string{how.dir, filepath.Join(p.Env["HOME"], ".config/sftpgo"), "/etc/sftpgo",
		"/usr/local/etc/sftpgo", "."}
	for _, folder := range folders {
		folder = os.Expand(folder, func(name string) string { return p.Env[name] })
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(p.Dir, folder)
		}
		for _, ext := range viper.SupportedExts {
			path := filepath.Join(folder, "sftpgo."+ext)
			is, err := d.isFile(path)
			if err != nil {
				return "", fmt.Errorf("sftpgo configuration: whether SFTPGo reads %s was not seen: %w", path, err)
			}
			if is {
				return path, nil
			}
		}
	}
	return "", nil
}

// errNoProcess is the doubt about settings that were not read from a running SFTPGo.
var errNoProcess = errors.New("the running SFTPGo was not looked at: its flags, its folders and what it " +
	"read when it started may be others; add " +
	"--sftpgo-pid PID")

// ReadSettings reads settings from a configuration file ("" for none) and the environments given,
// of which an earlier one counts more. The folder env.d beside the file, or in the folder that
// SFTPGO_CONFIG_DIR names, counts least of the environment. How that SFTPGo was started is in
// doubt.
func ReadSettings(file string, envs ...map[string]string) (Settings, error) {
	own := map[string]string{}
	for i := len(envs) - 1; i >= 0; i-- {
		maps.Copy(own, envs[i])
	}
	s := Settings{ConfigFile: file, Doubt: errNoProcess, Network: errNoProcess, UID: -1}
	d := &disk{}
	how := unset(own)
	how.dir = own["SFTPGO_CONFIG_DIR"]
	if !filepath.IsAbs(how.dir) && file != "" {
		how.dir = filepath.Dir(file)
	}
	s.Dir = how.dir
	var files []envFile
	var err error
	if how.dir != "" {
		if files, err = d.readEnvd(how.dir); err != nil {
			return s, err
		}
	}
	how.overlay(own, files)
	how.logs(&s)
	s.Env = withEnvd(own, files)
	if file != "" {
		s.File, err = d.readTree(file)
	}
	return s, err
}

// readTree reads a configuration file in any form that SFTPGo accepts, with the library that SFTPGo
// uses.
func (d *disk) readTree(file string) (map[string]any, error) {
	text, err := d.read(file)
	if err != nil {
		return nil, fmt.Errorf("sftpgo configuration: %w", err)
	}
	v := viper.New()
	v.SetConfigType(strings.TrimPrefix(filepath.Ext(file), "."))
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil { // the error may repeat what the file says
		return nil, fmt.Errorf("sftpgo configuration %s: is not in a form that SFTPGo 2.7 takes: want JSON, TOML, "+
			"YAML or dotenv, and an "+
			"extension that says so", file)
	}
	return v.AllSettings(), nil
}
