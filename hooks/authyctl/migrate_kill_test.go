package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/mockauthy/mockapi"
)

// rehearsal is a whole company that leaves Authy while hookd judges its logins.
type rehearsal struct {
	*stage
	rehearsed int // people
	kills     int
	program   string
	to        string
	hookd     string
	people    provider.Set
	config    config.Config
	random    *rand.Rand
	names     []string          // everybody
	stays     map[string]string // those who cannot move, and their state
	told      strings.Builder   // what authyctl said
}

// newRehearsal makes a company in which some have the Authy app, some are disabled and some are
// gone.
func newRehearsal(t *testing.T, to string) *rehearsal {
	t.Helper()
	r := &rehearsal{stage: leaver(t), rehearsed: 1000, kills: 50, to: to, stays: map[string]string{},
		random: rand.New(rand.NewPCG(1, 2))}
	if testing.Short() {
		r.rehearsed, r.kills = 150, 5
	}
	r.program = r.build("authyctl")
	var users strings.Builder
	for i := range r.rehearsed {
		name := fmt.Sprintf("user%04d", i)
		u := r.phoneOf(name, i, i%17 == 3)
		r.names = append(r.names, name)
		switch {
		case i%17 == 3:
			r.stays[name] = "authy_app"
		case i%50 == 7:
			yes := true
			u.Patch(mockapi.UserPatch{Disabled: &yes})
			r.stays[name] = "disabled"
		case i%50 == 8:
			u.Remove()
			r.stays[name] = "unknown"
		}
		fmt.Fprintf(&users, "%s: %s\n", name, u.Ref())
	}
	r.write("users", users.String())
	var err error
	if r.config, err = config.Load("", r.lookup); err != nil {
		t.Fatal(err)
	}
	if r.people, err = setup.References(r.config); err != nil {
		t.Fatal(err)
	}
	r.hookd = r.stage.hookd()
	return r
}

// start starts a run of authyctl.
func (r *rehearsal) start() *exec.Cmd {
	r.t.Helper()
	cmd := exec.Command(r.program, "migrate", "run", "--to", r.to, "--rate", fmt.Sprint(maxRate))
	for name, value := range r.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdout, cmd.Stderr = &r.told, &r.told
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	return cmd
}

// killed starts a run and kills it at some moment round the export of a secret. It returns false
// where the run ended before.
func (r *rehearsal) killed() bool {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	defer cancel()
	if err := r.mock.Client.ClearJournal(ctx); err != nil {
		r.t.Fatal(err)
	}
	cmd := r.start()
	go func() {
		exports := mockapi.JournalQuery{Endpoint: mockapi.UserSecretExport}
		_, _ = r.mock.Client.WaitJournal(ctx, exports, 1+r.random.IntN(20), 10*time.Second)
		timer := time.NewTimer(time.Duration(r.random.IntN(30)) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
			_ = cmd.Process.Kill()
		case <-ctx.Done():
		}
	}()
	return strings.Contains(fmt.Sprint(cmd.Wait()), "killed")
}

// now returns who everybody is now. Each must be somebody.
func (r *rehearsal) now() map[string]provider.Person {
	r.t.Helper()
	list, err := accounts.ReadFile(r.config.UsersFile, r.people)
	if err == nil {
		err = list.Err()
	}
	if err != nil || len(list.Values) != r.rehearsed {
		r.t.Fatalf("%d accounts, %v", len(list.Values), err)
	}
	return list.Values
}

// nobodyIsLost lets some people log in, those moved last among them, and returns how many have
// moved.
func (r *rehearsal) nobodyIsLost(had map[string]bool) (moved int) {
	r.t.Helper()
	var fresh []string
	for name, person := range r.now() {
		if person.Provider() != "authy" {
			if moved++; !had[name] {
				fresh = append(fresh, name)
			}
			had[name] = true
		}
	}
	slices.Sort(fresh)
	if last := len(fresh) - 1; last >= 0 {
		r.letsIn(fresh[last]) // the one at whom the run was killed
		if r.stays[fresh[last]] != "" {
			r.t.Errorf("%s was moved and is %s", fresh[last], r.stays[fresh[last]])
		}
	}
	return moved
}

// letsIn logs somebody in with what the phone shows, which is what it showed before.
func (r *rehearsal) letsIn(name string) {
	r.t.Helper()
	code := codeOf(r.t, r.users[name], 0)
	if r.now()[name].Provider() == r.to {
		code = codeOf(r.t, r.users[name], 1) // that of the export is used up
	}
	if got := r.checkpwd(r.hookd, name, "pw#"+code); !strings.Contains(got, `"status":2`) {
		r.t.Errorf("%s (%s) lost the login: %s\n%s", name, provider.Key(r.now()[name]), got, r.told.String())
	}
}

// TestRehearsal: 1,000 people leave Authy while the process is killed at 50 moments, the network
// goes, and the export is closed: nobody loses a login, nobody has two factors, the report is true.
// With -short there are fewer people and moments.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	for to, onePerson := range map[string]func(*rehearsal){
		totp.Name: (*rehearsal).oneSecret, verify.Name: (*rehearsal).oneFactor,
	} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			rehearse(t, to, onePerson)
		})
	}
}

func rehearse(t *testing.T, to string, onePerson func(*rehearsal)) {
	t.Helper()
	r := newRehearsal(t, to)
	contains(t, r.must(exitNo, "", "migrate", "run", "--to", r.to), "60154")
	r.export(true)
	had := map[string]bool{}
	for n := range r.kills {
		if !r.killed() {
			t.Fatalf("run %d ended before it was killed:\n%s", n, r.told.String())
		}
		r.nobodyIsLost(had)
	}
	r.endsAt(had, mockapi.Effect{Kind: mockapi.DropBefore}, "did not answer")
	r.endsAt(had, mockapi.Effect{Kind: mockapi.AuthyError, Error: "60154"}, "60154")
	r.endsAt(had, mockapi.Effect{Kind: mockapi.AuthyError, Error: "60003"}, "60003")
	r.told.Reset()
	if err := r.start().Wait(); err != nil {
		t.Fatalf("%v\n%s", err, r.told.String())
	}
	if moved := r.nobodyIsLost(had); moved != r.rehearsed-len(r.stays) {
		t.Errorf("%d people moved, want %d:\n%s", moved, r.rehearsed-len(r.stays), r.told.String())
	}
	r.reportIsTrue()
	onePerson(r)
	r.silence()
}

// endsAt has an effect on every third export, and wants the run to end there for that reason.
func (r *rehearsal) endsAt(had map[string]bool, effect mockapi.Effect, why string) {
	r.t.Helper()
	r.mock.Fault(mockapi.UserSecretExport, effect).After(3).Always()
	r.told.Reset()
	if err := r.start().Wait(); err == nil || !strings.Contains(r.told.String(), why) {
		r.t.Errorf("with %s the run ended with %v:\n%s", effect.Kind, err, r.told.String())
	}
	if err := r.mock.Client.ClearFaults(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.nobodyIsLost(had)
}

// reportIsTrue compares the report with what is known of everybody.
func (r *rehearsal) reportIsTrue() {
	r.t.Helper()
	var rows []moveRow
	_, out, errs := r.ctl("", "migrate", "report", "--json", "--rate", fmt.Sprint(maxRate))
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != r.rehearsed {
		r.t.Fatalf("%d rows, %v, %s", len(rows), err, errs)
	}
	for _, row := range rows {
		want := r.stays[row.Account]
		if want == "" {
			want = stateMoved
		}
		if row.State != want || row.Authy != r.users[row.Account].Ref() {
			r.t.Errorf("the report says %+v, want %s", row, want)
		}
	}
}

// oneFactor makes sure that everybody has one factor at Verify, which is verified and has the
// phone's secret.
func (r *rehearsal) oneFactor() {
	r.t.Helper()
	list, err := r.mock.Client.Factors(r.t.Context(), mockapi.FactorQuery{})
	if err != nil || list.Total != r.rehearsed-len(r.stays) {
		r.t.Errorf("%d factors for %d people, %v", list.Total, r.rehearsed-len(r.stays), err)
	}
	byReference := map[string]mockapi.Factor{}
	for _, f := range list.Items {
		byReference[f.Identity+"/"+f.SID] = f
	}
	for name, person := range r.now() {
		if f := byReference[person.String()]; r.stays[name] == "" && (!f.Verified || f.Secret != r.users[name].Secret) {
			r.t.Errorf("%s is %s, which is %+v", name, person, f)
		}
	}
}

// oneSecret makes sure that everybody has one secret, which is that of the phone.
func (r *rehearsal) oneSecret() {
	r.t.Helper()
	files, err := openTOTP(r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	if n := strings.Count(read(r.t, files.SecretsFile), "\n"); n != r.rehearsed-len(r.stays) {
		r.t.Errorf("%d secrets for %d people", n, r.rehearsed-len(r.stays))
	}
	for i := 0; i < r.rehearsed; i += 10 {
		name := r.names[i]
		secret, found, err := files.secrets().Find(name, totp.Defaults())
		if staying := r.stays[name] != ""; err != nil || found == staying {
			r.t.Errorf("%s has a secret: %v, %v", name, found, err)
		} else if found && secret.Base32() != r.users[name].Secret {
			r.t.Errorf("%s has another secret than the phone", name)
		}
	}
}

// silence makes sure that no secret stands plain in any file, and that authyctl said none.
func (r *rehearsal) silence() {
	r.t.Helper()
	if files := r.secretsIn(r.t, r.dir); len(files) > 0 {
		r.t.Errorf("secrets stand plain in %q", files)
	}
	if files := r.secretsIn(r.t, r.config.MemoryFile[:strings.LastIndex(r.config.MemoryFile, "/")]); len(files) > 0 {
		r.t.Errorf("secrets stand plain in %q", files)
	}
	for _, u := range r.users {
		if strings.Contains(r.told.String(), u.Secret) {
			r.t.Fatalf("authyctl said the secret of %s:\n%s", u.Name, r.told.String())
		}
	}
}
