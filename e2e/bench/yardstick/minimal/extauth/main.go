// Command extauth is the least that an external authentication hook can be which asks Authy. It
// ignores the answer: never use it.
package main

import (
	"os"

	"sftpgo-authy/e2e/bench/yardstick/verify"
)

func main() {
	if verify.Ask(os.Getenv("SFTPGO_AUTHD_USERNAME"), os.Getenv("SFTPGO_AUTHD_PASSWORD")) != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString(os.Getenv("SFTPGO_AUTHD_USER") + "\n")
}
