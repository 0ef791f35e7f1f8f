package hooks_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/bolt"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/internal/redistest"
)

const (
	secret  = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=60&skew=2"
	sealKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
)

// localTOTP is a setting without Authy.
func localTOTP(t *testing.T, users, secrets, settings string) *setting {
	t.Helper()
	s := newSetting(t, "", users, "")
	s.write("secrets", secrets, 0o600)
	s.write("totp-key", sealKey, 0o600)
	s.write("config.yaml",
		fmt.Sprintf("memory_file: %[1]s/memory.db\nhookd: {lockout: {per_account_ip: 0, per_ip: 0}}\n"+
			"totp:\n  secrets_file: %[1]s/secrets\n  key_file: %[1]s/totp-key\n%[2]s", s.dir, settings), 0o644)
	s.env = []string{
		"AUTHY_HOOKS_CONFIG=" + filepath.Join(s.dir, "config.yaml"),
		"AUTHY_USERS_FILE=" + filepath.Join(s.dir, "users"), "AUTHY_AUDIT=" + s.audit,
	}
	return s
}

// codesOf returns what makes the codes of a secret, so many steps from now. Now is when it is
// called: a test may go on into the next step.
func codesOf(t *testing.T, value string) func(off int64) string {
	t.Helper()
	s, err := totp.ParseSecret(value, totp.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	now := s.Step(time.Now())
	return func(off int64) string {
		t.Helper()
		code, err := s.Code(now + off)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
}

// codeAt returns the code of a secret, so many steps from now.
func codeAt(t *testing.T, value string, off int64) string {
	t.Helper()
	return codesOf(t, value)(off)
}

// recoveryCodes gives an account new ones, in the memory file.
func (s *setting) recoveryCodes(account string) []string {
	s.t.Helper()
	owner, err := bolt.Own(bolt.Options{Path: filepath.Join(s.dir, "memory.db"), Now: time.Now, Random: rand.Reader})
	if err != nil {
		s.t.Fatal(err)
	}
	defer owner.Close()
	keys, err := totp.ParseKeys(sealKey)
	if err != nil {
		s.t.Fatal(err)
	}
	codes, err := totp.NewRecoveryCodes(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	person, err := (&totp.Provider{}).Parse(account, "")
	if err != nil {
		s.t.Fatal(err)
	}
	digests, err := keys.RecoveryDigests(person, codes)
	if err != nil {
		s.t.Fatal(err)
	}
	m := memory.Logins{Store: owner, Key: owner.Key(), Now: time.Now}
	if err := m.SetRecovery(s.t.Context(), map[string][]string{provider.Key(person): digests}); err != nil {
		s.t.Fatal(err)
	}
	return codes
}

// try has a hook asked about a code, and checks what it says and what the audit does.
func (s *setting) try(d door, hook, typed, want, reason string) {
	s.t.Helper()
	c := call{username: "alice", password: typed, user: stored, answers: []string{"OK", typed}}
	if hook == "checkpwd" {
		c.password = "secret" + typed
	}
	s.t.Run(hook+" "+reason, func(t *testing.T) { // hookd ends with it
		v := d(t, s, hook, c)
		if got := v.passed(hook); got != (want == yes) {
			t.Errorf("%s: answer %s, want %s (stderr %s)", hook, v.reply, want, v.stderr)
		}
		records := s.records()
		if last := records[len(records)-1]; last["reason"] != reason {
			t.Errorf("%s: %v (%s), want %s", hook, last, v.stderr, reason)
		}
	})
}

// passed says whether a hook said yes.
func (v verdict) passed(hook string) bool {
	switch hook {
	case "keyint":
		return v.reply == `{"auth_result":1}`
	case "checkpwd":
		return v.reply == `{"status":2,"to_verify":"secret"}`
	}
	return v.reply == stored
}

// TestLocalTOTP: the verdicts of local TOTP, through both doors and all hooks. What was used before
// outlives every process.
func TestLocalTOTP(t *testing.T) {
	t.Parallel()
	hooks := []string{"keyint", "checkpwd", "extauth"}
	for name, d := range doors() {
		for i, hook := range hooks {
			other := hooks[(i+1)%len(hooks)]
			t.Run(name+"/"+hook, func(t *testing.T) {
				t.Parallel()
				s := localTOTP(t, "alice: totp\n", "alice: "+secret+"\n", "")
				code := codesOf(t, secret)
				s.try(d, hook, code(0), yes, "code_right")
				s.try(d, hook, code(0), no, "code_reused")
				s.try(d, other, code(0), no, "code_reused")
				s.try(d, other, code(-1), no, "code_reused")
				s.try(d, hook, code(6), no, "code_wrong")
				records := s.records()
				if off := records[len(records)-1]["steps_off"]; off != 6.0 && off != 5.0 {
					t.Errorf("the audit says %v steps off", off)
				}
				for range memory.FreeGuesses - 1 {
					s.try(d, other, code(40), no, "code_wrong")
				}
				s.try(d, hook, code(1), no, "provider_limited")
			})
		}
	}
}

// TestLocalTOTPBroken: what is wrong with its files denies, and says so.
func TestLocalTOTPBroken(t *testing.T) {
	t.Parallel()
	keys, err := totp.ParseKeys(sealKey)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := keys.Seal(rand.Reader, "alice", secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		users, secrets, settings string
		want, reason             string
	}{
		"sealed":             {"alice: totp\n", "alice: " + sealed + "\n", "", yes, "code_right"},
		"sealed for another": {"alice: totp/bob\n", "bob: " + sealed + "\n", "", no, "accounts_unavailable"},
		"shared":             {"alice: totp/bob\n", "bob: " + secret + "\n", "", yes, "code_right"},
		"nothing":            {"alice: totp\n", "bob: " + secret + "\n", "", no, "not_enrolled"},
		"a broken line": {"alice: totp\n", "alice: 1234567\nbob: " + secret + "\n", "", no,
			"accounts_unavailable"},
		"two lines": {"alice: totp\n", "alice: " + secret + "\nalice: " + secret + "\n", "", no,
			"accounts_unavailable"},
		"an unknown provider": {"alice: duo/alice\n", "alice: " + secret + "\n", "", no, "accounts_unavailable"},
		"no bypass by silence": {"alice: totp\n", "alice: 1234567\n", "on_no_answer: allow\n", no,
			"accounts_unavailable"},
	} {
		for door, d := range doors() {
			for _, hook := range []string{"keyint", "checkpwd", "extauth"} {
				t.Run(name+"/"+door+"/"+hook, func(t *testing.T) {
					t.Parallel()
					s := localTOTP(t, c.users, c.secrets, c.settings)
					s.try(d, hook, codeAt(t, secret, 0), c.want, c.reason)
				})
			}
		}
	}
}

// TestLocalTOTPDigits: checkpwd cuts off as many digits as the account's own secret says.
func TestLocalTOTPDigits(t *testing.T) {
	t.Parallel()
	const eight = secret + "&digits=8&algorithm=SHA256"
	for name, d := range doors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := localTOTP(t, "alice: totp\n", "alice: "+eight+"\n", "")
			s.try(d, "checkpwd", codeAt(t, eight, 0), yes, "code_right")
		})
	}
}

// TestRecoveryCodes: each works once, where somebody judges a password, and at extauth only where
// that is enabled.
func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	const separator = "checkpwd: {separator: ','}\n"
	for name, d := range doors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := localTOTP(t, "alice: totp\n", "alice: "+secret+"\n", separator+"grace: 10m\n")
			codes := s.recoveryCodes("alice")
			s.try(d, "keyint", codes[0], yes, "recovery_code")
			s.try(d, "keyint", codes[0], no, "code_reused")
			s.try(d, "checkpwd", ","+codes[0], no, "code_reused")
			s.try(d, "checkpwd", ","+codes[1], yes, "recovery_code")
			s.try(d, "checkpwd", ","+codes[1], no, "code_reused")
			s.try(d, "extauth", codes[2], no, "code_wrong")
			s.try(d, "keyint", codes[2], yes, "recovery_code")

			s = localTOTP(t, "alice: totp\n", "alice: "+secret+"\n", "  recovery_at_extauth: true\n")
			codes = s.recoveryCodes("alice")
			s.try(d, "extauth", codes[0], yes, "recovery_code")
			s.try(d, "extauth", codes[0], no, "code_reused")
		})
	}
}

// TestLocalTOTPWantsAMemoryThatLasts: without one nothing starts, and the error says what to set.
func TestLocalTOTPWantsAMemoryThatLasts(t *testing.T) {
	t.Parallel()
	s := localTOTP(t, "alice: totp\n", "alice: "+secret+"\n", "")
	s.write("config.yaml", "totp: {secrets_file: "+filepath.Join(s.dir, "secrets")+"}\n", 0o644)
	s.try(viaProgram, "extauth", codeAt(t, secret, 0), no, "config")
	v := viaProgram(t, s, "extauth", call{username: "alice", password: "123456", user: stored})
	if v.exit != 1 {
		t.Errorf("exit %d", v.exit)
	}
}

// TestLocalTOTPBesideHookd: programs beside a running hookd ask it what was used before, and a code
// opens one door of both.
func TestLocalTOTPBesideHookd(t *testing.T) {
	t.Parallel()
	socket, err := os.MkdirTemp("", "totp") // the path of a socket is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(socket) })
	s := localTOTP(t, "alice: totp\n", "alice: "+secret+"\n", "")
	s.env = append(s.env, "AUTHY_HOOKD_ADMIN_SOCKET="+filepath.Join(socket, "s"))
	url := inside(t, s)
	hookd := func(t *testing.T, _ *setting, hook string, c call) verdict {
		return post(t, url+"/"+hook, map[string]any{
			"username": c.username, "password": c.password, "ip": c.address(), "protocol": "FTP",
		}).oneDocument(t)
	}
	code := codesOf(t, secret)
	s.try(viaProgram, "checkpwd", code(-1), yes, "code_right")
	s.try(hookd, "checkpwd", code(-1), no, "code_reused")
	s.try(hookd, "checkpwd", code(0), yes, "code_right")
	s.try(viaProgram, "checkpwd", code(0), no, "code_reused")
	for i := range memory.FreeGuesses {
		s.try([]door{viaProgram, hookd}[i%2], "checkpwd", code(40), no, "code_wrong")
	}
	s.try(viaProgram, "checkpwd", code(1), no, "provider_limited")
	s.try(hookd, "checkpwd", code(1), no, "provider_limited")
}

// TestLocalTOTPInRedis: several hookd share what was used before, without an API key of Authy.
func TestLocalTOTPInRedis(t *testing.T) {
	t.Parallel()
	shared := redistest.Start(t)
	s := localTOTP(t, "alice: totp\n", "alice: "+secret+"\n", "")
	s.write("config.yaml", fmt.Sprintf("hookd: {redis_url: %q, secret: %q}\ntotp: {secrets_file: %q}\n",
		shared.URL, "0123456789abcdef0123456789abcdef", filepath.Join(s.dir, "secrets")), 0o600)
	hookd := func(url string) door {
		return func(t *testing.T, _ *setting, hook string, c call) verdict {
			return postWith(t, url+"/"+hook, map[string]any{
				"username": c.username, "password": c.password, "ip": c.address(), "protocol": "FTP",
			}, http.Header{"X-Hook-Secret": {"0123456789abcdef0123456789abcdef"}}).oneDocument(t)
		}
	}
	one, other := hookd(inside(t, s)), hookd(inside(t, s))
	code := codesOf(t, secret)
	s.try(one, "checkpwd", code(0), yes, "code_right")
	s.try(other, "checkpwd", code(0), no, "code_reused")
	s.try(other, "checkpwd", code(1), yes, "code_right")
	s.try(one, "checkpwd", code(1), no, "code_reused")
}

// TestARecoveryCodeIsNeverShared: of many logins with one at the same moment one gets in, also
// where identical logins share the verdict about a code and go on with it.
func TestARecoveryCodeIsNeverShared(t *testing.T) {
	t.Parallel()
	s := localTOTP(t, "alice: totp\n", "alice: "+secret+"\n", "checkpwd: {separator: ','}\ngrace: 10m\n")
	code := s.recoveryCodes("alice")[0]
	url := inside(t, s)
	verdicts := make(chan verdict, 30)
	var all sync.WaitGroup
	for range cap(verdicts) {
		all.Go(func() {
			verdicts <- post(t, url+"/checkpwd", map[string]any{
				"username": "alice", "password": "secret," + code, "ip": "192.0.2.7", "protocol": "FTP",
			})
		})
	}
	all.Wait()
	close(verdicts)
	in := 0
	for v := range verdicts {
		if v.oneDocument(t).passed("checkpwd") {
			in++
		}
	}
	if in != 1 {
		t.Errorf("%d got in by one recovery code", in)
	}
}
