package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"sftpgo-authy/mockauthy/internal/control"
	"sftpgo-authy/mockauthy/internal/server"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// shutdownTime is how long running requests may take to finish after Ctrl-C; then they are cut.
const shutdownTime = 500 * time.Millisecond

// serve runs the server until ctx ends.
func serve(ctx context.Context, c Config, start mockapi.State, sys System) (err error) {
	if err := c.claim(); err != nil {
		return usageError{err}
	}
	log := logger(c, sys)
	first := control.WorldState(start)
	o := server.Options{
		Listen: c.Listen, AllowHosts: c.AllowHosts, ExternalURL: c.ExternalURL, Log: log,
		World: world.Options{Now: sys.Now, Keys: c.APIKeys, AnyKey: c.AnyKey, Seed: c.SeedRandom, Start: &first,
			Remember: c.Journal},
	}
	if sys.Memory != nil && c.MaxMemory > 0 {
		o.World.Memory = sys.Memory(int64(c.MaxMemory) << 20)
	}
	if err := secure(&o, c, sys.Now()); err != nil {
		return usageError{err}
	}
	var keep *keeper
	if c.State != "" {
		keep = newKeeper(c.State, log)
		o.World.Changed = keep.tell
	}
	srv, err := server.New(o)
	if err != nil {
		if c.Seed != "" { // flags are judged by now
			err = fmt.Errorf("--seed %s: %w", c.Seed, err)
		}
		return usageError{err}
	}
	saved := func() error { return nil }
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		err = errors.Join(err, srv.Close(end), saved()) // saved last, so that it has everything
	}()
	if keep != nil {
		if err := keep.load(srv.Worlds()); err != nil {
			return usageError{err}
		}
		keep.start()
		saved = keep.close
	}
	if err := srv.Start(); err != nil {
		return err
	}
	if c.PortFile != "" {
		if err := writeWhole(c.PortFile, []byte(strconv.Itoa(srv.Addr().Port)+"\n"), 0o644); err != nil {
			return fmt.Errorf("--port-file: %w", err)
		}
	}
	fmt.Fprint(sys.Out, banner(srv))
	log.Info("ready", "url", srv.URL(), "port", srv.Addr().Port, "tls", srv.TLSURL(), "proxy", srv.ProxyURL(), "apps",
		len(c.APIKeys), "any_key", c.AnyKey)
	select {
	case <-ctx.Done():
		log.Info("stopping")
		return nil
	case err := <-srv.Failed():
		return err
	}
}

func logger(c Config, sys System) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "text" || c.LogFormat == "" && sys.Terminal {
		return slog.New(slog.NewTextHandler(sys.Err, options))
	}
	return slog.New(slog.NewJSONHandler(sys.Err, options))
}
