// Command demo starts everything that a login with a one-time code needs, mockauthy, hookd and the
// best SFTPGo at hand, prints what to type, and takes it all down again on Ctrl-C:
//
//	go run ./e2e/demo
//
// It takes an sftpgo on PATH (or SFTPGO_BIN), else SFTPGo in a container where an engine answers
// and the images are there, else the small hook host of the tests, which is not SFTPGo and says so.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"sftpgo-authy/internal/cmdline"
)

func main() {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(),
			"demo starts mockauthy, hookd and something to log in to, prints what to type, and ends it all on "+
				"Ctrl-C.\n\nflags:\n")
		cmdline.WriteFlags(flag.CommandLine.Output(), flag.CommandLine)
	}
	name := flag.String("target", "",
		"what to log in to: binary (an sftpgo of this machine), container or embedded; default the first that can run")
	flag.Parse()
	if flag.NArg() > 0 {
		cmdline.WriteError(os.Stderr, fmt.Errorf("argument %q is not understood; want flags only", flag.Arg(0)),
			"go run ./e2e/demo --help shows them")
		os.Exit(cmdline.Usage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *name, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		stop()
		os.Exit(1)
	}
}
