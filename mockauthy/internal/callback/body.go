package callback

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	"sftpgo-authy/mockauthy/internal/authy"
)

// Body gives the parameters of a callback, in the order of the documentation. device_uuid is text, which authy-client wants;
// the signature of the device is opaque to everybody and ours is made up.
func Body(a authy.Answer) Hash {
	p := a.Approval
	device := Hash{
		{"city", nil}, {"country", nil}, {"ip", "192.0.2.10"}, {"region", nil},
		{"registration_city", nil}, {"registration_country", nil}, {"registration_ip", "192.0.2.10"}, {"registration_method", "push"},
		{"registration_region", nil}, {"os_type", a.Device.OS}, {"last_account_recovery_at", nil}, {"id", a.Device.ID},
		{"registration_date", a.Device.CreatedAt.Unix()}, {"last_sync_date", a.At.Unix()}, {"enabled_unlock_methods", List{}},
		{"last_unlock_method_used", nil}, {"multidevice_enabled", false}, {"multidevice_updated_at", nil}, {"last_unlock_date", nil},
	}
	expires := int64(0)
	if p.Seconds > 0 {
		expires = p.CreatedAt.Unix() + int64(p.Seconds)
	}
	return Hash{
		{"authy_id", p.User},
		{"device_uuid", strconv.FormatInt(a.Device.ID, 10)},
		{"callback_action", "approval_request_status"},
		{"uuid", p.UUID},
		{"status", p.Status},
		{"approval_request", Hash{
			{"transaction", Hash{
				{"details", pairs(p.Details)}, {"device_details", Hash{}}, {"device_geolocation", nil}, {"device_signing_time", a.At.Unix()},
				{"encrypted", false}, {"flagged", false}, {"hidden_details", pairs(p.Hidden)}, {"message", p.Message}, {"reason", nil},
				{"requester_details", nil}, {"status", p.Status}, {"uuid", p.UUID}, {"created_at_time", p.CreatedAt.Unix()},
				{"customer_uuid", a.AppID},
			}},
			{"expiration_timestamp", expires},
			{"logos", logos(p.Logos)},
			{"app_id", a.AppID},
		}},
		{"signature", opaque(p.UUID + p.Status)},
		{"device", device},
	}
}

// pairs is null where there is nothing, as the documentation shows.
func pairs(all []authy.Pair) any {
	if len(all) == 0 {
		return nil
	}
	h := Hash{}
	for _, p := range all {
		h = append(h, Entry{p.Name, p.Value})
	}
	return h
}

func logos(all [][]authy.Pair) any {
	if len(all) == 0 {
		return nil
	}
	var l List
	for _, logo := range all {
		l = append(l, pairs(logo))
	}
	return l
}

func opaque(seed string) string {
	sum := sha256.Sum256([]byte(seed))
	return base64.StdEncoding.EncodeToString(sum[:])
}
