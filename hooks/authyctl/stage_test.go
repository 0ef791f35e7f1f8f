package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/doctor"
	"sftpgo-authy/hooks/internal/hookd"
	"sftpgo-authy/hooks/internal/hookd/hookdtest"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/internal/sftpgotest"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// hookSecret is what SFTPGo sends to hookd, like that of openssl rand -hex 32.
const hookSecret = "8d1f0c52e97b3a646fe05b21c8d4973a1b7e62f09c35da84e61027fb9d8c43a5"

// static is the password of every account in SFTPGo.
const static = "static-Passw0rd"

// stage is a whole installation: a mock of Authy, hookd, a real SFTPGo and the configuration that
// joins them.
type stage struct {
	t     *testing.T
	mock  *mockauthytest.Mock
	s     *sftpgotest.Server
	dir   string
	env   map[string]string // of authyctl and the hooks
	ca    string            // file with the certificate of hookd, "" where it has none
	users map[string]*mockauthytest.User

	listen string // address of the next hookd, "" for any
	stop   func() // ends the last hookd
}

// newDesk makes a mock and a configuration, without an SFTPGo. users is the text of the users file.
func newDesk(t *testing.T, users string) *stage {
	t.Helper()
	st := &stage{t: t, mock: mockauthytest.New(t), dir: t.TempDir(), users: map[string]*mockauthytest.User{}}
	st.mock.Freeze()
	st.env = map[string]string{
		"AUTHY_API_URL": st.mock.URL, "AUTHY_API_KEY_FILE": st.write("key", st.mock.Key),
		"AUTHY_USERS_FILE":         st.write("users", users),
		"AUTHY_HOOKD_SECRET_FILE":  st.write("secret", hookSecret),
		"AUTHY_AUDIT":              filepath.Join(st.dir, "audit.log"),
		"AUTHY_HOOKD_ADMIN_SOCKET": filepath.Join(shortDir(t), "hookd.sock"),
	}
	return st
}

// shortDir makes a folder with a short path, for the path of a socket is bounded.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "stage")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// newStage makes everything, with the recipe for three kinds of accounts; changes are to SFTPGo's
// environment, "" removes a variable.
func newStage(t *testing.T, changes map[string]string) *stage {
	t.Helper()
	st := newDesk(t, "")
	env := st.recipe(st.secureHookd())
	maps.Copy(env, changes)
	maps.DeleteFunc(env, func(_, value string) bool { return value == "" })
	st.s = sftpgotest.Start(t, env)
	st.env["AUTHY_SFTPGO_URL"] = "http://" + st.s.HTTP
	st.env["AUTHY_SFTPGO_API_KEY_FILE"] = st.write("apikey", st.s.APIKey(t))
	return st
}

// secureHookd is [stage.hookd] with a certificate of its own, which the recipe's SFTPGo is told to
// believe.
func (st *stage) secureHookd() string {
	st.t.Helper()
	dir := shortDir(st.t)
	crt, key := certificateFiles(st.t, dir)
	st.env["AUTHY_HOOKS_CONFIG"] = st.write("hookd.yaml", "hookd:\n  tls: {cert_file: "+crt+", key_file: "+key+"}\n")
	st.ca = crt
	return st.hookd()
}

// recipe is the environment of an SFTPGo with three kinds of accounts and no way round the second
// factor.
func (st *stage) recipe(url string) map[string]string {
	return map[string]string{
		"SFTPGO_LOG_LEVEL":                                      "info",
		"SFTPGO_HTTP__CA_CERTIFICATES":                          st.ca,
		"SFTPGO_HTTP__HEADERS__0__KEY":                          hookd.SecretHeader,
		"SFTPGO_HTTP__HEADERS__0__VALUE":                        hookSecret,
		"SFTPGO_HTTP__HEADERS__0__URL":                          url + "/",
		"SFTPGO_SFTPD__KEYBOARD_INTERACTIVE_AUTH_HOOK":          url + "/keyint",
		"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK":              url + "/extauth",
		"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_SCOPE":             "1",
		"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK":             url + "/checkpwd",
		"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE":            "0",
		"SFTPGO_WEBDAVD__CACHE__USERS__EXPIRATION_TIME":         "1",
		"SFTPGO_COMMON__DEFENDER__ENABLED":                      "true",
		"SFTPGO_COMMON__DEFENDER__LOGIN_DELAY__PASSWORD_FAILED": "0",
		"SFTPGO_COMMON__MAX_PER_HOST_CONNECTIONS":               "20", // SFTPGo's own default
	}
}

// hookd runs the hooks over HTTP as configured, and returns where. Variables in more come over
// those of the stage. It runs until the test or st.stop ends it.
func (st *stage) hookd(more ...string) string {
	st.t.Helper()
	own, listen := maps.Clone(st.env), st.listen
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	for _, entry := range more {
		name, value, _ := strings.Cut(entry, "=")
		own[name] = value
	}
	var env []string
	for name, value := range own {
		env = append(env, name+"="+value)
	}
	var url string
	url, st.stop = hookdtest.Run(st.t, hookd.Host{Args: []string{"--listen", listen}, Env: env})
	return url
}

func (st *stage) lookup(name string) (string, bool) {
	value, ok := st.env[name]
	return value, ok
}

// write makes a file for our eyes alone.
func (st *stage) write(name, text string) string {
	st.t.Helper()
	path := filepath.Join(st.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		st.t.Fatal(err)
	}
	return path
}

// selfService is what accounts of the recipe may not do for themselves.
var selfService = []string{"publickey-change-disabled", "tls-cert-change-disabled", "api-key-auth-change-disabled",
	"shares-disabled", "password-reset-disabled"}

// kinds are the filters of the recipe's accounts.
func kind(name string) map[string]any {
	hooks, denied := map[string]any{}, []string{"publickey"}
	switch name {
	case "keyint":
		hooks["check_password_disabled"], denied = true, []string{"password", "publickey"}
	case "extauth":
		hooks["check_password_disabled"], denied = true, []string{"keyboard-interactive", "publickey"}
	case "checkpwd":
		hooks["external_auth_disabled"] = true
	case "key and code":
		hooks["check_password_disabled"] = true
		denied = []string{"publickey", "password", "keyboard-interactive", "publickey+keyboard-interactive"}
	}
	return map[string]any{"hooks": hooks, "denied_login_methods": denied, "web_client": selfService}
}

// account adds an account of a kind to SFTPGo, to Authy and to the users file. filters come over
// those of the kind, fields over the rest.
func (st *stage) account(name, of string, filters, fields map[string]any) {
	st.t.Helper()
	all := kind(of)
	maps.Copy(all, filters)
	body := map[string]any{"filters": all}
	maps.Copy(body, fields)
	st.s.AddUser(st.t, name, static, body)
	st.users[name] = st.mock.AddUser(mockapi.NewUser{Name: name, Cellphone: "21255501" + strconv.Itoa(10+len(st.users)),
		CountryCode: 1})
	f, err := os.OpenFile(st.env["AUTHY_USERS_FILE"], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		st.t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%s: %s\n", name, st.users[name].Ref()); err != nil {
		st.t.Fatal(err)
	}
}

// code returns a fresh code of an account.
func (st *stage) code(name string) string {
	st.t.Helper()
	st.mock.Advance(10 * time.Second)
	return st.users[name].Code()
}

// ctl runs authyctl and returns its exit code and output.
func (st *stage) ctl(stdin string, args ...string) (code int, stdout, stderr string) {
	st.t.Helper()
	var out, errs bytes.Buffer
	c := cli{in: strings.NewReader(stdin), out: &out, err: &errs, lookup: st.lookup, now: time.Now}
	code = c.main(st.t.Context(), args)
	for _, secret := range []string{st.mock.Key, hookSecret} {
		if strings.Contains(out.String()+errs.String(), secret) {
			st.t.Errorf("authyctl %v shows a secret:\n%s\n%s", args, out.String(), errs.String())
		}
	}
	return code, out.String(), errs.String()
}

// examine runs doctor as a person would beside a running SFTPGo.
func (st *stage) examine(flags ...string) doctor.Report {
	st.t.Helper()
	_, out, errs := st.ctl("",
		append([]string{"doctor", "--json", "--sftpgo-config", "none", "--sftpgo-pid", strconv.Itoa(st.s.PID())},
			flags...)...)
	var report doctor.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		st.t.Fatalf("doctor: %v\n%s\n%s", err, out, errs)
	}
	for _, c := range report.Checks {
		// What a program that is none of ours decides is not seen, rightly.
		strange := func(reason string) bool {
			return strings.Contains(reason, "of this project") ||
				strings.HasPrefix(reason, "--authy=false") && slices.Contains(flags, "--authy=false")
		}
		if !slices.ContainsFunc(c.NotSeen, strange) && c.State == doctor.NotSeen {
			st.t.Errorf("check %s was not made: %s", c.ID, c.NotSeen)
		}
	}
	return report
}

// finding returns the findings of one check.
func finding(r doctor.Report, id string) []doctor.Finding {
	var out []doctor.Finding
	for _, f := range r.Findings {
		if f.ID == id {
			out = append(out, f)
		}
	}
	return out
}

// apply makes the change that doctor printed.
func (st *stage) apply(c *doctor.Change) {
	st.t.Helper()
	if c == nil {
		st.t.Fatal("doctor named no change")
	}
	if len(c.Env) > 0 {
		st.s.Restart(st.t, c.Env)
	}
	if c.Account == "" {
		return
	}
	client, err := sftpgoapi.New(sftpgoapi.Options{URL: "http://" + st.s.HTTP, Admin: sftpgotest.Admin,
		Password: sftpgotest.Password})
	if err != nil {
		st.t.Fatal(err)
	}
	defer client.Close()
	err = client.EditUser(st.t.Context(), c.Account, func(d sftpgoapi.Document) error {
		for field, items := range c.Add {
			if err := edit(d, field, func(old any) any {
				list, _ := old.([]any)
				for _, item := range items {
					list = append(list, item)
				}
				return list
			}); err != nil {
				return err
			}
		}
		for field, value := range c.Set {
			if err := edit(d, field, func(any) any { return value }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, sftpgoapi.ErrChanged) { // fields that SFTPGo leaves out when empty
		st.t.Fatal(err)
	}
}

// edit changes a dotted field of a document.
func edit(d sftpgoapi.Document, field string, change func(any) any) error {
	top, rest, below := strings.Cut(field, ".")
	if !below {
		raw, err := json.Marshal(change(nil))
		d[top] = raw
		return err
	}
	var tree map[string]any
	if err := json.Unmarshal(d[top], &tree); err != nil {
		return err
	}
	branch := tree
	for {
		name, more, deeper := strings.Cut(rest, ".")
		if !deeper {
			branch[name] = change(branch[name])
			break
		}
		branch, rest = branch[name].(map[string]any), more
	}
	raw, err := json.Marshal(tree)
	d[top] = raw
	return err
}
