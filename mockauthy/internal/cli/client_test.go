package cli_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/internal/cli"
	"sftpgo-authy/mockauthy/mockapi"
)

// command runs one that asks the mock and returns what it printed.
func command(t *testing.T, r running, code int, args ...string) string {
	t.Helper()
	var out, errs buffer
	sys := cli.System{Out: &out, Err: &errs, Env: []string{"MOCKAUTHY_URL=" + r.url}, Now: time.Now}
	if got := cli.Main(t.Context(), args, sys); got != code {
		t.Fatalf("mockauthy %v: exit code %d, want %d: %s", args, got, code, &errs)
	}
	if code != 0 {
		return errs.String()
	}
	return strings.TrimSpace(out.String())
}

func TestFactorsForShells(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	command(t, r, 0, "clock", "--freeze")
	sid := command(t, r, 0, "factor", "add", "ann-00000001", "--name", "Ann")
	if list := command(t, r, 0, "factor", "list"); list != sid+"\tann-00000001\tAnn\tverified" {
		t.Errorf("factor list: %s", list)
	}
	code := command(t, r, 0, "factor", "code", sid, "--step", "3")
	if again := command(t, r, 0, "factor", "code", "ann-00000001", "--step", "3"); len(code) != 6 || again != code {
		t.Errorf("factor code: %q and %q", code, again)
	}
	if said := command(t, r, 1, "factor", "add", "short"); !strings.Contains(said, "want 8 to 64") {
		t.Errorf("a short identity: %s", said)
	}
	command(t, r, 0, "factor", "remove", sid)
	if list := command(t, r, 0, "factor", "list"); list != "" {
		t.Errorf("after its removal: %s", list)
	}
}

func TestCommandsForShells(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	id := command(t, r, 0, "user", "add", "bob", "--cellphone", "2015550123")
	if list := command(t, r, 0, "user", "list"); !strings.Contains(list, id+"\tbob\t+12015550123") {
		t.Errorf("user list: %s", list)
	}
	if code := command(t, r, 0, "code", "bob"); !regexp.MustCompile(`^[0-9]{7}$`).MatchString(code) {
		t.Errorf("code: %q", code)
	}
	if code := command(t, r, 0, "code", id, "--family", "generic", "--step",
		"-1"); !regexp.MustCompile(`^[0-9]{6}$`).MatchString(code) {
		t.Errorf("code: %q", code)
	}
	if rule := command(t, r, 0, "fault", "add", "--endpoint", "verify", "--user", "bob", "--error", "rate_limited",
		"--times", "1", "--delay", "1ms"); rule != "f1" {
		t.Errorf("fault add: %q", rule)
	}
	if list := command(t, r, 0, "fault", "list"); !strings.Contains(list, `"error":"rate_limited"`) {
		t.Errorf("fault list: %s", list)
	}
	command(t, r, 0, "fault", "clear")
	for want, args := range map[string][]string{
		"nobody":                   {"code", "nobody"},
		"is not known":             {"fault", "add", "--effect", "boom"},
		"want mockauthy code USER": {"code"},
		"is mockauthy running":     {"code", "bob", "--url", "http://127.0.0.1:1"},
		"--cellphone":              {"user", "add", "ann"},
		"does not speak https": {"env", "--proxy", "http://127.0.0.1:1", "--ca-file",
			filepath.Join(t.TempDir(), "ca.pem")},
	} {
		code := 1
		if want == "want mockauthy code USER" || want == "--cellphone" {
			code = 2
		}
		if got := command(t, r, code, args...); !strings.Contains(got, want) {
			t.Errorf("%v: got %s, want something about %s", args, got, want)
		}
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs buffer
	sys := cli.System{Out: &out, Err: &errs, Env: []string{"MOCKAUTHY_URL=" + r.url}, Now: time.Now}
	code := make(chan int, 1)
	go func() { code <- cli.Main(ctx, []string{"tail"}, sys) }()
	until(t, func() bool {
		// Asked again and again, since the first may be before tail listens.
		resp, err := http.Get(r.url + "/protected/json/app/details?api_key=mock-api-key")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return strings.Contains(out.String(), "GET /protected/json/app/details")
	})
	cancel()
	if got := <-code; got != 0 || strings.Contains(out.String(), "mock-api-key") {
		t.Errorf("exit code %d, printed %s %s", got, &out, &errs)
	}
}

// TestClientsThatCannotBePointedElsewhere asks https://api.authy.com, as compiled in, through the
// proxy and with the variables that mockauthy env prints.
func TestClientsThatCannotBePointedElsewhere(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		untried.Skip(t, "curl is not installed")
	}
	r := launch(t, nil, "--tls-listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0", "--tls-host", "mock.test")
	proxy := regexp.MustCompile(`HTTPS_PROXY=(\S+)`).FindStringSubmatch(r.out.String())
	direct := regexp.MustCompile(`https     https://(\S+)`).FindStringSubmatch(r.out.String())
	if proxy == nil || direct == nil {
		t.Fatalf("the banner does not say where: %s", r.out)
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	env := command(t, r, 0, "env", "--proxy", proxy[1], "--ca-file", ca)
	values := fromJSON[map[string]string](t, r, "env", "--proxy", proxy[1], "--ca-file", ca)
	if values["HTTPS_PROXY"] != proxy[1] ||
		values["SSL_CERT_FILE"] != ca {
		t.Errorf("env --json: %v", values)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if file, err := filepath.Rel(here, ca); err == nil { // clients in other folders need the whole path
		if got := command(t, r, 0, "env", "--proxy", proxy[1], "--ca-file", file); got != env {
			t.Errorf("got %s from --ca-file %s, want %s", got, file, env)
		}
	}
	store, err := os.ReadFile(ca + ".p12") // Java's
	if err != nil {
		t.Fatal(err)
	}
	if trusted, err := pkcs12.DecodeTrustStore(store, "changeit"); err != nil || len(trusted) != 1 || !trusted[0].IsCA {
		t.Errorf("the key store for Java: %d certificates, %v", len(trusted), err)
	}
	shell := func(script string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", env+"\n"+script).CombinedOutput()
		return string(out), err
	}
	const details = `"message":"Application information."`
	for name, script := range map[string]string{
		"through the proxy": `curl -sS -H "X-Authy-API-Key: mock-api-key" ` +
			`https://api.authy.com/protected/json/app/details`,
		"the former sandbox": `curl -sS -H "X-Authy-API-Key: mock-api-key" ` +
			`https://sandbox-api.authy.com/protected/json/app/details`,
		"plain http": `curl -sS -H "X-Authy-API-Key: mock-api-key" ` +
			`http://api.authy.com/protected/json/app/details`,
		"plain http, tunnelled": `curl -sS --proxytunnel -H "X-Authy-API-Key: mock-api-key" ` +
			`http://sandbox-api.authy.com/protected/json/app/details`,
		"by a name of ours": `HTTPS_PROXY= https_proxy= curl -sS --connect-to "::` + direct[1] +
			`" -H "X-Authy-API-Key: mock-api-key" https://api.authy.com/protected/json/app/details`,
		"by a configured name": `HTTPS_PROXY= https_proxy= curl -sS --connect-to "::` + direct[1] +
			`" -H "X-Authy-API-Key: mock-api-key" https://mock.test/protected/json/app/details`,
		"by the loopback": `curl -sS -H "X-Authy-API-Key: mock-api-key" https://` + direct[1] +
			`/protected/json/app/details`,
		"python, as it comes": `command -v python3 >/dev/null || { echo '` + details +
			`'; exit; }; python3 -c 'import urllib.request as u; ` +
			`print(u.urlopen(u.Request("https://api.authy.com/protected/json/app/details", ` +
			`headers={"X-Authy-API-Key": "mock-api-key"})).read().decode())'`,
		"java, as it comes": `command -v javac >/dev/null || { echo '` + details + `'; exit; }; cd "$(mktemp -d)" && ` +
			`cat >Ask.java <<'END'
import java.net.*;
public class Ask {
  public static void main(String[] a) throws Exception {
    URLConnection c = new URL("https://api.authy.com/protected/json/app/details").openConnection();
    c.setRequestProperty("X-Authy-API-Key", "mock-api-key");
    System.out.println(new String(c.getInputStream().readAllBytes()));
  }
}
END
java Ask.java; rm Ask.java`,
		"php, as it comes": `php -m 2>/dev/null | grep -qx curl || { echo '` + details + `'; exit; }; php -r '` +
			`$c = curl_init("https://api.authy.com/protected/json/app/details"); ` +
			`curl_setopt($c, CURLOPT_HTTPHEADER, ["X-Authy-API-Key: mock-api-key"]); ` +
			`curl_exec($c) || die(curl_error($c));'`,
		"its name in the query": `curl -sS "https://api.authy.com/protected/json/app/details?api_key=mock-api-key"`,
	} {
		if out, err := shell(script); err != nil || !strings.Contains(out, details) {
			t.Errorf("%s: got %v and %s", name, err, out)
		}
	}
	if out, err := shell(`curl -sS -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" ` +
		`"https://verify.twilio.com/v2/Services/$VERIFY_SERVICE_SID"`); err != nil ||
		!strings.Contains(out, `"url":"https://verify.twilio.com/v2/Services/VA`) {
		t.Errorf("Verify: got %v and %s", err, out)
	}
	if out, err := shell(`curl -sS -o /dev/null -w '%{http_code}' http://api.authy.com/_mock/users`); err != nil ||
		out != "403" {
		t.Errorf("the control API through the proxy: got %v and %s, want 403", err, out)
	}
	if out, err := shell(`curl -sS https://example.com/`); err == nil || !strings.Contains(out, "403") {
		t.Errorf("another host: got %v and %s, want 403 of the proxy", err, out)
	}
	resp, err := http.Get(r.url + "/_mock/ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if pem, err := io.ReadAll(resp.Body); err != nil ||
		!strings.HasPrefix(string(pem), "-----BEGIN CERTIFICATE-----") || strings.Contains(string(pem), "KEY") {
		t.Errorf("ca.pem: %s %v", pem, err)
	}
}

func TestCertificatesFromFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "authority.pem")
	read := func() string {
		r := launch(t, nil, "--tls-listen", "127.0.0.1:0", "--tls-ca", file)
		pem, err := (&mockapi.Client{URL: r.url}).CA(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.stop()
		return string(pem)
	}
	if first, second := read(), read(); first != second {
		t.Error("an authority that is kept in a file is another one after a restart")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the authority's file has %v and %v, want mode 0600", info.Mode(), err)
	}
	for want, args := range map[string][]string{
		"other machines":       {"--tls-listen", "0.0.0.0:0"},
		"both or neither":      {"--tls-listen", "127.0.0.1:0", "--tls-cert", file},
		"nothing speaks https": {"--tls-ca", file},
		"--tls-cert":           {"--proxy-listen", "127.0.0.1:0", "--tls-cert", file, "--tls-key", "/gone"},
	} {
		var all buffer
		if code := cli.Main(t.Context(), append(args, "--listen", "127.0.0.1:0"),
			cli.System{Out: &all, Err: &all, Now: time.Now}); code != 2 || !strings.Contains(all.String(), want) {
			t.Errorf("%v: exit code %d: %s", args, code, &all)
		}
	}
}

func TestTheLogSaysWhereEverythingIs(t *testing.T) {
	t.Parallel()
	r := launch(t, nil, "--tls-listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0")
	var ready struct{ URL, TLS, Proxy string }
	if err := json.Unmarshal([]byte(strings.SplitN(r.err.String(), "\n", 2)[0]), &ready); err != nil ||
		ready.URL != r.url || ready.TLS == "" || ready.Proxy == "" {
		t.Errorf("got %+v and %v from %s", ready, err, r.err)
	}
}
