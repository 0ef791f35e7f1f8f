package callback

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
)

// shape writes what kind of value stands where.
func shape(v any) any {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		if v == "" {
			return "empty"
		}
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "integer"
	case []any:
		return "list"
	case map[string]any:
		m := map[string]any{}
		for k, x := range v {
			m[k] = shape(x)
		}
		return m
	}
	return "?"
}

func bodyOf(t *testing.T, form string, a authy.Approval) map[string]any {
	t.Helper()
	at := time.Unix(1_700_000_000, 0)
	a.UUID, a.User, a.Status, a.Message, a.Seconds, a.CreatedAt = "11111111-2222-4333-8444-555555555555", 1000,
		"approved", "Log in?", 300, at
	text, err := json.Marshal(Body(authy.Answer{Form: form, Approval: a,
		Device: authy.Device{ID: 77, OS: "android", CreatedAt: at},
		AppID:  "0123456789ab0123456789ab", Customer: 3, At: at}))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// The keys and kinds of values are those of the signed vectors of authy-java's tests: 2017, and
// 2019 with what concerns unlocking.
func TestFormOf2019(t *testing.T) {
	t.Parallel()
	want := map[string]any{
		"authy_id": "integer", "device_uuid": "integer", "callback_action": "string", "uuid": "string",
		"status": "string", "signature": "string",
		"approval_request": map[string]any{
			"transaction": map[string]any{
				"details": "null", "device_details": map[string]any{}, "device_geolocation": "empty",
				"device_signing_time": "integer",
				"encrypted":           "boolean", "flagged": "boolean", "hidden_details": "null", "message": "string",
				"reason":            "empty",
				"requester_details": "null", "status": "string", "uuid": "string", "created_at_time": "integer",
				"customer_uuid": "integer",
			},
			"expiration_timestamp": "integer", "logos": "null", "app_id": "string",
		},
	}
	got := shape(bodyOf(t, "2019", authy.Approval{})).(map[string]any)
	told := got["device"].(map[string]any)
	delete(got, "device")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	keys := []string{"city", "country", "enabled_unlock_methods", "ip", "last_unlock_method_used", "region",
		"registration_city",
		"registration_country", "registration_ip", "registration_method", "registration_region", "os_type",
		"last_account_recovery_at",
		"multidevice_enabled", "multidevice_updated_at", "id", "registration_date", "last_sync_date",
		"last_unlock_date"}
	var order []string
	for _, e := range device(authy.Answer{}) {
		order = append(order, e.Name)
	}
	if !slices.Equal(order, keys) || len(told) != len(keys) {
		t.Errorf("device %v, want %v", order, keys)
	}
}

// What authy-client 1.1.4 accepts, and nothing that its vector lacks.
func TestFormOf2016(t *testing.T) {
	t.Parallel()
	want := map[string]any{
		"authy_id": "integer", "device_uuid": "string", "callback_action": "string", "uuid": "string",
		"status": "string", "signature": "string",
		"approval_request": map[string]any{
			"transaction": map[string]any{
				"details": map[string]any{}, "device_details": "null", "device_geolocation": "null",
				"device_signing_time": "integer",
				"encrypted":           "boolean", "flagged": "boolean", "hidden_details": map[string]any{},
				"message":           "string",
				"reason":            "null",
				"requester_details": "null", "status": "string", "uuid": "string", "created_at_time": "integer",
				"customer_uuid": "string",
			},
			"expiration_timestamp": "integer", "logos": "null",
		},
	}
	if got := shape(bodyOf(t, "2016", authy.Approval{})); !reflect.DeepEqual(got, any(want)) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if one, two := bodyOf(t, "2016", authy.Approval{}),
		bodyOf(t, "2016", authy.Approval{}); one["device_uuid"] != two["device_uuid"] {
		t.Error("a device has another uuid in every callback")
	}
}

func TestDetailsAreKeptInBothForms(t *testing.T) {
	t.Parallel()
	details := []authy.Pair{{Name: "User", Value: "ann"}}
	for _, form := range []string{"2016", "2019"} {
		m := bodyOf(t, form, authy.Approval{Details: details, Hidden: details, Logos: [][]authy.Pair{details}})
		request := m["approval_request"].(map[string]any)
		transaction := request["transaction"].(map[string]any)
		for _, got := range []any{transaction["details"], transaction["hidden_details"], request["logos"].([]any)[0]} {
			if !reflect.DeepEqual(got, any(map[string]any{"User": "ann"})) {
				t.Errorf("%s: %v", form, got)
			}
		}
	}
}
