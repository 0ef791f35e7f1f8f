package deploy_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/ssh"

	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/mockapi"
)

// The commands of docs/operations.md, to the letter, on the server of docs/production.md. After
// each of them people log in, and whoever should not is denied.
func TestOperationsPage(t *testing.T) {
	t.Parallel()
	untried.Program(t, "logrotate", "logrotate", "/usr/sbin/logrotate")
	p := newPasted(t)
	p.paste(stepsWithAuthy(t))
	o := &operator{pasted: p}
	o.works = o.everybodyWithAuthy
	o.works("at first")
	o.secret()
	o.apiKey()
	o.providerDown()
	o.lostPhone()
	o.upgrade()
	o.localTOTP()
	o.backup()
	o.auditTurns()
}

// operator is whoever keeps the server.
type operator struct {
	*pasted
	works func(when string) // says that people get in who should
}

// do runs the blocks of a section, and says after which one of them it is.
func (o *operator) do(section string, after func(block int, said string)) {
	o.t.Helper()
	steps := stepsOf(o.t, "docs/operations.md", section)
	if len(steps) == 0 {
		o.t.Fatalf("section %q has no commands", section)
	}
	for i, s := range steps {
		typed := ""
		if strings.Contains(s.text, "api-key.new") {
			typed = "second-key\n"
		}
		before := o.reloads(s.text)
		said := o.shell(strings.Replace(s.text, "sleep 120\n", "", 1), typed)
		o.eventually(func() error { // a reload goes on when its command has ended
			if before != "" && o.reloads(s.text) == before {
				return errors.New("hookd has not taken its new configuration")
			}
			return nil
		})
		after(i+1, said)
	}
}

// reloads returns how often hookd has reloaded; "" for commands that do not have it reload.
func (o *operator) reloads(commands string) string {
	o.t.Helper()
	if !strings.Contains(commands, "systemctl reload hookd") {
		return ""
	}
	return o.shell(`curl -sS --cacert /etc/sftpgo-authy/hookd.crt https://127.0.0.1:8890/metrics |
  grep 'authy_hooks_reloads_total{taken="true"}'`, "")
}

// turn moves Authy's clock, so that everybody has another code.
func (o *operator) turn() {
	o.t.Helper()
	minute := mockapi.ClockChange{Advance: mockapi.Duration(time.Minute)}
	if _, err := o.mock.TurnClock(o.t.Context(), minute); err != nil {
		o.t.Fatal(err)
	}
}

// everybodyWithAuthy logs in everybody of the recipe with Authy.
func (o *operator) everybodyWithAuthy(when string) {
	o.t.Helper()
	o.turn()
	o.expect(when, true, "alice", answers("CHANGE-ME-alice", o.code("alice")))
	o.expect(when, true, "bob", ssh.Password(o.code("bob")))
	o.expect(when, true, "carol", ssh.Password("CHANGE-ME-carol"+o.code("carol")))
}

// byRecoveryCodes returns a way to see that an account of local TOTP gets in: by its recovery
// codes, for which nobody has to wait for the next step.
func (o *operator) byRecoveryCodes(account, password string) func(when string) {
	codes := o.recoveryCodes(account)
	return func(when string) {
		o.t.Helper()
		o.expect(when, true, account, answers(password, codes[0]))
		codes = codes[1:]
	}
}

// recoveryCodes gives an account new recovery codes.
func (o *operator) recoveryCodes(account string) []string {
	o.t.Helper()
	said := o.shell("authyctl recovery "+account, "")
	codes := regexp.MustCompile(`\b\d{5}[ -]?\d{5}\b`).FindAllString(said, -1)
	if len(codes) != 10 {
		o.t.Fatalf("%d recovery codes, want 10: %s", len(codes), said)
	}
	return codes
}

func (o *operator) expect(when string, in bool, account string, method ssh.AuthMethod) {
	o.t.Helper()
	o.awaitSSH()
	if err := o.logIn(account, method); (err == nil) != in {
		o.t.Errorf("%s: %s is in: %v, want %v: %v", when, account, err == nil, in, err)
	}
}

func (o *operator) secret() {
	o.t.Helper()
	old, err := os.ReadFile(filepath.Join(o.root, "etc/sftpgo-authy/hookd-secret"))
	if err != nil {
		o.t.Fatal(err)
	}
	counted := regexp.MustCompile(`caller="previous_secret"} (\d+)`)
	o.do("The secret between SFTPGo and hookd", func(block int, said string) {
		o.works(fmt.Sprint("new secret, step ", block))
		if block == 3 {
			before := counted.FindString(said)
			if before == "" || strings.HasSuffix(before, " 0") {
				o.t.Errorf("nobody was counted with the old secret: %s", said)
			}
			steps := stepsOf(o.t, "docs/operations.md", "The secret between SFTPGo and hookd")
			if again := counted.FindString(o.shell(steps[2].text, "")); again != before {
				o.t.Errorf("SFTPGo still sends the old secret: %s, then %s", before, again)
			}
		}
	})
	config := `printf 'header = "X-Hook-Secret: ` + strings.TrimSpace(string(old)) + `"' |
  curl -sS -K - -H 'Content-Type: application/json' -d '{"username":"alice"}' -o /dev/null -w '%{http_code}' \
  --cacert /etc/sftpgo-authy/hookd.crt https://127.0.0.1:8890/checkpwd`
	if got := o.shell(config, ""); got != "401" {
		o.t.Errorf("the old secret afterwards: %s, want 401", got)
	}
}

// apiKey changes the key. At the mock each key has users of its own, so the new one is given the
// same.
func (o *operator) apiKey() {
	o.t.Helper()
	state, err := o.mock.State(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.mock.AddApp(o.t.Context(), mockapi.NewApp{Key: "second-key"}); err != nil {
		o.t.Fatal(err)
	}
	second := &mockapi.Client{URL: o.mock.URL, Key: "second-key"}
	if err := second.SetState(o.t.Context(), state); err != nil {
		o.t.Fatal(err)
	}
	o.do("The API key", func(block int, _ string) {
		if block == 1 {
			o.works("the new key lies beside the old one")
			return
		}
		o.mock = second
		o.turn() // past the codes that were used meanwhile
		o.works("the new key")
	})
	asked, err := second.CountJournal(o.t.Context(), mockapi.JournalQuery{Endpoint: mockapi.Verify})
	if err != nil || asked == 0 {
		o.t.Errorf("asked with the new key %d times, %v", asked, err)
	}
}

func (o *operator) providerDown() {
	o.t.Helper()
	silent, err := o.mock.AddFault(o.t.Context(), mockapi.Rule{
		Match: mockapi.Match{Endpoint: mockapi.Verify}, Effect: mockapi.Effect{Status: 503, Body: "<html>"},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	alone := func(when string, in bool) {
		o.t.Helper()
		o.expect(when, in, "alice", answers("CHANGE-ME-alice", "1234567"))
		o.expect(when, in, "carol", ssh.Password("CHANGE-ME-carol1234567"))
		o.expect(when, false, "bob", ssh.Password("1234567"))
		o.expect(when, false, "alice", answers("wrong", "1234567"))
	}
	alone("Authy is silent", false)
	o.do("When the provider is down", func(block int, _ string) {
		alone(fmt.Sprint("Authy is silent, step ", block), block == 1)
	})
	if audit := o.shell("cat /var/log/sftpgo-authy/audit.jsonl", ""); !strings.Contains(audit,
		`"outcome":"bypassed","reason":"bypass_unreachable"`) {
		o.t.Error("the audit does not say that somebody was let in without a code")
	}
	if err := o.mock.RemoveFault(o.t.Context(), silent.ID); err != nil {
		o.t.Fatal(err)
	}
	// hookd asks Authy anew, without the breaker's pause, and SFTPGo's defender forgets this
	// address.
	o.shell("systemctl reload hookd; systemctl restart sftpgo", "")
	o.works("Authy is back")
}

func (o *operator) lostPhone() {
	o.t.Helper()
	o.turn()
	old := o.code("alice")
	o.do("A lost phone", func(int, string) {
		o.expect("the lost phone", false, "alice", answers("CHANGE-ME-alice", old))
		o.works("the new phone")
	})
}

func (o *operator) upgrade() {
	o.t.Helper()
	o.do("Upgrade", func(block int, _ string) { o.works(fmt.Sprint("upgrade, step ", block)) })
}

// localTOTP gives alice local TOTP in place of Authy.
func (o *operator) localTOTP() {
	o.t.Helper()
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "SFTPGo", AccountName: "alice"})
	if err != nil {
		o.t.Fatal(err)
	}
	o.shell(`cat >>/etc/sftpgo-authy/hookd.yaml <<'END'
memory_file: /var/lib/sftpgo-authy/memory
totp:
  secrets_file: /etc/sftpgo-authy/totp-secrets
  key_file: /etc/sftpgo-authy/totp-key
END
sed -i 's/^alice: .*/alice: totp/' /etc/sftpgo-authy/users
install -m 0600 /dev/null /etc/sftpgo-authy/totp-secrets
echo 'alice: `+key.URL()+`' >>/etc/sftpgo-authy/totp-secrets
authyctl totp key
authyctl totp seal
systemctl restart hookd`, "")
}

// backup loses everything, and restores it. What alice remembers is compared with what hookd does.
func (o *operator) backup() {
	o.t.Helper()
	codes := o.recoveryCodes("alice")
	alice := func(when string, code string, in bool) {
		o.t.Helper()
		o.expect(when, in, "alice", answers("CHANGE-ME-alice", code))
	}
	files := func() string {
		o.t.Helper()
		return o.shell("stat -c '%n %U %G %a' /etc/sftpgo-authy /etc/sftpgo-authy/* /var/lib/sftpgo-authy", "")
	}
	alice("before the backup", codes[0], true)
	before := files()
	o.do("Backup and restore", func(block int, _ string) {
		if block == 2 {
			return
		}
		alice("after the backup, used before", codes[0], false)
		alice("after the backup", codes[1], true)
		o.shell("rm -r /etc/sftpgo-authy; rm -r /var/lib/sftpgo-authy/*", "")
	})
	if after := files(); after != before {
		o.t.Errorf("before the backup:\n%s\nrestored:\n%s", before, after)
	}
	alice("restored, used before the backup", codes[0], false)
	alice("restored, used after the backup", codes[1], true)
	alice("restored, never used", codes[2], true)
}

func (o *operator) auditTurns() {
	o.t.Helper()
	lines := func() int {
		o.t.Helper()
		return strings.Count(o.shell("cat /var/log/sftpgo-authy/audit.jsonl*", ""), "\n")
	}
	o.do("The audit turns", func(_ int, said string) {
		before := lines()
		o.shell("logrotate --force --state /var/lib/turned /etc/logrotate.d/sftpgo-authy", "")
		o.turn()
		o.expect("the audit has turned", true, "bob", ssh.Password(o.code("bob")))
		if after := lines(); after != before+1 {
			o.t.Errorf("%d lines, and %d after a turn and a login: %s", before, after, said)
		}
	})
}
