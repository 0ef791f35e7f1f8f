package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"sftpgo-authy/hooks/internal/doctor"
)

// from logs in over the REST API with an address that the client makes up.
func (st *stage) from(ip, password string) error {
	req, err := http.NewRequest(http.MethodGet, "http://"+st.s.HTTP+"/api/v2/user/token", nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth("ann", password)
	req.Header.Set("X-Real-IP", ip)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", res.StatusCode)
	}
	return nil
}

func TestWhoMayInventAddressesGuessesWithoutEnd(t *testing.T) {
	t.Parallel()
	const web = "SFTPGO_HTTPD__BINDINGS__0__"
	st := newStage(t, map[string]string{web + "PROXY_ALLOWED": "0.0.0.0/0",
		web + "CLIENT_IP_PROXY_HEADER": "X-Real-IP"})
	st.account("ann", "checkpwd", nil, nil)
	guess := func() error {
		for i := range 20 {
			_ = st.from(fmt.Sprintf("203.0.113.%d", i), "guess") // wrong on purpose
		}
		return st.from("203.0.113.99", static+st.code("ann"))
	}
	if err := guess(); err != nil {
		t.Fatalf("the hole is not there: %v", err)
	}
	named := finding(st.examine(), "proxies")
	if len(named) != 1 || named[0].Severity != doctor.High || !strings.Contains(named[0].Line, web+"PROXY_ALLOWED") {
		t.Fatalf("doctor says %+v", named)
	}
	st.s.Restart(t, map[string]string{web + "PROXY_ALLOWED": "203.0.113.1"})
	if left := finding(st.examine(), "proxies"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
	if err := guess(); err == nil {
		t.Error("guessing goes on")
	}
}

func TestASecretThatGoesToAnotherServer(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := ""
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = r.Header.Get("X-Hook-Secret")
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(other.Close)
	const header = "SFTPGO_HTTP__HEADERS__0__"
	st := newStage(t, map[string]string{"SFTPGO_DATA_PROVIDER__PRE_LOGIN_HOOK": other.URL + "/",
		"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK": "",
		header + "URL": "http"})
	st.account("ann", "checkpwd", nil, nil)
	look := func() string {
		t.Helper()
		if err := st.s.FTPLogin("ann", static+st.code("ann")); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
	if got := look(); got != hookSecret {
		t.Fatalf("the hole is not there: %q", got)
	}
	named := finding(st.examine(), "global_headers")
	if len(named) != 1 || named[0].Severity != doctor.High || !strings.Contains(named[0].What, other.URL) ||
		strings.Contains(fmt.Sprint(named), hookSecret) {
		t.Fatalf("doctor says %+v", named)
	}
	hook, _ := strings.CutSuffix(st.s.Env["SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK"], "checkpwd")
	st.s.Restart(t, map[string]string{header + "URL": hook})
	if got := look(); got != "" {
		t.Errorf("another server still gets %q", got)
	}
	if left := finding(st.examine(), "global_headers"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
}
