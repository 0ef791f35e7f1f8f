package deploy_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"
)

// A server that was set up from the page to the letter lets in who has the code, and the doctor
// finds nothing.
func TestServerFromTheProductionPage(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]step{"local TOTP": stepsOfThePage(t), "Authy": stepsWithAuthy(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPasted(t)
			said := p.paste(steps)
			t.Logf("the doctor, whose exit code says that all is well:\n%s", said)
			p.logins()
			p.impostor()
		})
	}
}

// impostor takes hookd's port while hookd is down, as any user of the machine can, and says yes to
// everybody.
func (p *pasted) impostor() {
	p.t.Helper()
	if err := p.stopOne("hookd"); err != nil {
		p.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", p.hookd)
	if err != nil {
		p.t.Fatal(err)
	}
	var asked, greeted atomic.Int32
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(`{"auth_result":1,"status":1,"username":"bob","permissions":{"/":["*"]}}`))
	}))
	_ = web.Listener.Close()
	web.Listener = listener
	web.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			greeted.Add(1)
		}
	}
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.StartTLS()
	defer web.Close()
	for who, method := range map[string]ssh.AuthMethod{
		"alice": answers("CHANGE-ME-alice", "0000000"), "bob": ssh.Password("0000000"),
		"carol": ssh.Password("CHANGE-ME-carol"),
	} {
		if err := p.logIn(who, method); err == nil {
			p.t.Errorf("%s is in, as somebody else answers in hookd's place", who)
		}
	}
	if asked.Load() > 0 || greeted.Load() == 0 {
		p.t.Errorf("the impostor was connected to %d times and told %d passwords, want some and none", greeted.Load(),
			asked.Load())
	}
}

// The sftpgo.json of the page says what its table of settings says, and one set of names is used
// everywhere.
func TestSettingsOfTheProductionPage(t *testing.T) {
	t.Parallel()
	var c map[string]any
	if err := json.Unmarshal([]byte(fileOfThePage(t, "/etc/sftpgo/sftpgo.json")), &c); err != nil {
		t.Fatal(err)
	}
	page := read(t, "docs/production.md")
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+(?:\\.[a-z_]+)+)` \\| (\\w+) \\|").FindAllStringSubmatch(
		page, -1) {
		var at any = c
		for _, name := range strings.Split(row[1], ".") {
			section, _ := at.(map[string]any)
			at = section[name]
		}
		if fmt.Sprint(at) != row[2] && (at != nil || row[2] != "empty") {
			t.Errorf("%s is %v in the file, and %s in the table", row[1], at, row[2])
		}
	}
	for _, hook := range []string{"keyint", "extauth", "checkpwd"} {
		if !strings.Contains(fileOfThePage(t, "/etc/sftpgo/sftpgo.json"), `"https://127.0.0.1:8890/`+hook+`"`) {
			t.Errorf("sftpgo.json does not ask %s over https", hook)
		}
	}
}

// Page, unit and READMEs name the same files.
func TestFilesHaveOneName(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, name := range []string{"", "hookd.yaml", "api-key", "users", "hookd-secret", "hookd.crt", "hookd.key",
		"sftpgo-key", "api-key.new", "hookd-secret.previous", "totp-secrets", "totp-key", "verify-secret"} {
		known[name] = true
	}
	docs := append(documents(t), "deploy/systemd/hookd.service", "docker-compose.yml", "deploy/Dockerfile")
	for _, doc := range docs {
		for _, m := range regexp.MustCompile(
			`/etc/(sftpgo-authy|authy|hooks?|hookd)\b/?([\w.-]*\w)?`).FindAllStringSubmatch(read(t, doc), -1) {
			if m[1] != "sftpgo-authy" || !known[m[2]] {
				t.Errorf("%s names %s, want a file of /etc/sftpgo-authy that docs/production.md makes", doc, m[0])
			}
		}
	}
}
