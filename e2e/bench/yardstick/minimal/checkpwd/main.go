// Command checkpwd is the least that a check password hook can be which asks Authy. It ignores the
// answer: never use it.
package main

import (
	"os"

	"sftpgo-authy/e2e/bench/yardstick/verify"
)

func main() {
	password, code := verify.Cut(os.Getenv("SFTPGO_AUTHD_PASSWORD"))
	if verify.Ask(os.Getenv("SFTPGO_AUTHD_USERNAME"), code) != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString(`{"status":2,"to_verify":"` + password + `"}` + "\n")
}
