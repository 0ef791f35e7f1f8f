package callback

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	"github.com/google/uuid"

	"sftpgo-authy/mockauthy/internal/authy"
)

// Body returns the parameters of a callback. a.Form chooses the form: that of the signed vectors in
// authy-java's tests (2017, 2019), or the older one in authy-client's (February 2016). The
// signature of the device is opaque to applications, and ours is invented.
func Body(a authy.Answer) Hash {
	if a.Form == "2016" {
		return body2016(a)
	}
	p := a.Approval
	return Hash{
		{"authy_id", p.User},
		{"device_uuid", a.Device.ID},
		{"callback_action", "approval_request_status"},
		{"uuid", p.UUID},
		{"status", p.Status},
		{"approval_request", Hash{
			{"transaction", Hash{
				{"details", pairs(p.Details)}, {"device_details", Hash{}}, {"device_geolocation", ""},
				{"device_signing_time", a.At.Unix()},
				{"encrypted", false}, {"flagged", false}, {"hidden_details", pairs(p.Hidden)}, {"message", p.Message},
				{"reason", ""},
				{"requester_details", nil}, {"status", p.Status}, {"uuid", p.UUID},
				{"created_at_time", p.CreatedAt.Unix()},
				{"customer_uuid", a.Customer},
			}},
			{"expiration_timestamp", expires(p)},
			{"logos", logos(p.Logos)},
			{"app_id", a.AppID},
		}},
		{"signature", opaque(p.UUID + p.Status)},
		{"device", device(a)},
	}
}

// device is in the order of the vector of 2019; the older ones lack the methods and dates of
// unlocking.
func device(a authy.Answer) Hash {
	return Hash{
		{"city", nil}, {"country", nil}, {"enabled_unlock_methods", List{}}, {"ip", "192.0.2.10"},
		{"last_unlock_method_used", nil},
		{"region", nil}, {"registration_city", nil}, {"registration_country", nil}, {"registration_ip", "192.0.2.10"},
		{"registration_method", "push"}, {"registration_region", nil}, {"os_type", a.Device.OS},
		{"last_account_recovery_at", nil},
		{"multidevice_enabled", false}, {"multidevice_updated_at", nil}, {"id", a.Device.ID},
		{"registration_date", a.Device.CreatedAt.Unix()}, {"last_sync_date", a.At.Unix()}, {"last_unlock_date", nil},
	}
}

// body2016 has UUIDs where the newer form has integers, null or an empty hash for what is empty,
// and no device.
func body2016(a authy.Answer) Hash {
	p := a.Approval
	return Hash{
		{"approval_request", Hash{
			{"expiration_timestamp", expires(p)},
			{"logos", logos(p.Logos)},
			{"transaction", Hash{
				{"created_at_time", p.CreatedAt.Unix()}, {"customer_uuid", madeUUID("customer " + a.AppID)},
				{"details", hashOf(p.Details)},
				{"device_details", nil}, {"device_geolocation", nil}, {"device_signing_time", int64(0)},
				{"encrypted", false}, {"flagged", false},
				{"hidden_details", hashOf(p.Hidden)}, {"message", p.Message}, {"reason", nil},
				{"requester_details", nil},
				{"status", p.Status}, {"uuid", p.UUID},
			}},
		}},
		{"authy_id", p.User},
		{"callback_action", "approval_request_status"},
		{"device_uuid", madeUUID("device " + strconv.FormatInt(a.Device.ID, 10))},
		{"signature", opaque(p.UUID + p.Status)},
		{"status", p.Status},
		{"uuid", p.UUID},
	}
}

// expires is 0 for a request that never does.
func expires(p authy.Approval) int64 {
	if p.Seconds == 0 {
		return 0
	}
	return p.CreatedAt.Unix() + int64(p.Seconds)
}

// madeUUID returns a UUID that is always the same for the same name.
func madeUUID(name string) string { return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)).String() }

// pairs is null where there is nothing, as the documentation shows.
func pairs(all []authy.Pair) any {
	if len(all) == 0 {
		return nil
	}
	return hashOf(all)
}

func hashOf(all []authy.Pair) Hash {
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
