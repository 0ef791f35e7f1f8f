// Command extauth is an external authentication hook that does nothing: everybody whom SFTPGo knows
// gets in. Never use it.
package main

import "os"

func main() { _, _ = os.Stdout.WriteString(os.Getenv("SFTPGO_AUTHD_USER") + "\n") }
