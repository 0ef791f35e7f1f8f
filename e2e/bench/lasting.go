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

// lastingAt are the ids of those who log in where a file remembers.
const lastingAt = firstID + 8*perKind

// withMemory are ours and its yardstick.
var withMemory = [...]kind{lasting, ours}

// inFile is what was measured with memory_file, beside yardsticks that make one commit in a bbolt
// file for each login: one figure from each round.
type inFile struct {
	rates map[cell]figures                 // of hookd, logins a second
	times map[target.Hook]map[kind]figures // of the programs, in milliseconds
}

// withFile measures hookd and the programs with a memory file.
func (b *bench) withFile(ctx context.Context, out io.Writer) (m inFile, err error) {
	dir, err := os.MkdirTemp("", "bench-file-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	all := make([]person, severalClients*b.options.logins)
	var users strings.Builder
	for i := range all {
		id := int64(lastingAt + i)
		account := target.Account{Name: fmt.Sprintf("f%d", id), Password: password, Kind: target.ExtauthAccount}
		all[i] = person{account, id}
		fmt.Fprintf(&users, "%s: %d\n", account.Name, id)
	}
	if err := enrolAll(ctx, b.mock.Client, all); err != nil {
		return m, err
	}
	if err := os.WriteFile(filepath.Join(dir, "users"), []byte(users.String()), 0o600); err != nil {
		return m, err
	}
	env := func(k kind, name string) []string {
		return []string{
			"AUTHY_API_URL=" + b.mock.URL, "AUTHY_API_KEY=" + b.mock.Key,
			"AUTHY_USERS_FILE=" + filepath.Join(dir, "users"), "AUTHY_AUDIT=" + filepath.Join(dir, "audit.jsonl"),
			"AUTHY_MEMORY_FILE=" + filepath.Join(dir, strings.ReplaceAll(string(k), " ", "-")+name),
		}
	}
	fmt.Fprintln(out, "hookd and programs with a memory file")
	m = inFile{map[cell]figures{}, map[target.Hook]map[kind]figures{}}
	if err := m.hookds(ctx, b, all, env); err != nil {
		return m, err
	}
	return m, m.programs(ctx, b, all[0], env)
}

// hookds has everybody log in by turns at both hookd. The first round only warms up.
func (m *inFile) hookds(ctx context.Context, b *bench, all []person, env func(kind, string) []string) (err error) {
	both := map[kind]*daemon{}
	for _, k := range withMemory {
		d, err := startDaemon(ctx, b.programs[k].Path("hookd"), append(env(k, "-hookd"), "BENCH_OWNER=1"))
		if err != nil {
			return err
		}
		defer func() { // the yardstick knows no signals
			if e := d.stop(); k == ours {
				err = errors.Join(err, e)
			}
		}()
		both[k] = d
	}
	for round := range b.options.rounds + 1 {
		for _, c := range m.cells() {
			some := all
			if c.clients == 1 {
				some = all[:b.options.logins]
			}
			for n := range withMemory {
				k := withMemory[turn(n, round, len(withMemory))]
				if err := turnClock(ctx, b.mock.Client); err != nil {
					return err
				}
				codes, err := look(ctx, b.mock.Client, some)
				if err != nil {
					return err
				}
				took, err := rush(
					c.clients,
					len(some),
					func(i int) error { return both[k].ask(c.form.hook, some[i], codes[i]) },
				)
				if err != nil {
					return err
				}
				if c.kind = k; round > 0 {
					m.rates[c] = append(m.rates[c], float64(len(some))/took.Seconds())
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
func (m *inFile) programs(ctx context.Context, b *bench, p person, env func(kind, string) []string) error {
	for _, hook := range hooks {
		m.times[hook] = map[kind]figures{}
		for pair := range b.options.pairs {
			for n := range withMemory {
				k := withMemory[turn(n, pair, len(withMemory))]
				if err := turnClock(ctx, b.mock.Client); err != nil {
					return err
				}
				codes, err := look(ctx, b.mock.Client, []person{p})
				if err != nil {
					return err
				}
				took, err := runProgram(ctx, b.programs[k].Path(string(hook)), env(k, ""), hook, p, codes[0])
				if err != nil {
					return fmt.Errorf("%s, %s: %w", hook, k, err)
				}
				m.times[hook][k] = append(m.times[hook][k], float64(took)/float64(time.Millisecond))
			}
		}
	}
	return nil
}
