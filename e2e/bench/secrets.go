package main

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"sftpgo-authy/e2e/internal/target"
)

// fewSecrets is how many people have a secret where there are few. They are the ones who log in, in
// the long file too.
const fewSecrets = 100

// secretsRounds bounds the rounds: each person has two codes that do not expire meanwhile, and a
// round takes some.
const secretsRounds = 5

// secretsPeriod is how long a code of local TOTP is good for, the default.
const secretsPeriod = 30 * time.Second

// withSecrets is what local TOTP took with few secrets and with many: one figure from each round.
type withSecrets struct {
	many  int
	rates map[int]figures // of hookd, logins a second, by how many secrets there are
	times map[int]figures // of checkpwd as a program, in milliseconds
}

// locals are people with local TOTP, in a folder with all that the hooks need to judge them.
type locals struct {
	env  []string
	last map[int]int64 // the step whose code each has typed
}

// withLocalTOTP measures hookd and checkpwd with few secrets and with many.
func (b *bench) withLocalTOTP(ctx context.Context, out io.Writer) (m withSecrets, err error) {
	fmt.Fprintln(out, "local TOTP with few secrets and with many")
	m = withSecrets{b.options.secrets, map[int]figures{}, map[int]figures{}}
	dir, err := os.MkdirTemp("", "bench-totp-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	rounds := min(b.options.rounds, secretsRounds)
	daemons, alone := map[int]*daemon{}, map[int]*locals{}
	served := map[int]*locals{}
	for _, n := range m.sizes() {
		if served[n], err = newLocals(filepath.Join(dir, fmt.Sprintf("hookd-%d", n)), n); err != nil {
			return m, err
		}
		if alone[n], err = newLocals(filepath.Join(dir, fmt.Sprintf("program-%d", n)), n); err != nil {
			return m, err
		}
		if daemons[n], err = startDaemon(ctx, b.programs[ours].Path("hookd"), served[n].env); err != nil {
			return m, err
		}
		defer func() { err = errors.Join(err, daemons[n].stop()) }()
	}
	logins := min(b.options.logins, fewSecrets/3)
	for round := range rounds + 1 { // the first only warms up
		took := map[int]time.Duration{}
		for i := range logins { // by turns, so that whatever else the machine does hits both
			for k := range m.sizes() {
				n := m.sizes()[turn(k, i, len(m.sizes()))]
				p, code := served[n].next(round*logins + i)
				began := time.Now()
				if err := daemons[n].ask(target.Checkpwd, p, code); err != nil {
					return m, err
				}
				took[n] += time.Since(began)
			}
		}
		for _, n := range m.sizes() {
			if round > 0 {
				m.rates[n] = append(m.rates[n], float64(logins)/took[n].Seconds())
			}
		}
	}
	for pair := range min(b.options.pairs, fewSecrets) {
		for k := range m.sizes() {
			n := m.sizes()[turn(k, pair, len(m.sizes()))]
			p, code := alone[n].next(pair)
			path := b.programs[ours].Path(string(target.Checkpwd))
			took, err := runProgram(ctx, path, alone[n].env, target.Checkpwd, p, code)
			if err != nil {
				return m, err
			}
			m.times[n] = append(m.times[n], float64(took)/float64(time.Millisecond))
		}
	}
	return m, nil
}

// sizes are how many secrets there are.
func (m withSecrets) sizes() [2]int { return [2]int{fewSecrets, m.many} }

// newLocals fills a folder for n people.
func newLocals(dir string, n int) (*locals, error) {
	var users, secrets strings.Builder
	for i := range n {
		fmt.Fprintf(&users, "%s: totp\n", local(i).account.Name)
		fmt.Fprintf(&secrets, "%s: %s\n", local(i).account.Name, secretOf(i))
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	config := fmt.Sprintf("users_file: %s\nmemory_file: %s\naudit: %s\ntotp: {secrets_file: %s}\n",
		file("users"), file("memory"), file("audit"), file("secrets"))
	err := os.Mkdir(dir, 0o700)
	for name, text := range map[string]string{
		"users": users.String(), "secrets": secrets.String(), "config.yaml": config,
	} {
		err = errors.Join(err, os.WriteFile(file(name), []byte(text), 0o600))
	}
	return &locals{[]string{"AUTHY_HOOKS_CONFIG=" + file("config.yaml")}, map[int]int64{}}, err
}

// local is the person of a number.
func local(i int) person {
	account := target.Account{Name: fmt.Sprintf("local%06d", i), Password: password, Kind: target.CheckpwdAccount}
	return person{account: account}
}

// secretOf returns the secret of the person of a number, as a secrets file has it.
func secretOf(i int) string {
	return base32.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(make([]byte, 12, 20), uint64(i)))
}

// next returns the person whose turn it is, and a code of hers that she has not typed.
func (l *locals) next(turn int) (person, string) {
	i := turn % fewSecrets
	step := max(time.Now().Unix()/int64(secretsPeriod.Seconds()), l.last[i]+1)
	l.last[i] = step
	code, err := hotp.GenerateCodeCustom(secretOf(i), uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix})
	if err != nil {
		panic(err) // the secret is ours
	}
	return local(i), code
}
