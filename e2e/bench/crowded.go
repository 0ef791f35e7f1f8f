package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sftpgo-authy/e2e/internal/target"
)

// Of the lockout, by default: so many failures of an account from an address, and of an address,
// lock out.
const (
	perAccount = 10
	perAddress = 100
)

// crowdedAt are the ids of those who log in while very many networks fail.
const crowdedAt = firstID + 7*perKind

// crowded is what was measured of a hookd whose memory is full: one figure from each round.
type crowded struct {
	networks    int
	took        time.Duration // of all that failed
	empty, full figures       // logins of others per second, at a hookd that nobody attacks and at the other
	resident    int           // KiB, the most that there ever was
	degraded    []string      // what /readyz says in the end
}

// withFullMemory has very many IPv6 networks fail once each and compares the logins of others with
// those at a hookd that nobody attacks. Somebody who guessed before that must be locked out at the
// same guess as ever; if not, that is an error.
func (b *bench) withFullMemory(ctx context.Context, out io.Writer) (c crowded, err error) {
	c.networks = b.options.networks
	dir, err := os.MkdirTemp("", "bench-crowded-")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	all := make([]person, severalClients*b.options.logins)
	var users strings.Builder
	for i := range all {
		id := int64(crowdedAt + i)
		all[i] = person{target.Account{Name: fmt.Sprintf("m%d", id), Password: password, Kind: target.ExtauthAccount},
			id}
		fmt.Fprintf(&users, "%s: %d\n", all[i].account.Name, id)
	}
	if err := enrolAll(ctx, b.mock.Client, all); err != nil {
		return c, err
	}
	if err := os.WriteFile(filepath.Join(dir, "users"), []byte(users.String()), 0o600); err != nil {
		return c, err
	}
	var both [2]*daemon
	for i := range both {
		if both[i], err = startDaemon(ctx, b.programs[ours].Path("hookd"), []string{
			"AUTHY_API_URL=" + b.mock.URL, "AUTHY_API_KEY=" + b.mock.Key,
			"AUTHY_USERS_FILE=" + filepath.Join(dir, "users"),
		}); err != nil {
			return c, err
		}
		defer func() { err = errors.Join(err, both[i].stop()) }()
	}
	return c, c.measure(ctx, b, both, all, out)
}

// measure fills the memory of the second hookd.
func (c *crowded) measure(ctx context.Context, b *bench, both [2]*daemon, all []person, out io.Writer) (err error) {
	d := both[1]
	if err := guess(d, 0, perAccount-1, perAddress-1); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d networks fail\n", c.networks)
	c.took, err = rush(severalClients, c.networks, func(i int) error {
		return d.fail("nobody"+strconv.Itoa(i), network(i))
	})
	if err != nil {
		return err
	}
	for round := range (b.options.rounds+2)/3 + 1 { // the first one only warms up
		for i := range both {
			which := turn(i, round, len(both))
			rate, err := others(ctx, b, both[which], all)
			switch {
			case err != nil:
				return err
			case round == 0:
			case which == 0:
				c.empty = append(c.empty, rate)
			default:
				c.full = append(c.full, rate)
			}
		}
	}
	if err := guess(d, 2, 2, 2); err != nil {
		return err
	}
	return c.look(d)
}

// others has everybody log in once, and returns how many did in a second.
func others(ctx context.Context, b *bench, d *daemon, all []person) (float64, error) {
	if err := turnClock(ctx, b.mock.Client); err != nil {
		return 0, err
	}
	codes, err := look(ctx, b.mock.Client, all)
	if err != nil {
		return 0, err
	}
	took, err := rush(severalClients, len(all), func(i int) error { return d.ask(target.Extauth, all[i], codes[i]) })
	return float64(len(all)) / took.Seconds(), err
}

// guess guesses at one account and, from another address, at one account after the other, and wants
// so many of it locked out.
func guess(d *daemon, lockedOut, atAccount, fromAddress int) error {
	before, err := d.lockedOut()
	if err != nil {
		return err
	}
	for range atAccount {
		if err := d.fail("ann", "192.0.2.1"); err != nil {
			return err
		}
	}
	for i := range fromAddress {
		if err := d.fail(fmt.Sprintf("victim%d-%d", lockedOut, i), "192.0.2.2"); err != nil {
			return err
		}
	}
	after, err := d.lockedOut()
	if err == nil && after-before != lockedOut {
		err = fmt.Errorf("of %d and %d guesses %d were locked out, want %d", atAccount, fromAddress, after-before,
			lockedOut)
	}
	return err
}

// look reads what hookd took, and what it says of itself.
func (c *crowded) look(d *daemon) error {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		return fmt.Errorf("memory of hookd (it needs Linux): %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &c.resident); err == nil {
			break
		}
	}
	res, err := d.http.Get(d.url + "/readyz")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var ready struct {
		Ready    bool
		Degraded []string
	}
	if err := json.NewDecoder(res.Body).Decode(&ready); err != nil || !ready.Ready {
		return fmt.Errorf("readyz says %d, want ready: %v", res.StatusCode, err)
	}
	c.degraded = ready.Degraded
	return nil
}

// network returns an address in one of very many IPv6 networks.
func network(n int) string {
	var b [16]byte
	copy(b[:], []byte{0x20, 0x01, 0x0d, 0xb8})
	binary.BigEndian.PutUint32(b[4:], uint32(n))
	b[15] = 1
	return netip.AddrFrom16(b).String()
}

// fail has somebody fail by checkpwd, with a password that ends in no code: Authy is not asked.
func (d *daemon) fail(account, ip string) error {
	body, err := json.Marshal(map[string]any{"username": account, "password": "guess", "ip": ip, "protocol": "SSH"})
	if err != nil {
		return err
	}
	res, err := d.http.Post(d.url+"/checkpwd", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var said struct{ Status int }
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || said.Status != 0 || res.StatusCode != 200 {
		return fmt.Errorf("hookd answered %d, status %d, want a no: %v", res.StatusCode, said.Status, err)
	}
	return nil
}

// lockedOut returns how many logins of checkpwd were locked out.
func (d *daemon) lockedOut() (int, error) {
	res, err := d.http.Get(d.url + "/metrics")
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if n, found := strings.CutPrefix(line,
			`authy_hooks_attempts_total{hook="checkpwd",outcome="denied",reason="locked_out"} `); found {
			return strconv.Atoi(strings.TrimSpace(n))
		}
	}
	return 0, nil
}
