package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser is a client with cookies that says where it ended.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 30 * time.Second}
}

// page fetches a page, or sends a form to it, and returns where it ended and its text.
func page(c *http.Client, address string, form url.Values) (string, string, error) {
	var res *http.Response
	var err error
	if form == nil {
		res, err = c.Get(address)
	} else {
		res, err = c.PostForm(address, form)
	}
	if err != nil {
		return "", "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.Request.URL.Path, string(text), err
}

// files is where the web client goes when somebody is logged in.
const files = "/web/client/files"

// mailbox is a mail server that keeps what it gets.
type mailbox struct {
	addr  string
	mails chan string
}

// mailboxes finds the mailbox of a stage.
var mailboxes sync.Map

func newMailbox(t *testing.T, st *stage) *mailbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailbox{addr: l.Addr().String(), mails: make(chan string, 10)}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { m.receive(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	mailboxes.Store(st, m)
	return m
}

// receive speaks as much SMTP as SFTPGo needs.
func (m *mailbox) receive(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	r := bufio.NewReader(conn)
	say := func(s string) { fmt.Fprintf(conn, "%s\r\n", s) }
	say("220 mail")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if strings.TrimSpace(line) == "." {
					break
				}
				text.WriteString(line)
			}
			m.mails <- text.String()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func mailEnv(m *mailbox) map[string]string {
	host, port, _ := net.SplitHostPort(m.addr)
	return map[string]string{"SFTPGO_SMTP__HOST": host, "SFTPGO_SMTP__PORT": port,
		"SFTPGO_SMTP__FROM": "sftpgo@example.test"}
}

var formToken = regexp.MustCompile(`name="_form_token" value="([^"]+)"`)

// resetByMail has the web client send a code by mail and logs in with it.
func resetByMail(t *testing.T, st *stage) error {
	t.Helper()
	found, _ := mailboxes.Load(st)
	c, base := browser(t), "http://"+st.s.HTTP+"/web/client"
	token := func(path string) string {
		_, text, err := page(c, base+path, nil)
		if m := formToken.FindStringSubmatch(text); err == nil && m != nil {
			return m[1]
		}
		t.Fatalf("no form on %s: %v %s", path, err, text)
		return ""
	}
	_, text, err := page(c, base+"/forgot-password",
		url.Values{"_form_token": {token("/forgot-password")}, "username": {"ann"}})
	if err != nil {
		return err
	}
	var mail string
	select {
	case mail = <-found.(*mailbox).mails:
	default:
		return fmt.Errorf("no mail was sent: %.200s", text)
	}
	code := codeIn(mail)
	where, _, err := page(c, base+"/reset-password", url.Values{"_form_token": {token("/reset-password")},
		"code":     {code},
		"password": {static + "2"}, "confirm_password": {static + "2"}})
	if err != nil {
		return err
	}
	if where != files {
		return fmt.Errorf("ended at %s with code %q", where, code)
	}
	return nil
}

// codeIn finds the code in the mail.
func codeIn(mail string) string {
	m := regexp.MustCompile(`code is "([^"]+)"`).FindStringSubmatch(strings.ReplaceAll(mail, "=\r\n", ""))
	if m == nil {
		return ""
	}
	return m[1]
}

// newProvider is an identity provider that says that everybody is name. SFTPGo is told not to look
// at signatures, which spares us to make any.
func newProvider(t *testing.T, name string) string {
	t.Helper()
	var mu sync.Mutex
	var nonce string
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	reply := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"issuer": srv.URL, "authorization_endpoint": srv.URL + "/auth",
			"token_endpoint": srv.URL + "/token",
			"jwks_uri":       srv.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) { reply(w, map[string]any{"keys": []any{}}) })
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		q := r.URL.Query()
		nonce = q.Get("nonce")
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"state": {q.Get("state")}, "code": {"c"}}.Encode(),
			http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		part := func(v any) string {
			text, _ := json.Marshal(v)
			return base64.RawURLEncoding.EncodeToString(text)
		}
		now := time.Now().Unix()
		id := part(map[string]any{"alg": "RS256", "typ": "JWT"}) + "." +
			part(map[string]any{"iss": srv.URL, "aud": "files", "sub": name,
				"name": name, "nonce": nonce, "iat": now, "exp": now + 600}) + "." +
			base64.RawURLEncoding.EncodeToString([]byte("none"))
		reply(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": id, "expires_in": 600})
	})
	return srv.URL
}

func providerEnv(st *stage, provider string) map[string]string {
	const oidc = "SFTPGO_HTTPD__BINDINGS__0__OIDC__"
	return map[string]string{
		oidc + "CLIENT_ID": "files", oidc + "CLIENT_SECRET": "s", oidc + "CONFIG_URL": provider,
		oidc + "USERNAME_FIELD":    "name",
		oidc + "REDIRECT_BASE_URL": "http://" + st.s.HTTP, oidc + "INSECURE_SKIP_SIGNATURE_CHECK": "1",
	}
}

// viaProvider logs in to the web client by the identity provider.
func viaProvider(t *testing.T, st *stage) error {
	t.Helper()
	where, text, err := page(browser(t), "http://"+st.s.HTTP+"/web/client/oidclogin", nil)
	if err != nil {
		return err
	}
	if where != files {
		return fmt.Errorf("ended at %s: %.100s", where, text)
	}
	return nil
}
