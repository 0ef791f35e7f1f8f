// Command mockauthy is an Authy that runs on your desk or in CI: real codes, the API's shapes and
// quirks, and everything a test wants. Without arguments it serves on 127.0.0.1:8880 and prints
// what to copy.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"sftpgo-authy/mockauthy/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.OS())
	stop()
	os.Exit(code)
}
