package sftpgoapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/internal/sftpgotest"
)

// rich is an account with something in every corner.
func rich() map[string]any {
	return map[string]any{
		"email": "ann@example.test", "description": "Ünïcode <&> \"quoted\"", "additional_info": "old", "uid": 1001,
		"expiration_date": int64(4102444800123), "quota_size": int64(9007199254740993), "max_sessions": 3,
		"upload_bandwidth": 128,
		"public_keys":      []string{}, "permissions": map[string][]string{"/": {"*"}, "/ro": {"list", "download"}},
		"filters": map[string]any{
			"denied_login_methods": []string{"publickey"}, "web_client": []string{"shares-disabled"},
			"hooks":         map[string]bool{"check_password_disabled": true},
			"file_patterns": []any{map[string]any{"path": "/", "denied_patterns": []string{"*.exe"}}},
			"access_time":   []any{map[string]any{"day_of_week": 1, "from": "08:00", "to": "20:00"}},
		},
		"filesystem": map[string]any{"provider": 1, "s3config": map[string]any{
			"bucket": "b", "region": "r", "access_key": "k",
			"access_secret": map[string]any{"status": "Plain", "payload": "s3-secret"},
		}},
	}
}

// client returns a client of the server as its administrator.
func client(t *testing.T, s *sftpgotest.Server) *sftpgoapi.Client {
	t.Helper()
	c, err := sftpgoapi.New(sftpgoapi.Options{URL: "http://" + s.HTTP, Admin: sftpgotest.Admin,
		Password: sftpgotest.Password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// stored returns the account as SFTPGo keeps it, hash and secrets included.
func stored(t *testing.T, s *sftpgotest.Server, name string) sftpgoapi.Document {
	t.Helper()
	var dump struct{ Users []sftpgoapi.Document }
	if err := json.Unmarshal(s.Call(t, http.MethodGet, "/dumpdata?output-data=1&scopes=users", nil),
		&dump); err != nil {
		t.Fatal(err)
	}
	for _, user := range dump.Users {
		if user.Text("username") == name {
			return user
		}
	}
	t.Fatalf("no account %s in the dump", name)
	return nil
}

func TestEditKeepsEveryFieldOnARealSFTPGo(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	s.AddUser(t, "ann", "pw", rich())
	before := stored(t, s, "ann")

	for _, by := range []struct {
		name   string
		client func() (*sftpgoapi.Client, error)
	}{
		{"an administrator", func() (*sftpgoapi.Client, error) { return client(t, s), nil }},
		{"an API key", func() (*sftpgoapi.Client, error) {
			return sftpgoapi.New(sftpgoapi.Options{URL: "http://" + s.HTTP + "/", Key: s.APIKey(t)})
		}},
	} {
		c, err := by.client()
		if err != nil {
			t.Fatal(err)
		}
		err = c.EditUser(t.Context(), "ann", func(d sftpgoapi.Document) error {
			d.SetText("additional_info", `{"authy_id":12345}`)
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", by.name, err)
		}
		after := stored(t, s, "ann")
		if got := after.Text("additional_info"); got != `{"authy_id":12345}` {
			t.Errorf("%s: additional_info is %q", by.name, got)
		}
		for _, field := range sftpgoapi.Difference(before, after) {
			if field != "additional_info" && field != "updated_at" {
				t.Errorf("%s: field %s changed from %s to %s", by.name, field, before[field], after[field])
			}
		}
	}
}

func TestUsersComePageByPage(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	var users []map[string]any
	const n = 503
	for i := range n {
		users = append(users, map[string]any{"username": fmt.Sprintf("u%04d", i), "status": 1,
			"permissions": map[string][]string{"/": {"*"}}})
	}
	s.Call(t, http.MethodPost, "/loaddata", map[string]any{"version": 17, "users": users})
	got, err := client(t, s).Users(t.Context())
	if err != nil || len(got) != n {
		t.Fatalf("%d accounts, %v; want %d", len(got), err, n)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	wrong, err := sftpgoapi.New(sftpgoapi.Options{URL: "http://" + s.HTTP, Key: "abc.def"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Version(t.Context()); sftpgoapi.Status(err) == 0 || strings.Contains(err.Error(), "def") {
		t.Errorf("a wrong key: %v", err)
	}
	if _, err := client(t, s).User(t.Context(), "nobody"); sftpgoapi.Status(err) != http.StatusNotFound {
		t.Errorf("an unknown account: %v", err)
	}
	for _, name := range []string{"", ".", "..", "a/b", "a?b", "a#b", "../admins/boss"} {
		if _, err := client(t, s).User(t.Context(), name); err == nil {
			t.Errorf("account %q was found", name)
		}
	}
	version, err := client(t, s).Version(t.Context())
	if err != nil || version == "" {
		t.Errorf("version %q, %v", version, err)
	}
}
