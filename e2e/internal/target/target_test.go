package target

import (
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/ports"
)

func TestParseAuditPicksTheLinesOfTheAudit(t *testing.T) {
	t.Parallel()
	text := `{"level":"INFO","msg":"listening"}
not json
{"hook":"keyint","door":"program","account":"ann","outcome":"denied","reason":"code_wrong"}
{"outcome":"denied"}
`
	lines := parseAudit(text)
	if len(lines) != 1 || lines[0].Account != "ann" || lines[0].Reason != "code_wrong" {
		t.Fatalf("got %+v, want ann's line alone", lines)
	}
}

func TestConfigFileNestsNamesAndKeepsTypes(t *testing.T) {
	t.Parallel()
	data := Setup{Config: map[string]string{
		"unmapped.keyint": "password_only", "hookd.lockout.per_ip": "4", "push.enabled": "true",
		"keyint.send_codes": `["sms"]`,
	}}.configFile()
	var got struct {
		Unmapped map[string]string
		Hookd    struct{ Lockout map[string]int }
		Push     map[string]bool
		Keyint   map[string][]string
	}
	decoder := json.NewDecoder(strings.NewReader(strings.ReplaceAll(string(data), "_", "")))
	if err := decoder.Decode(&got); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	if got.Unmapped["keyint"] != "passwordonly" || got.Hookd.Lockout["perip"] != 4 || !got.Push["enabled"] ||
		got.Keyint["sendcodes"][0] != "sms" {
		t.Fatalf("got %+v from %s", got, data)
	}
}

func TestSetupKeysDifferWithEverySetting(t *testing.T) {
	t.Parallel()
	setups := []Setup{
		{}, {Door: HTTP}, {Hooks: []Hook{Keyint}}, {Hooks: []Hook{Keyint}, Door: HTTP},
		{Config: map[string]string{"a": "b"}}, {Env: map[string]string{"a": "c"}}, {Users: "ann: 1"},
		{Verify: true},
	}
	seen := map[string]int{}
	for i, setup := range setups {
		if other, ok := seen[setup.Key()]; ok {
			t.Errorf("setups %d and %d have the same key", i, other)
		}
		seen[setup.Key()] = i
	}
}

// TestContainersAskWhomTheSetupSays: a variable of the setup wins over its file, and where Twilio
// Verify is asked nothing of Authy is left.
func TestContainersAskWhomTheSetupSays(t *testing.T) {
	t.Parallel()
	verify := map[string]string{"provider": "verify", "verify.secret": "token", "verify.url": "http://mockauthy:8880"}
	for name, row := range map[string]struct {
		setup    Setup
		has, not string
	}{
		"Authy":  {Setup{}, `"api_url"`, `"verify"`},
		"Verify": {Setup{Verify: true, Config: verify}, `"secret": "token"`, `"api_`},
		"a broken secret": {
			Setup{Verify: true, Config: verify, Env: map[string]string{"AUTHY_VERIFY_SECRET_FILE": "/nonexistent"}},
			`"secret_file": "/nonexistent"`, `"secret": `,
		},
		"a broken address": {
			Setup{Verify: true, Config: verify, Env: map[string]string{"AUTHY_VERIFY_URL": "http://192.0.2.1"}},
			`"url": "http://192.0.2.1"`, `"allow_http"`,
		},
		"a broken key": {Setup{Env: map[string]string{"AUTHY_API_KEY_FILE": "/nonexistent"}},
			`"api_key_file"`, `"api_key":`},
	} {
		text := string(row.setup.containerConfig("/audit"))
		if !strings.Contains(text, row.has) || strings.Contains(text, row.not) {
			t.Errorf("%s: %s; want it to have %s and not %s", name, text, row.has, row.not)
		}
	}
}

// echo serves one connection after the other and sends back what it receives.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(conn, conn)
				_ = conn.Close()
			}()
		}
	}()
	return listener.Addr().String()
}

func TestACableIsPulledAndPluggedInAtTheSameAddress(t *testing.T) {
	t.Parallel()
	addr := ports.Addrs(t, 1)[0]
	c, err := newCable(addr, echo(t))
	if err != nil {
		t.Fatal(err)
	}
	say := func() error {
		conn, err := net.DialTimeout("tcp", c.addr, 5*time.Second)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.Write([]byte("hello")); err != nil {
			return err
		}
		_, err = io.ReadFull(conn, make([]byte, 5))
		return err
	}
	if err := say(); err != nil {
		t.Fatalf("plugged in: %v", err)
	}
	held, err := net.Dial("tcp", c.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	c.pull()
	if err := say(); err == nil {
		t.Fatal("pulled: somebody got through")
	}
	if _, err := held.Read(make([]byte, 1)); err == nil {
		t.Fatal("pulled: an open connection lives on")
	}
	if err := c.plug(); err != nil {
		t.Fatal(err)
	}
	if err := say(); err != nil {
		t.Fatalf("plugged in again: %v", err)
	}
	c.pull()
}

func TestDocumentsDenyEveryOtherWayIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		account Account
		denied  string
	}{
		{Account{Kind: KeyintAccount}, "password publickey"},
		{Account{Kind: ExtauthAccount}, "keyboard-interactive publickey"},
		{Account{Kind: CheckpwdAccount}, "publickey"},
		{Account{Kind: PlainAccount}, ""},
		{Account{Kind: KeyintAccount, KeyFirst: true}, "publickey password keyboard-interactive publickey+password"},
		{Account{Kind: ExtauthAccount, KeyFirst: true},
			"publickey password keyboard-interactive publickey+keyboard-interactive"},
	} {
		filters, ok := test.account.Document()["filters"].(map[string]any)
		if !ok {
			t.Fatalf("%s: no filters", test.account.Kind)
		}
		denied, _ := filters["denied_login_methods"].([]string)
		if got := strings.Join(denied, " "); got != test.denied {
			t.Errorf("%s, key first %v: denied are %q, want %q", test.account.Kind, test.account.KeyFirst, got,
				test.denied)
		}
	}
}
