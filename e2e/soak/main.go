// Command soak logs in again and again, with right codes and wrong ones, through all hooks and over
// SSH, FTP and WebDAV, for a set time, and fails when a process of ours grows: its memory,
// goroutines or file descriptors must be flat, and hookd below its bound. It measures from when
// hookd forgets as much as it remembers: three minutes after the first login. SFTPGo's own figures
// are shown, not judged.
//
//	go run ./e2e/soak -for 5m -door HTTP
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/cmdline"
)

func main() {
	var o options
	flag.DurationVar(&o.length, "for", 5*time.Minute, "how long to measure")
	flag.DurationVar(&o.settle, "settle", settleTime, "how long to log in before measuring")
	flag.IntVar(&o.clients, "clients", 4, "how many clients log in at once")
	flag.StringVar(&o.target, "target", "",
		"binary (an sftpgo of this machine) or embedded (the tests' hook host); default the first that can run")
	door := flag.String("door", string(target.HTTP), "HTTP or program")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(),
			"soak logs in again and again, and fails when a process of ours grows.\n\nflags:\n")
		cmdline.WriteFlags(flag.CommandLine.Output(), flag.CommandLine)
	}
	flag.Parse()
	o.door = target.Door(*door)
	if err := o.check(flag.Args()); err != nil {
		cmdline.WriteError(os.Stderr, err, "go run ./e2e/soak --help shows the flags")
		os.Exit(cmdline.Usage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		cmdline.WriteError(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}
