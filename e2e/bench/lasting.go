package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sftpgo-authy/e2e/internal/target"
)

// withMemory are ours and its yardstick.
var withMemory = [...]kind{lasting, remembering}

// inFile is what was measured with memory_file, beside yardsticks that make one commit in a bbolt
// file for each login: one figure from each round.
type inFile struct {
	rates map[cell]figures                 // of hookd behind SFTPGo, logins a second
	times map[target.Hook]map[kind]figures // of the programs, in milliseconds
}

// withFile measures hookd and the programs with a memory file.
func (b *bench) withFile(ctx context.Context, out io.Writer) (m inFile, err error) {
	dir, err := os.MkdirTemp("", "bench-file-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Fprintln(out, "hookd and programs with a memory file")
	m = inFile{map[cell]figures{}, map[target.Hook]map[kind]figures{}}
	env := func(k kind, name string) map[string]string {
		return map[string]string{
			"AUTHY_API_URL": b.mock.URL, "AUTHY_API_KEY": b.mock.Key,
			"AUTHY_MEMORY_FILE": filepath.Join(dir, strings.ReplaceAll(string(k), " ", "-")+name),
		}
	}
	if err := m.hookds(ctx, b, env); err != nil {
		return m, err
	}
	return m, m.programs(ctx, b, dir, env)
}

// hookds has everybody log in by turns at SFTPGo with each hookd. The first round only warms up.
func (m *inFile) hookds(ctx context.Context, b *bench, env func(kind, string) map[string]string) (err error) {
	for _, k := range withMemory {
		setup := target.Setup{Door: target.HTTP, Hooks: hooks[:], Users: usersFile(b.crowd()), Env: env(k, "-hookd")}
		setup.Env["BENCH_OWNER"] = "1"
		if err := b.lease(ctx, k, setup); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		defer func() {
			err = errors.Join(err, b.sites[k][target.HTTP].Release())
			delete(b.sites, k)
		}()
	}
	for round := range b.options.rounds + 1 {
		for _, c := range m.cells() {
			measured, err := b.measure(ctx, c.form, c.clients, round, withMemory[:])
			if err != nil {
				return err
			}
			for k, rate := range measured {
				if c.kind = k; round > 0 {
					m.rates[c] = append(m.rates[c], rate)
				}
			}
		}
	}
	return nil
}

// cells are what is measured of hookd, without a kind.
func (inFile) cells() []cell {
	var all []cell
	for _, hook := range hooks {
		for _, clients := range []int{1, severalClients} {
			all = append(all, cell{form: form{hook, target.HTTP}, clients: clients})
		}
	}
	return all
}

// programs runs the programs by turns, as programTimes does.
func (m *inFile) programs(ctx context.Context, b *bench, dir string, env func(kind, string) map[string]string) error {
	users := filepath.Join(dir, "users")
	if err := os.WriteFile(users, []byte(usersFile(b.crowd())), 0o600); err != nil {
		return err
	}
	for _, hook := range hooks {
		m.times[hook] = map[kind]figures{}
		for pair := range b.options.pairs {
			for n := range withMemory {
				k := withMemory[turn(n, pair, len(withMemory))]
				if err := turnClock(ctx, b.mock.Client); err != nil {
					return err
				}
				p := people(hook, k, 1)
				codes, err := look(ctx, b.mock.Client, p)
				if err != nil {
					return err
				}
				variables := []string{"AUTHY_USERS_FILE=" + users, "AUTHY_AUDIT=" + filepath.Join(dir, "audit.jsonl")}
				for name, value := range env(k, "") {
					variables = append(variables, name+"="+value)
				}
				took, err := runProgram(ctx, b.programs[k].Path(string(hook)), variables, hook, p[0], codes[0])
				if err != nil {
					return fmt.Errorf("%s, %s: %w", hook, k, err)
				}
				m.times[hook][k] = append(m.times[hook][k], float64(took)/float64(time.Millisecond))
			}
		}
	}
	return nil
}
