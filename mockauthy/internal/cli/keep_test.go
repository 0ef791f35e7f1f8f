package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/cli"
	"sftpgo-authy/mockauthy/mockapi"
)

func TestAPhoneEnrolledOnceStaysEnrolled(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	r := launch(t, nil, "--state", file)
	client := &mockapi.Client{URL: r.url}
	bob, err := client.AddUser(t.Context(), mockapi.NewUser{Name: "bob", Cellphone: "2015550123"})
	if err != nil {
		t.Fatal(err)
	}
	app, err := client.AddApp(t.Context(), mockapi.NewApp{Key: "another"})
	if err != nil {
		t.Fatal(err)
	}
	if code := r.stop(); code != 0 {
		t.Fatalf("exit code %d: %s", code, r.err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has %v and %v, want mode 0600", info.Mode(), err)
	}

	again := launch(t, nil, "--state", file)
	client.URL = again.url
	if got, err := client.User(t.Context(), "bob"); err != nil || got.Secret != bob.Secret || got.ID != bob.ID {
		t.Errorf("after a restart: got %+v and %v, want %+v", got, err, bob)
	}
	if apps, err := client.Apps(t.Context()); err != nil || len(apps) != 2 || apps[1].Key != app.Key {
		t.Errorf("after a restart: got %+v and %v, want two apps", apps, err)
	}
}

func TestAStateIsASeed(t *testing.T) {
	t.Parallel()
	state := func(r running) string {
		resp, err := http.Get(r.url + "/_mock/state")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	r := launch(t, nil, "--set", "app_name=Mine")
	client := &mockapi.Client{URL: r.url}
	if _, err := client.AddFault(t.Context(), mockapi.Rule{Effect: mockapi.Effect{Status: 503}}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.TurnClock(t.Context(), mockapi.ClockChange{Freeze: mockapi.Ptr(true)}); err != nil {
		t.Fatal(err)
	}
	want := state(r)
	file := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := state(launch(t, nil, "--seed", file)); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestTheStateIsSavedWhileItRuns(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	r := launch(t, nil, "--state", file)
	if _, err := (&mockapi.Client{URL: r.url}).AddUser(t.Context(),
		mockapi.NewUser{Name: "bob", Cellphone: "2015550123"}); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool {
		data, err := os.ReadFile(file)
		return err == nil && bytes.Contains(data, []byte(`"bob"`))
	})
}

// until asks until it is so; the file system tells nobody when a file is there.
func until(t *testing.T, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Minute); !so(); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("it never came")
		}
	}
}

func TestAStateFileThatIsBrokenIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"cut short":         `{"apps":{"k":{"users":[`,
		"another form":      `{"users":[]}`,
		"a wrong user":      `{"apps":{"k":{"users":[{"cellphone":""}]}}}`,
		"an impossible key": `{"apps":{"a b":{}}}`,
	} {
		file := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var all buffer
		code := cli.Main(t.Context(), []string{"--listen", "127.0.0.1:0", "--state", file},
			cli.System{Out: &all, Err: &all, Now: time.Now})
		data, err := os.ReadFile(file)
		if code != 2 || !strings.Contains(all.String(), "--state") || err != nil || string(data) != text {
			t.Errorf("%s: exit code %d, file now %q (%v): %s", name, code, data, err, &all)
		}
	}
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	t.Parallel()
	secret := func(args ...string) string {
		r := launch(t, nil, args...)
		user, err := (&mockapi.Client{URL: r.url}).User(t.Context(), "alice")
		if err != nil {
			t.Fatal(err)
		}
		return user.Secret
	}
	if a, b := secret("--seed-random", "7"), secret("--seed-random", "7"); a != b {
		t.Errorf("the same seed gave %s and %s", a, b)
	}
	if a, b := secret(), secret(); a == b {
		t.Error("without a seed two runs have the same secret")
	}
}

func TestSettingsOfTheCommandLine(t *testing.T) {
	t.Parallel()
	r := launch(t, []string{"MOCKAUTHY_SET=app_name=From env,plan=free"}, "--set", "include_device=false", "--set",
		"totp.app.past=2", "--set", "delete_grace=24h", "--set", "app_name=123")
	got, err := (&mockapi.Client{URL: r.url}).Settings(t.Context())
	if err != nil || got.IncludeDevice || got.TOTP.App.Past != 2 || got.TOTP.App.Digits != 7 ||
		time.Duration(got.DeleteGrace) != 24*time.Hour {
		t.Errorf("got %+v and %v", got, err)
	}
	for set, want := range map[string]string{"nonsense=1": "nonsense", "include_device": "NAME=VALUE",
		"totp.app.past=-1": "past", "totp=7": "totp"} {
		var all buffer
		code := cli.Main(t.Context(), []string{"--listen", "127.0.0.1:0", "--set", set},
			cli.System{Out: &all, Err: &all, Now: time.Now})
		if code != 2 || !strings.Contains(all.String(), want) {
			t.Errorf("%s: exit code %d: %s", set, code, &all)
		}
	}
}
