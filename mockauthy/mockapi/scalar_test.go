package mockapi_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
)

func TestDurationsAreWrittenAsGoWritesThem(t *testing.T) {
	t.Parallel()
	got := mockapi.Settings{Plan: "kept", DeleteGrace: mockapi.Duration(90 * time.Second)}
	if text, err := json.Marshal(got); err != nil || !strings.Contains(string(text), `"delete_grace":"1m30s"`) {
		t.Errorf("%s, %v", text, err)
	}
	err := json.Unmarshal([]byte(`{"delete_grace":"24h"}`), &got)
	if err != nil || got.DeleteGrace != mockapi.Duration(24*time.Hour) || got.Plan != "kept" {
		t.Errorf("patched to %+v, %v", got, err)
	}
	err = json.Unmarshal([]byte(`{"delete_grace":"soon"}`), &got)
	if err == nil || !strings.Contains(err.Error(), "want a number and a unit") {
		t.Errorf("nonsense: %v", err)
	}
}

// TestCountryCodes: a number or a text, with or without plus. Which of those with four digits there
// are is for the server to say.
func TestCountryCodes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]mockapi.CountryCode{
		`54`: 54, `"54"`: 54, `"+54"`: 54, `"054"`: 54, `1787`: 1787,
		`0`: 0, `"000"`: 0, `"x"`: 0, `10000`: 0, `null`: 0, `-1`: 0, `"++54"`: 0, `""`: 0, `5.4`: 0,
	} {
		var got mockapi.CountryCode
		if err := json.Unmarshal([]byte(in), &got); (err == nil) != (want != 0) || got != want {
			t.Errorf("%s: %d, %v", in, got, err)
		}
	}
}
