package client

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// openSFTPCommand is OpenSSH's sftp, one batch per command. An empty method leaves the choice to
// OpenSSH, as people do.
func openSFTPCommand(method string) func(context.Context, Servers, Person) (Session, error) {
	return func(ctx context.Context, s Servers, p Person) (Session, error) {
		return openProgram(ctx, func(dir string) program {
			o := &openSSH{dir: dir, method: method, addr: s.SSH, person: p}
			return batches(dir, func(ctx context.Context, script string) error {
				// BatchMode=no comes first and so beats the BatchMode=yes that -b brings: it would
				// forbid every question.
				return o.run(ctx, "sftp", "-P", []string{"-o", "BatchMode=no", "-b", script}, o.target())
			})
		})
	}
}

// batches is a program that takes SFTP commands from a file. run runs it with such a file, which
// lies in dir.
func batches(dir string, run func(ctx context.Context, script string) error) program {
	batch := func(ctx context.Context, line string) error {
		script := filepath.Join(dir, "batch")
		if err := os.WriteFile(script, []byte(line+"\n"), 0o600); err != nil {
			return err
		}
		return run(ctx, script)
	}
	return program{
		look:   func(ctx context.Context) error { return batch(ctx, "pwd") },
		upload: func(ctx context.Context, local, name string) error { return batch(ctx, "put "+local+" "+name) },
		fetch:  func(ctx context.Context, name, local string) error { return batch(ctx, "get "+name+" "+local) },
	}
}

// openSSHCommand is OpenSSH's ssh, which runs one of the few commands that SFTPGo knows, and scp in
// the old protocol, which is such a command too.
func openSSHCommand(method string) func(context.Context, Servers, Person) (Session, error) {
	return func(ctx context.Context, s Servers, p Person) (Session, error) {
		return openProgram(ctx, func(dir string) program {
			o := &openSSH{dir: dir, method: method, addr: s.SSH, person: p}
			return program{
				look: func(ctx context.Context) error { return o.run(ctx, "ssh", "-p", nil, o.target(), "pwd") },
				upload: func(ctx context.Context, local, name string) error {
					return o.run(ctx, "scp", "-P", []string{"-O"}, local, o.target()+":"+name)
				},
				fetch: func(ctx context.Context, name, local string) error {
					return o.run(ctx, "scp", "-P", []string{"-O"}, o.target()+":"+name, local)
				},
			}
		})
	}
}

// openSSH is what sftp, ssh and scp have in common.
type openSSH struct {
	dir, method, addr string
	person            Person
	logins            int
}

func (o *openSSH) target() string {
	host, _, _ := net.SplitHostPort(o.addr)
	return o.person.Account + "@" + host
}

// run logs in and runs one command. OpenSSH asks through SSH_ASKPASS, once per question; see
// Askpass.
func (o *openSSH) run(ctx context.Context, name, portFlag string, options []string, rest ...string) error {
	_, port, err := net.SplitHostPort(o.addr)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	o.logins++
	answers := filepath.Join(o.dir, "answers"+strconv.Itoa(o.logins))
	write, methods := writeAnswers, []string{"PreferredAuthentications=" + o.method, "NumberOfPasswordPrompts=1"}
	if o.method == "" {
		write, methods = firstAnswer, nil
	}
	if err := write(answers, o.method, o.person); err != nil {
		return err
	}
	if len(o.person.Identity) > 0 {
		identity := filepath.Join(o.dir, "identity")
		if err := os.WriteFile(identity, o.person.Identity, 0o600); err != nil {
			return err
		}
		methods = append(methods, "IdentitiesOnly=yes", "IdentityFile="+identity)
	}
	args := append([]string{"-F", "/dev/null", portFlag, port}, options...)
	for _, option := range append(methods, "LogLevel=ERROR",
		// The server was started by this test a moment ago: there is no host key to know yet.
		"StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null",
	) {
		args = append(args, "-o", option)
	}
	_, err = command{
		name: name, args: append(args, rest...), home: o.dir,
		env: []string{askpassVar + "=" + answers, "SSH_ASKPASS=" + self, "SSH_ASKPASS_REQUIRE=force",
			"DISPLAY=none"},
		refusals: []string{"Permission denied", "Too many authentication failures"},
	}.run(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", o.method, err)
	}
	return nil
}
