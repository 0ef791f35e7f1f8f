package client

import (
	"context"
	"fmt"
)

// Copier is a program that copies a whole folder with the options that it has by itself: it opens
// as many connections as it likes, and logs in on each with the one password that it was given.
type Copier struct {
	Name     string // "SFTP with rclone"
	Protocol string // as in [Way]
	Program  string // that must be installed
	// copy copies local, a path, to the folder name on the server, or back. Home is a folder for
	// the program's own files.
	copy func(ctx context.Context, s Servers, p Person, home string, c folders) error
}

// folders is what is to be copied.
type folders struct {
	local, remote string
	down          bool // from the server
}

// Up copies a local folder to a new one on the server. Home is an empty folder for what the program
// leaves behind.
func (c Copier) Up(ctx context.Context, s Servers, p Person, home, local, remote string) error {
	return c.named(c.copy(ctx, s, p, home, folders{local: local, remote: remote}))
}

// Down copies a folder of the server to a local one.
func (c Copier) Down(ctx context.Context, s Servers, p Person, home, remote, local string) error {
	return c.named(c.copy(ctx, s, p, home, folders{local: local, remote: remote, down: true}))
}

func (c Copier) named(err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	return nil
}

// Copiers lists the programs.
func Copiers() []Copier {
	return []Copier{
		{"SFTP with rclone", "SSH", "rclone", copyWithRclone("sftp")},
		{"FTP with rclone", "FTP", "rclone", copyWithRclone("ftp")},
		{"WebDAV with rclone", "DAV", "rclone", copyWithRclone("webdav")},
		{"SFTP with lftp", "SSH", "lftp", copyWithLFTP("sftp")},
		{"FTP with lftp", "FTP", "lftp", copyWithLFTP("ftp")},
	}
}

// copyWithRclone is rclone copy: four transfers and eight checkers at once.
func copyWithRclone(kind string) func(context.Context, Servers, Person, string, folders) error {
	return func(ctx context.Context, s Servers, p Person, home string, f folders) error {
		env, err := rcloneRemote(ctx, home, kind, s, p)
		if err != nil {
			return err
		}
		args := []string{"copy", f.local, "e2e:" + f.remote}
		if f.down {
			args[1], args[2] = args[2], args[1]
		}
		_, err = command{name: "rclone", args: args, env: env, home: home, refusals: rcloneRefusals()}.run(ctx)
		return err
	}
}

// copyWithLFTP is lftp's mirror with three connections at once.
func copyWithLFTP(scheme string) func(context.Context, Servers, Person, string, folders) error {
	return func(ctx context.Context, s Servers, p Person, home string, f folders) error {
		line := "mirror --parallel=3 --reverse " + lftpQuote(f.local) + " " + lftpQuote(f.remote)
		if f.down {
			line = "mirror --parallel=3 " + lftpQuote(f.remote) + " " + lftpQuote(f.local)
		}
		return runLFTP(ctx, home, scheme, "password", s, p, line)
	}
}
