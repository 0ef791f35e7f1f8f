package main

import (
	"bytes"
	crypto "crypto/rand"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"

	"sftpgo-authy/mockauthy/mockapi"
)

// world makes up settings and accounts.
type world struct {
	*rand.Rand
	st         *stage
	hookd      string // where hooks are asked
	key, ca    ssh.Signer
	caFile     string
	apiKey     string // of all users
	davMinutes string
	made       int // accounts so far
}

// made is an account that was made up.
type made struct {
	name        string
	mapped, key bool
	filters     map[string]any
}

// cached reports whether SFTPGo lets a login of the account stand for later ones.
func (a made) cached() bool {
	seconds, _ := a.filters["external_auth_cache_time"].(int)
	return seconds > 0
}

func newWorld(st *stage) *world {
	w := &world{st: st, key: newKey(), ca: newKey()}
	w.hookd = strings.TrimSuffix(st.s.Env["SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK"], "/extauth")
	w.caFile = shortDir(st.t) + "/ca.pub"
	st.put(w.caFile, authorized(w.ca)+"\n")
	w.apiKey = st.s.NewKey(st.t, map[string]any{"name": "users", "scope": 2})
	return w
}

// neverLocked has hookd lock nobody out: whoever tries every door would be.
func (st *stage) neverLocked() {
	st.t.Helper()
	st.stop()
	st.listen = strings.TrimSuffix(strings.TrimPrefix(st.s.Env["SFTPGO_HTTP__HEADERS__0__URL"], "https://"), "/")
	file := st.env["AUTHY_HOOKS_CONFIG"]
	text, err := os.ReadFile(file)
	if err != nil {
		st.t.Fatal(err)
	}
	st.put(file, string(text)+"  lockout: {per_account_ip: 0, per_ip: 0}\n")
	st.hookd()
}

// certificate makes one of the trusted key for a user.
func (w *world) certificate(user string) ssh.Signer {
	c := &ssh.Certificate{Key: w.key.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{user},
		ValidBefore: ssh.CertTimeInfinity}
	err := c.SignCert(crypto.Reader, w.ca)
	signer, signErr := ssh.NewCertSigner(c, w.key)
	if err != nil || signErr != nil {
		w.st.t.Fatal(err, signErr)
	}
	return signer
}

// oneIn says yes once in n times.
func (w *world) oneIn(n int) bool { return w.IntN(n) == 0 }

// pick takes one of several values.
func (w *world) pick(values ...string) string { return values[w.IntN(len(values))] }

// some takes each of several values once in n times.
func (w *world) some(n int, values ...string) []string {
	return slices.DeleteFunc(values, func(string) bool { return !w.oneIn(n) })
}

// settings puts settings into force that differ from the recipe in some places, and returns them.
func (w *world) settings() map[string]string {
	w.st.t.Helper()
	env := w.st.recipe(w.hookd)
	env["SFTPGO_COMMON__DEFENDER__ENABLED"] = "" // it would shut everybody out, us as well
	set := func(n int, name string, values ...string) {
		switch _, there := env[name]; {
		case w.oneIn(n):
			env[name] = w.pick(values...)
		case !there:
			env[name] = "" // what the settings before had
		}
	}
	const provider, sftpd, httpd = "SFTPGO_DATA_PROVIDER__", "SFTPGO_SFTPD__", "SFTPGO_HTTPD__BINDINGS__0__"
	set(4, provider+"EXTERNAL_AUTH_HOOK", "")
	set(2, provider+"EXTERNAL_AUTH_SCOPE", "0", "2", "3", "4", "5", "8", "15", "16", "-1", "0x3", "")
	set(4, provider+"CHECK_PASSWORD_HOOK", "")
	set(2, provider+"CHECK_PASSWORD_SCOPE", "1", "2", "3", "4", "6", "7", "8", "07")
	set(4, sftpd+"KEYBOARD_INTERACTIVE_AUTH_HOOK", "")
	set(4, sftpd+"KEYBOARD_INTERACTIVE_AUTHENTICATION", "false", "0", "true")
	set(4, sftpd+"PASSWORD_AUTHENTICATION", "false", "0", "true")
	set(3, sftpd+"TRUSTED_USER_CA_KEYS", w.caFile)
	set(2, "SFTPGO_WEBDAVD__CACHE__USERS__EXPIRATION_TIME", "", "0", "1", "5", "525600", "-1")
	// The REST API stays for administrators: doctor needs it, and so does this test.
	set(3, httpd+"DISABLED_LOGIN_METHODS", "32", "128", "160", "0x20")
	if set(4, httpd+"ENABLE_WEB_CLIENT", "false"); env[httpd+"ENABLE_WEB_CLIENT"] != "" && w.oneIn(2) {
		env[httpd+"DISABLED_LOGIN_METHODS"] = w.pick("8", "40", "168")
	}
	for section, addr := range map[string]string{"FTPD": w.st.s.FTP, "WEBDAVD": w.st.s.DAV, "SFTPD": w.st.s.SSH} {
		name := "SFTPGO_" + section + "__BINDINGS__0__PORT"
		env[name] = addr[strings.LastIndex(addr, ":")+1:]
		set(8, name, "0")
	}
	w.davMinutes = env["SFTPGO_WEBDAVD__CACHE__USERS__EXPIRATION_TIME"]
	w.st.s.Restart(w.st.t, env)
	return env
}

// accounts makes accounts: half of them by the recipe with a few changes, half by chance.
func (w *world) accounts(n int) (all []made) {
	w.st.t.Helper()
	var lines bytes.Buffer
	for range n {
		w.made++
		a := made{name: "u" + strconv.Itoa(w.made), mapped: !w.oneIn(6), key: w.oneIn(2)}
		a.filters = w.filters()
		fields := map[string]any{"filters": a.filters}
		if a.key {
			fields["public_keys"] = []string{authorized(w.key)}
		}
		w.st.s.AddUser(w.st.t, a.name, static, fields)
		if a.mapped {
			user := w.st.mock.AddUser(mockapi.NewUser{Name: a.name, Cellphone: fmt.Sprintf("212555%04d", w.made),
				CountryCode: 1})
			w.st.users[a.name] = user
			fmt.Fprintf(&lines, "%s: %s\n", a.name, user.Ref())
		}
		all = append(all, a)
	}
	file, err := os.OpenFile(w.st.env["AUTHY_USERS_FILE"], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		w.st.t.Fatal(err)
	}
	defer file.Close()
	if _, err := lines.WriteTo(file); err != nil {
		w.st.t.Fatal(err)
	}
	return all
}

// filters makes up what an account may do.
func (w *world) filters() map[string]any {
	methods := []string{"publickey", "password", "password-over-SSH", "keyboard-interactive", "publickey+password",
		"publickey+keyboard-interactive"}
	f := kind(w.pick("keyint", "extauth", "checkpwd", "other"))
	if w.oneIn(2) {
		f["hooks"] = map[string]any{"external_auth_disabled": w.oneIn(2), "check_password_disabled": w.oneIn(2)}
	}
	if denied := w.some(2, methods...); w.oneIn(2) {
		f["denied_login_methods"] = denied
	}
	if denied := w.some(5, "SSH", "FTP", "DAV", "HTTP"); len(denied) < 4 { // SFTPGo takes no account without any
		f["denied_protocols"] = denied
	}
	f["allow_api_key_auth"] = w.oneIn(5)
	if w.oneIn(6) {
		f["external_auth_cache_time"] = 300
	}
	if w.oneIn(20) { // SFTPGo leaves them the password alone
		f["is_anonymous"], f["denied_login_methods"], f["denied_protocols"] = true, []string{}, []string{}
	}
	return f
}
