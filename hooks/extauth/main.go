// Command extauth is SFTPGo's external authentication hook as a program, with a code in place of
// the password. See the README beside it.
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
	os.Exit(program.ExternalAuth(program.Host{
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
