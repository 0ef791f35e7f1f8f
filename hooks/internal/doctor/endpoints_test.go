package doctor

import (
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/proof"
	"sftpgo-authy/internal/sftpgotest"
)

// hookdWith answers as a hookd with this secret does.
func hookdWith(secret string) http.Handler {
	key, err := proof.KeyOf(secret)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce, bad := proof.ParseNonce(r.URL.Query().Get("nonce"))
		if r.URL.Path != proof.Path || bad != nil || err != nil {
			http.NotFound(w, r)
			return
		}
		remote, _ := net.ResolveTCPAddr("tcp", r.RemoteAddr)
		ends, _ := proof.EndsOf(remote, r.Context().Value(http.LocalAddrContextKey).(net.Addr), r.TLS)
		_ = json.NewEncoder(w).Encode(key.Prove(nonce, ends))
	})
}

// relay passes everything on.
func relay(to string) http.Handler {
	u, err := url.Parse(to)
	if err != nil {
		panic(err)
	}
	return httputil.NewSingleHostReverseProxy(u)
}

// emptyYes answers 200 and nothing.
func emptyYes(http.ResponseWriter, *http.Request) {}

// free returns a port of 127.0.0.1 and ::1 on which nobody listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// serveAt serves at an address, until the test ends.
func serveAt(t *testing.T, addr string, h http.Handler) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
}

// behind examines an SFTPGo whose hooks are at this server, with a secret, and returns the result
// of hook_transport and what it found.
func behind(t *testing.T, server, secret string, more map[string]string) (Result, []Finding) {
	t.Helper()
	env := map[string]string{
		kbdHook: server + "/keyint", extHook: server + "/extauth", chkHook: server + "/checkpwd",
		"SFTPGO_LOG_LEVEL":             "info",
		"SFTPGO_HTTP__HEADERS__0__KEY": "X-Hook-Secret", "SFTPGO_HTTP__HEADERS__0__VALUE": secret,
		"SFTPGO_HTTP__HEADERS__0__URL": server + "/",
	}
	for name, value := range more {
		env[name] = value
	}
	f := runningAsUs(change(env), account("checkpwd"))
	f.AskHooks(t.Context(), rand.Reader)
	report := Examine(f)
	return state(report, "hook_transport"), slices.DeleteFunc(report.Findings, func(f Finding) bool {
		return f.ID != "hook_transport"
	})
}

func TestWhoAnswersInHookdsPlace(t *testing.T) {
	t.Parallel()
	real := httptest.NewServer(hookdWith(strong))
	t.Cleanup(real.Close)
	serve := func(h http.Handler) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	secure := httptest.NewTLSServer(hookdWith(strong))
	t.Cleanup(secure.Close)
	tlsServer := "http://" + secure.Listener.Addr().String()
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deaf.Close() })
	go func() { // hangs up at once
		for {
			conn, err := deaf.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	for _, row := range []struct {
		name, server, secret string
		state                State
		found, unseen        string
	}{
		{"our hookd in clear", real.URL, strong, Fail, "high: while hookd is stopped or restarts", ""},
		{"200 and nothing", serve(http.HandlerFunc(emptyYes)), strong, Fail,
			"critical: what answers is not our hookd", ""},
		{"a hookd with another secret", serve(hookdWith(strings.ReplaceAll(strong, "8", "9"))), strong, Fail,
			"critical: what answers is not our hookd: it answers without", ""},
		{"something that hangs up", "http://" + deaf.Addr().String(), strong, Fail,
			"critical: what answers is not our hookd", ""},
		{"somebody who passes it on", serve(relay(real.URL)), strong, NotSeen, "",
			"through something that has its address"},
		{"nobody", "http://127.0.0.1:" + free(t), strong, Fail, "high: nothing listens there, and any user", ""},
		{"a server of TLS, asked in clear", tlsServer, strong, Fail,
			"critical: what answers cannot be told from a stranger: it speaks TLS", ""},
		{"nobody on a port of root's", "http://127.0.0.1:9", strong, Warn, "warning: nothing answers", ""},
		{"a weak secret", real.URL, "between-sftpgo-and-hookd", Warn,
			"warning: the secret between SFTPGo and hookd has at most", "proves nothing"},
		{"no secret", real.URL, "", NotSeen, "", "SFTPGo sends no secret there"},
		{"a name that nobody knows", "https://hookd.invalid", strong, NotSeen, "", "the addresses of its name"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, findings := behind(t, row.server, row.secret, nil)
			if got.State != row.state || !strings.Contains(strings.Join(got.NotSeen, "\n"), row.unseen) ||
				(row.unseen == "") != (len(got.NotSeen) == 0) {
				t.Errorf("%+v, want %s and %q", got, row.state, row.unseen)
			}
			if row.found != "" && (len(findings) != 1 ||
				!strings.HasPrefix(fmt.Sprintf("%s: %s", findings[0].Severity, findings[0].What), row.found)) ||
				row.found == "" && len(findings) > 0 {
				t.Errorf("%+v, want %q", findings, row.found)
			}
			if row.secret != "" && strings.Contains(fmt.Sprint(got, findings), row.secret) {
				t.Error("shows the secret")
			}
		})
	}
}

// TestNothingSecretIsSent: an impostor learns nothing from doctor's question.
func TestNothingSecretIsSent(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := httputil.DumpRequest(r, true)
		heard <- string(text)
	}))
	t.Cleanup(s.Close)
	behind(t, s.URL, strong, nil)
	if text := <-heard; strings.Contains(text, strong) || strings.Contains(strings.ToLower(text), "x-hook-secret") {
		t.Errorf("doctor sends %s", text)
	}
}

func TestEveryAddressOfANameIsLookedAt(t *testing.T) {
	t.Parallel()
	if !sftpgotest.TwoLocalhosts(t) {
		return
	}
	port := free(t)
	serveAt(t, "127.0.0.1:"+port, hookdWith(strong))
	server := "http://localhost:" + port
	_, findings := behind(t, server, strong, nil)
	if len(findings) != 2 {
		t.Fatalf("%+v", findings)
	}
	open := findings[slices.IndexFunc(findings, func(f Finding) bool { return strings.Contains(f.Where, "[::1]") })]
	if open.Severity != High || !strings.HasPrefix(open.Line, "use 127.0.0.1:") ||
		open.Change.Env[chkHook] != "http://127.0.0.1:"+port+"/checkpwd" {
		t.Errorf("%+v", open)
	}
	serveAt(t, "[::1]:"+port, relay("http://127.0.0.1:"+port))
	got, _ := behind(t, server, strong, nil)
	if len(got.NotSeen) != 1 || !strings.Contains(got.NotSeen[0], "[::1]") {
		t.Errorf("an impostor that passes everything on: %+v", got)
	}
}

// TestACertificateForAnotherName: the certificate is believed, so another one in
// http.ca_certificates would change nothing.
func TestACertificateForAnotherName(t *testing.T) {
	t.Parallel()
	real := httptest.NewTLSServer(hookdWith(strong)) // its certificate has 127.0.0.1 and example.com
	t.Cleanup(real.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: real.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	server := strings.Replace(real.URL, "127.0.0.1", "localhost", 1)
	_, findings := behind(t, server, strong, map[string]string{"SFTPGO_HTTP__CA_CERTIFICATES": ca})
	at := slices.IndexFunc(findings, func(f Finding) bool { return !strings.Contains(f.Where, "[::1]") })
	if at < 0 || !strings.Contains(findings[at].Line, "a certificate for localhost in hookd.tls") {
		t.Errorf("%+v", findings)
	}
}

// TestTLSIsBoundToItsConnection: a proxy that ends TLS with a certificate that SFTPGo believes
// cannot hand a proof on.
func TestTLSIsBoundToItsConnection(t *testing.T) {
	t.Parallel()
	real := httptest.NewTLSServer(hookdWith(strong))
	t.Cleanup(real.Close)
	skip := map[string]string{"SFTPGO_HTTP__SKIP_TLS_VERIFY": "true"}
	got, findings := behind(t, real.URL, strong, nil)
	if got.State != Warn || len(findings) != 1 || !strings.Contains(findings[0].What, "does not believe") {
		t.Errorf("a certificate that nobody vouches for: %+v %+v", got, findings)
	}
	_, findings = behind(t, real.URL, strong, skip)
	if len(findings) != 2 || !strings.Contains(findings[1].What, "while hookd is stopped") {
		t.Errorf("any certificate is believed: %+v", findings)
	}
	proxy := relay(real.URL).(*httputil.ReverseProxy)
	proxy.Transport, proxy.ErrorLog = real.Client().Transport, nil
	between := httptest.NewTLSServer(proxy)
	t.Cleanup(between.Close)
	got, _ = behind(t, between.URL, strong, skip)
	if len(got.NotSeen) != 1 || !strings.Contains(got.NotSeen[0], "through something") {
		t.Errorf("a proxy: %+v", got)
	}
}

// TestASecretThatWasReplacedLongAgo: it counts for a day beside the new one without a word.
func TestASecretThatWasReplacedLongAgo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(strong), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		previous string
		later    time.Duration
		want     int
	}{{"/old", 23 * time.Hour, 0}, {"/old", 25 * time.Hour, 1}, {"", 25 * time.Hour, 0}} {
		f := &Facts{Now: info.ModTime().Add(row.later).UnixMilli()}
		f.Config.Value.Hookd = config.Hookd{SecretFile: file, PreviousSecretFile: row.previous}
		if got := f.oldSecret(); len(got) != row.want {
			t.Errorf("%+v: %+v, want %d", row, got, row.want)
		}
	}
}
