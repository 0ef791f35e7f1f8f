// Command bench compares logins without a hook, with a hook that does nothing, with the least hook
// that asks Authy, and with ours, for each hook and door, on an sftpgo of this machine; and it
// times the programs alone. Rounds are interleaved and compared one by one, since a machine is
// never as quick as a minute ago. It ends with 1 when ours falls short of its targets.
//
//	go run ./e2e/bench --write docs/performance.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"sftpgo-authy/internal/cmdline"
)

func main() {
	o := options{spacing: 500 * time.Millisecond, networks: 1_000_000, secrets: 100_000}
	flag.IntVar(&o.rounds, "rounds", 31, "how often everything is measured; 5 or more say something")
	flag.IntVar(&o.logins, "logins", 24, "logins of one client in a round; several clients share three times as many")
	flag.IntVar(&o.pairs, "pairs", 200, "how often each program is run")
	flag.StringVar(&o.target, "target", "binary",
		"binary (an sftpgo of this machine, or SFTPGO_BIN) or embedded (the tests' hook host, which is not SFTPGo)")
	flag.StringVar(&o.way, "way", "SFTP", "how extauth and checkpwd are logged in to: SFTP or FTP")
	flag.BoolVar(&o.kept, "kept", false, "the minimal hookd keeps its connections to Authy, which ours never does")
	flag.StringVar(&o.write, "write", "", "Markdown `file` in which the section of the hooks is replaced")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "bench compares our hooks with others and with none.\n\nflags:\n")
		cmdline.WriteFlags(flag.CommandLine.Output(), flag.CommandLine)
	}
	flag.Parse()
	if err := o.check(flag.Args()); err != nil {
		cmdline.WriteError(os.Stderr, err, "go run ./e2e/bench --help shows the flags")
		os.Exit(cmdline.Usage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, o, os.Stdout)
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if err != nil {
		cmdline.WriteError(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}
