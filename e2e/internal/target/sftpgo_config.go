package target

import (
	"maps"
	"slices"
)

// hookCalls is how a server reaches the hooks of a setup: the same for SFTPGo's configuration and
// for the hook host.
type hookCalls struct {
	keyint, extauth, checkpwd string   // program or URL, "" where the setup has no such hook
	env                       []string // of hook programs, KEY=value
	secret                    string   // that hookd wants, "" for programs
}

// keyintTimeout is what a program hook may take in seconds: for keyint that includes the typing of
// a person.
const keyintTimeout = 100

// hookdSecret is what SFTPGo shows to hookd: as strong as a real one, or hookd could not prove
// itself to doctor.
const hookdSecret = "5c1f0ad98e2b4763b0f14d87a96e35c2d817f46b90ae52c3741d6f0e8ba93d25"

// calls says how the hooks of a setup are reached. path returns the program of a hook; hookd is the
// base URL.
func (s Setup) calls(path func(Hook) string, hookd string, env map[string]string) hookCalls {
	var c hookCalls
	reach := func(hook Hook) string {
		switch {
		case !slices.Contains(s.Hooks, hook):
			return ""
		case s.Door == HTTP:
			return hookd + "/" + string(hook)
		}
		return path(hook)
	}
	c.keyint, c.extauth, c.checkpwd = reach(Keyint), reach(Extauth), reach(Checkpwd)
	if s.Door == HTTP {
		c.secret = hookdSecret
		return c
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		c.env = append(c.env, name+"="+env[name])
	}
	return c
}

// sftpgoConfig is sftpgo.json: a server on the loopback with the settings of the recipe in docs
// (scope 1 for external auth, all protocols for check password, a minute of WebDAV cache, time to
// type), and no delay where a test would wait. pages is the folder of SFTPGo's web pages with its
// slash, "" where they are inside the program.
func sftpgoConfig(dir, pages string, ports int, c hookCalls) map[string]any {
	binding := func(offset int, more ...map[string]any) []any {
		b := map[string]any{"address": "127.0.0.1", "port": ports + offset}
		for _, m := range more {
			maps.Copy(b, m)
		}
		return []any{b}
	}
	var commands []any
	for _, hook := range []string{c.keyint, c.extauth, c.checkpwd} {
		if hook != "" && c.secret == "" {
			commands = append(commands, map[string]any{"path": hook, "timeout": keyintTimeout, "env": c.env})
		}
	}
	var headers []any
	if c.secret != "" {
		headers = append(headers, map[string]any{"key": "X-Hook-Secret", "value": c.secret})
	}
	return map[string]any{
		"common": map[string]any{"max_per_host_connections": 0},
		"sftpd": map[string]any{"bindings": binding(0), "host_keys": []string{dir + "/id_ed25519"},
			"keyboard_interactive_auth_hook": c.keyint},
		"ftpd": map[string]any{"bindings": binding(1), "passive_port_range": map[string]any{"start": 0, "end": 0},
			"certificate_file": dir + "/ftp.crt", "certificate_key_file": dir + "/ftp.key"},
		"webdavd": map[string]any{"bindings": binding(2),
			"cache": map[string]any{"users": map[string]any{"expiration_time": 1}}},
		"httpd": map[string]any{"bindings": binding(3, map[string]any{
			"enable_web_admin": false, "enable_web_client": true, "render_openapi": false}),
			"templates_path": pages + "templates", "static_files_path": pages + "static",
			"openapi_path": pages + "openapi"},
		"smtp": map[string]any{"templates_path": pages + "templates"},
		"data_provider": map[string]any{
			"driver": "memory", "name": "", "users_base_dir": dir + "/data", "create_default_admin": true,
			"password_hashing":   map[string]any{"bcrypt_options": map[string]any{"cost": 4}},
			"external_auth_hook": c.extauth, "external_auth_scope": 1,
			"check_password_hook": c.checkpwd, "check_password_scope": 0,
		},
		"http":    map[string]any{"headers": headers},
		"command": map[string]any{"commands": commands},
	}
}
