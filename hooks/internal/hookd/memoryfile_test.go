package hookd

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// TestAMemoryFileOutlivesARestart: a code that opened a door opens none after a restart, and who
// was locked out still is.
func TestAMemoryFileOutlivesARestart(t *testing.T) {
	t.Parallel()
	provider := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "2345678") {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(authytest.Invalid))
			return
		}
		_, _ = w.Write([]byte(authytest.Valid))
	})
	file := filepath.Join(t.TempDir(), "memory")
	start := func() (check func(what, code, want string), stop func() int) {
		addr, out, stop := configured(t, "memory_file: "+file+"\nhookd: {lockout: {per_account_ip: 1}}\n",
			"AUTHY_API_URL="+provider.URL)
		return func(what, code, want string) {
			t.Helper()
			_, body := ask(t, "POST", "http://"+addr+"/checkpwd", "application/json",
				`{"username":"ann","password":"secret`+code+`","ip":"192.0.2.`+code[:1]+`"}`)
			if !strings.HasPrefix(body, `{"status":`+want) {
				t.Errorf("%s: got %s\n%s", what, body, out)
			}
		}, stop
	}
	check, stop := start()
	check("a right code", "1234567", "2")
	check("a wrong code", "2345678", "0")
	if code := stop(); code != 0 {
		t.Errorf("exits %d", code)
	}
	check, _ = start()
	check("the code of before", "1234567", "0")
	check("from where the wrong code came", "2222222", "0")
	check("another", "3333333", "2")
}

// TestAMemoryFileThatCannotBeUsed keeps hookd from starting, and is named.
func TestAMemoryFileThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "memory")
	if err := os.WriteFile(file, []byte("nothing that anybody can read"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string]string{
		"memory_file " + file + ": is damaged, or is no memory file": "memory_file: " + file + "\n",
		"memory_file: \"memory\" is relative":                        "memory_file: memory\n",
		"want one place for what is remembered": "memory_file: " + file +
			"\nhookd: {redis_url: 'redis://127.0.0.1:1'}\n",
	} {
		if _, out, stop := configured(t, text); stop() == 0 || !strings.Contains(out.String(), want) {
			t.Errorf("got %s, want %s", out, want)
		}
	}
}
