package client

import (
	"context"
	"net"
	"strings"
)

// openRclone uses a remote of that type, configured through the environment. rclone is told to keep to one connection:
// each further one would be a login with a code that has been used.
func openRclone(kind string) func(context.Context, Servers, Person) (Session, error) {
	return func(ctx context.Context, s Servers, p Person) (Session, error) {
		return openProgram(ctx, func(dir string) program {
			run := func(ctx context.Context, args ...string) error {
				// rclone wants passwords "obscured", which its own command does.
				obscured, err := command{name: "rclone", args: []string{"obscure", "-"}, stdin: p.Password(), home: dir}.run(ctx)
				if err != nil {
					return err
				}
				set := func(name, value string) string { return "RCLONE_CONFIG_E2E_" + name + "=" + value }
				env := []string{set("TYPE", kind), set("USER", p.Account), set("PASS", strings.TrimSpace(obscured)), "RCLONE_CONFIG=/dev/null"}
				addr := s.SSH
				switch kind {
				case "webdav":
					env = append(env, set("URL", "http://"+s.DAV), set("VENDOR", "other"))
				case "ftp":
					addr = s.FTP
				}
				host, port, err := net.SplitHostPort(addr)
				if err != nil {
					return err
				}
				env = append(env, set("HOST", host), set("PORT", port), set("SHELL_TYPE", "none"), set("DISABLE_HASHCHECK", "true"),
					set("CONCURRENCY", "1"), set("CONNECTIONS", "1"))
				_, err = command{
					name: "rclone", args: append([]string{"--retries", "1", "--low-level-retries", "1", "--transfers", "1", "--checkers", "1"}, args...),
					env: env, home: dir, refusals: []string{"unable to authenticate", "530", "401 Unauthorized", "unexpected message type 51"},
				}.run(ctx)
				return err
			}
			return program{
				look:   func(ctx context.Context) error { return run(ctx, "lsf", "e2e:") },
				upload: func(ctx context.Context, local, name string) error { return run(ctx, "copyto", local, "e2e:"+name) },
				fetch:  func(ctx context.Context, name, local string) error { return run(ctx, "copyto", "e2e:"+name, local) },
			}
		})
	}
}
