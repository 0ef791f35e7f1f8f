package client

import (
	"context"
	"net"
	"strings"
)

// rcloneRemote returns the environment that names the server "e2e:" to rclone. Its type is sftp,
// ftp or webdav.
func rcloneRemote(ctx context.Context, dir, kind string, s Servers, p Person) ([]string, error) {
	// rclone wants passwords "obscured", which its own command does.
	obscured, err := command{name: "rclone", args: []string{"obscure", "-"}, stdin: p.Password(), home: dir}.run(ctx)
	if err != nil {
		return nil, err
	}
	env := []string{"RCLONE_CONFIG=/dev/null"}
	set := func(name, value string) { env = append(env, "RCLONE_CONFIG_E2E_"+name+"="+value) }
	set("TYPE", kind)
	set("USER", p.Account)
	set("PASS", strings.TrimSpace(obscured))
	addr := s.SSH
	switch kind {
	case "webdav":
		set("URL", "http://"+s.DAV)
		set("VENDOR", "other")
		return env, nil
	case "ftp":
		addr = s.FTP
	}
	host, port, err := net.SplitHostPort(addr)
	set("HOST", host)
	set("PORT", port)
	return env, err
}

// rcloneRefusals are what rclone says when a login was refused.
func rcloneRefusals() []string {
	return []string{"unable to authenticate", "530", "401 Unauthorized", "unexpected message type 51"}
}

// openRclone uses a remote of that type, configured through the environment. rclone is told to keep
// to one connection: each further one would be a login with a code that has been used.
func openRclone(kind string) func(context.Context, Servers, Person) (Session, error) {
	return func(ctx context.Context, s Servers, p Person) (Session, error) {
		return openProgram(ctx, func(dir string) program {
			run := func(ctx context.Context, args ...string) error {
				env, err := rcloneRemote(ctx, dir, kind, s, p)
				if err != nil {
					return err
				}
				set := func(name, value string) string { return "RCLONE_CONFIG_E2E_" + name + "=" + value }
				env = append(env, set("SHELL_TYPE", "none"), set("DISABLE_HASHCHECK", "true"),
					set("CONCURRENCY", "1"), set("CONNECTIONS", "1"))
				_, err = command{
					name: "rclone",
					args: append([]string{"--retries", "1", "--low-level-retries", "1", "--transfers", "1",
						"--checkers", "1"}, args...),
					env: env, home: dir, refusals: rcloneRefusals(),
				}.run(ctx)
				return err
			}
			return program{
				look: func(ctx context.Context) error { return run(ctx, "lsf", "e2e:") },
				upload: func(ctx context.Context, local, name string) error {
					return run(ctx, "copyto", local, "e2e:"+name)
				},
				fetch: func(ctx context.Context, name, local string) error {
					return run(ctx, "copyto", "e2e:"+name, local)
				},
			}
		})
	}
}
