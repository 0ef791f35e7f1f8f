package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"sftpgo-authy/mockauthy/internal/document"
	"sftpgo-authy/mockauthy/internal/server"
	"sftpgo-authy/mockauthy/internal/world"
)

// shutdownTime is how long running requests may take to finish after Ctrl-C; then they are cut.
const shutdownTime = 500 * time.Millisecond

// serve runs the server until ctx ends.
func serve(ctx context.Context, c Config, sys System) error {
	start, err := startState(c.Seed)
	if err != nil {
		return usageError{err}
	}
	worlds, err := world.New(world.Options{Now: sys.Now, Keys: c.APIKeys, AnyKey: c.AnyKey, Start: &start, Remember: c.Journal})
	if err != nil {
		return usageError{err}
	}
	log := logger(c, sys)
	srv, err := server.Start(server.Options{Listen: c.Listen, Worlds: worlds, AllowHosts: c.AllowHosts, Log: log})
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		if err := srv.Close(end); err != nil {
			log.Error("shutdown", "error", err)
		}
	}()
	if c.PortFile != "" {
		if err := writePort(c.PortFile, srv.Addr().Port); err != nil {
			return err
		}
	}
	if first, ok := worlds.First(); ok {
		fmt.Fprint(sys.Out, banner(srv.URL(), first))
	}
	log.Info("ready", "url", srv.URL(), "port", srv.Addr().Port, "apps", len(c.APIKeys), "any_key", c.AnyKey)
	select {
	case <-ctx.Done():
		log.Info("stopping")
		return nil
	case <-srv.Done():
		return errors.New("the server stopped serving; the log says why")
	}
}

// startState reads what every world starts with: the seed file, or the ready-made user.
func startState(file string) (world.State, error) {
	state := world.NewState()
	if file == "" {
		state.Users = append(state.Users, alice())
		return state, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return state, fmt.Errorf("--seed: %w", err)
	}
	if len(data) > maxConfig {
		return state, fmt.Errorf("--seed %s: %d bytes, want at most %d", file, len(data), maxConfig)
	}
	if err := document.YAML(data, &state); err != nil {
		return state, fmt.Errorf("--seed %s: %w", file, err)
	}
	return state, nil
}

func logger(c Config, sys System) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "text" || c.LogFormat == "" && sys.Terminal {
		return slog.New(slog.NewTextHandler(sys.Err, options))
	}
	return slog.New(slog.NewJSONHandler(sys.Err, options))
}

// writePort writes the port and a newline so that a reader never sees half of it.
func writePort(file string, port int) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return fmt.Errorf("port file: %w", err)
	}
	_, err = tmp.WriteString(strconv.Itoa(port) + "\n")
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("port file: %w", errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}
