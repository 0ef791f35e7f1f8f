// Command keyint is SFTPGo's keyboard-interactive hook as a program, with a second factor. See the
// README beside it.
package main

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"os"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/program"
)

func main() {
	os.Exit(program.Keyint(program.Host{
		Args:   os.Args[1:],
		Env:    config.Environ(os.Environ(), config.Installed),
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Now:    time.Now,
		Rand:   rand.Reader,
		Draw:   mathrand.Uint64,
	}))
}
