// Command authyctl looks after the accounts of the hooks: it enrols people, looks at them and
// removes them, moves them from Authy elsewhere, and examines an SFTPGo for ways round the second
// factor.
package main

import (
	"context"
	"os"
	"os/signal"
	"time"

	"golang.org/x/term"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/sftpgo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	environ := config.Environ(os.Environ(), config.Installed)
	c := cli{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: environ, lookup: sftpgo.Env(environ).Lookup,
		now: time.Now,
	}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil { // an error: no terminal
		c.width = width
	}
	os.Exit(c.main(ctx, os.Args[1:]))
}
