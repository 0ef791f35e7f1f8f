package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"sftpgo-authy/mockauthy/internal/control"
	"sftpgo-authy/mockauthy/internal/document"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// kept is the form of the state file: the document of GET /_mock/state for each API key.
type kept struct {
	Apps map[string]json.RawMessage `json:"apps"`
}

// settle is how long changes are collected before the state is saved: a login makes several.
const settle = 200 * time.Millisecond

// keeper saves the worlds to a file after changes.
type keeper struct {
	file    string
	worlds  *world.Worlds
	changed chan struct{} // holds one: something is not saved yet
	log     *slog.Logger
	stop    context.CancelFunc
	done    sync.WaitGroup
}

func newKeeper(file string, log *slog.Logger) *keeper {
	return &keeper{file: file, changed: make(chan struct{}, 1), log: log}
}

// tell records that something changed. It never blocks.
func (k *keeper) tell() {
	select {
	case k.changed <- struct{}{}:
	default: // noted already
	}
}

// load restores what the file holds, if there is one. A file that cannot be read completely is an
// error and stays as it is.
func (k *keeper) load(worlds *world.Worlds) error {
	k.worlds = worlds
	data, err := readBounded(k.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	var all kept
	if err := document.JSON(data, &all); err != nil {
		return fmt.Errorf("--state %s: %w", k.file, err)
	}
	for _, key := range slices.Sorted(maps.Keys(all.Apps)) {
		state := control.NewState()
		err := document.JSON(all.Apps[key], &state)
		if err == nil {
			err = k.put(key, control.WorldState(state))
		}
		if err != nil {
			return fmt.Errorf("--state %s: app %q: %w", k.file, key, err)
		}
	}
	return nil
}

func (k *keeper) put(key string, state world.State) error {
	for _, w := range k.worlds.List() {
		if w.Key == key {
			return w.SetState(state)
		}
	}
	w, err := k.worlds.Add(key)
	if err != nil {
		return err
	}
	return w.SetState(state)
}

// start saves after changes, until [keeper.close].
func (k *keeper) start() {
	ctx, stop := context.WithCancel(context.Background())
	k.stop = stop
	k.done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-k.changed:
			}
			timer := time.NewTimer(settle)
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-timer.C:
			}
			if err := k.save(); err != nil {
				k.log.Error("the state is not saved", "error", err)
			}
		}
	})
}

// close saves for the last time.
func (k *keeper) close() error {
	k.stop()
	k.done.Wait()
	return k.save()
}

// save writes the file. It holds secrets, so nobody else may read it.
func (k *keeper) save() error {
	all := map[string]mockapi.State{}
	for _, w := range k.worlds.List() {
		all[w.Key] = control.StateOf(w.State())
	}
	data, err := json.MarshalIndent(map[string]any{"apps": all}, "", "  ")
	if err == nil {
		err = writeWhole(k.file, append(data, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	return nil
}
