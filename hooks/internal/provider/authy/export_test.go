package authy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// TestExport: closed until Twilio's support opens it, and what comes then prints nowhere.
func TestExport(t *testing.T) {
	t.Parallel()
	mock := mockauthytest.New(t)
	app := false
	user := mock.AddUser(mockapi.NewUser{Cellphone: "2015550101", CountryCode: 1, Registered: &app})
	id, err := authy.ParseID(user.Ref())
	if err != nil {
		t.Fatal(err)
	}
	c, err := authy.New(authy.Options{URL: mock.URL, Key: mock.Key})
	if err != nil {
		t.Fatal(err)
	}
	set := func(open bool) {
		t.Helper()
		change := map[string]any{"migration_tools_enabled": open}
		if _, err := mock.Client.PatchSettings(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	set(false)
	var said *authy.APIError
	if _, err := c.Export(t.Context(), id); !errors.As(err, &said) || !said.ExportOff() || said.RejectsKey() ||
		said.UnknownUser() || !strings.Contains(err.Error(), "migration tools") {
		t.Errorf("closed: %v", err)
	}
	set(true)
	got, err := c.Export(t.Context(), id)
	if err != nil || got.Secret != user.Secret || len(got.OTP) != 6 {
		t.Errorf("a secret of %d characters and a code of %d, %v; want the user's and 6", len(got.Secret), len(got.OTP),
			err)
	}
	if text := fmt.Sprint(got) + fmt.Sprintf("%+v %#v %s", got, got, got.String()); strings.Contains(
		text,
		user.Secret,
	) {
		t.Error("the secret prints")
	}
	gone, err := authy.ParseID("999999")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Export(t.Context(), gone); !errors.As(err, &said) || !said.UnknownUser() {
		t.Errorf("of nobody: %v", err)
	}
	other, err := authy.New(authy.Options{URL: mock.URL, Key: "another-key"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Export(t.Context(), id); !errors.As(err, &said) || !said.RejectsKey() {
		t.Errorf("with a wrong key: %v", err)
	}
}
