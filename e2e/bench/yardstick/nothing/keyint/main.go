// Command keyint is a keyboard-interactive hook that does nothing: it asks nothing and everybody
// gets in. Never use it.
package main

import "os"

func main() { _, _ = os.Stdout.WriteString(`{"auth_result":1}` + "\n") }
