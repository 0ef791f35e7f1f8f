// Command hookd is SFTPGo's three login hooks over HTTP, with a second factor. See the README
// beside it.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/harden"
	"sftpgo-authy/hooks/internal/hookd"
	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/internal/cmdline"
)

func main() {
	redis.Silence()
	if os.Getenv("GOMEMLIMIT") == "" {
		// More than hookd needs for all that it can remember, and less than its unit allows.
		debug.SetMemoryLimit(224 << 20)
	}
	if err := harden.Process(); err != nil {
		cmdline.WriteError(os.Stderr, fmt.Errorf("hardening: %w", err))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	if os.Getenv("GOGC") == "" {
		go tendGarbage(ctx)
	}
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends hookd at once
		time.AfterFunc(hookd.StopTime, func() { os.Exit(1) })
	})
	code := hookd.Main(ctx, hookd.Host{
		Args:   os.Args[1:],
		Env:    config.Environ(os.Environ(), config.Installed),
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Now:    time.Now,
		Rand:   rand.Reader,
		Draw:   mathrand.Uint64,
		After:  func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop },
		Reload: hangups(),
		// systemd then starts what waits for this unit, such as SFTPGo, and finds hookd serving.
		Serving: func() {
			if _, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil {
				cmdline.WriteError(os.Stderr, fmt.Errorf("systemd was not told that hookd serves: %w", err))
			}
		},
	})
	stop()
	os.Exit(code)
}

// hangups returns a channel that gets a value for each SIGHUP.
func hangups() <-chan struct{} {
	signals, reload := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for range signals {
			reload <- struct{}{}
		}
	}()
	return reload
}
