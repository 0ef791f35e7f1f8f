package main

import (
	"net/http"
	"testing"
)

// TestPhoneAloneOfAGroup: the recipe's settings of a keyint account stand in its group, and whoever
// has the phone knows no password. The code must not become the password on the way to a refusal.
func TestPhoneAloneOfAGroup(t *testing.T) {
	t.Parallel()
	st := newStage(t, nil)
	st.s.Call(t, http.MethodPost, "/groups", map[string]any{"name": "interactive",
		"user_settings": map[string]any{"filters": kind("keyint")}})
	st.account("ann", "keyint", map[string]any{"hooks": map[string]any{}, "denied_login_methods": []string{}},
		map[string]any{"groups": []any{map[string]any{"name": "interactive", "type": 1}}})

	first := st.code("ann")
	for door, try := range map[string]func(string, string) error{
		"ssh": st.s.Password, "ftp": st.s.FTPLogin, "dav": st.s.DAVLogin, "web": st.s.Web,
	} {
		if try("ann", first) == nil {
			t.Errorf("%s: the code alone logs in", door)
		}
	}
	if st.s.Interactive("ann", first, st.code("ann")) == nil {
		t.Error("two codes of the phone log in, without the password")
	}
	if err := st.s.Interactive("ann", static, st.code("ann")); err != nil {
		t.Errorf("password and code: %v", err)
	}
}
