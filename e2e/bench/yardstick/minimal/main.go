// Command minimal is the least that three hooks can be which ask Authy, by the name that it is
// started under. It ignores the answer, and links nothing but what the question needs. Never use
// it.
package main

import (
	"os"
	"strings"

	"sftpgo-authy/e2e/bench/yardstick/verify"
)

func main() {
	var code, reply string
	typed := os.Getenv("SFTPGO_AUTHD_PASSWORD")
	switch name := os.Args[0]; {
	case strings.HasSuffix(name, "keyint"):
		ask(`{"questions":["Password: "],"echos":[false],"check_password":1}`)
		code, reply = ask(`{"questions":["Code: "],"echos":[false]}`), `{"auth_result":1}`
	case strings.HasSuffix(name, "extauth"):
		code, reply = typed, os.Getenv("SFTPGO_AUTHD_USER")
	case strings.HasSuffix(name, "checkpwd"):
		password, last := verify.Cut(typed)
		code, reply = last, `{"status":2,"to_verify":"`+password+`"}`
	default:
		os.Exit(2)
	}
	if verify.Ask(os.Getenv("SFTPGO_AUTHD_USERNAME"), code) != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString(reply + "\n")
}

// ask puts a question and returns the answer, a line.
func ask(question string) string {
	_, _ = os.Stdout.WriteString(question + "\n")
	var line [256]byte
	n, err := os.Stdin.Read(line[:])
	if err != nil || n < 2 {
		os.Exit(1)
	}
	return string(line[:n-1])
}
