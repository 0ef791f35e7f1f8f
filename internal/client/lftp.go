package client

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// openLFTP speaks ftp or sftp with lftp, one script per command. For sftp it starts ssh and types
// the password at the prompt itself; method is the one that ssh is told to use, else it would try
// prompts first.
func openLFTP(scheme, method string) func(context.Context, Servers, Person) (Session, error) {
	return func(ctx context.Context, s Servers, p Person) (Session, error) {
		return openProgram(ctx, func(dir string) program {
			run := func(ctx context.Context, line string) error { return runLFTP(ctx, dir, scheme, method, s, p, line) }
			return program{
				look: func(ctx context.Context) error { return run(ctx, "cls") },
				upload: func(ctx context.Context, local, name string) error {
					return run(ctx, "put "+local+" -o "+name)
				},
				fetch: func(ctx context.Context, name, local string) error {
					return run(ctx, "get "+name+" -o "+local)
				},
			}
		})
	}
}

// runLFTP logs in and runs one command of lftp.
func runLFTP(ctx context.Context, dir, scheme, method string, s Servers, p Person, line string) error {
	addr := s.FTP
	if scheme == "sftp" {
		addr = s.SSH
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	ssh := "ssh -a -x -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o " +
		"NumberOfPasswordPrompts=1 -o PreferredAuthentications=" + method
	script := strings.Join([]string{
		"set cmd:fail-exit yes", "set net:max-retries 1", "set net:timeout 30", "set ftp:ssl-allow no",
		"set sftp:auto-confirm yes", "set sftp:connect-program " + lftpQuote(ssh),
		fmt.Sprintf("open --user %s --password %s -p %s %s://%s", lftpQuote(p.Account), lftpQuote(p.Password()), port,
			scheme, host),
		line, "bye",
	}, "\n") + "\n"
	_, err = command{name: "lftp", args: []string{"--norc"}, stdin: script, home: dir,
		refusals: []string{"Login failed", "Login incorrect", "Permission denied"}}.run(ctx)
	return err
}

func lftpQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
