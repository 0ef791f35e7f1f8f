// Command keyint is the least that a keyboard-interactive hook can be which asks Authy. It ignores
// the answer: never use it.
package main

import (
	"os"

	"sftpgo-authy/e2e/bench/yardstick/verify"
)

func main() {
	ask := func(question string) string {
		_, _ = os.Stdout.WriteString(question + "\n")
		var line [256]byte
		n, err := os.Stdin.Read(line[:])
		if err != nil || n < 2 {
			os.Exit(1)
		}
		return string(line[:n-1])
	}
	ask(`{"questions":["Password: "],"echos":[false],"check_password":1}`)
	code := ask(`{"questions":["Code: "],"echos":[false]}`)
	if verify.Ask(os.Getenv("SFTPGO_AUTHD_USERNAME"), code) != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString(`{"auth_result":1}` + "\n")
}
