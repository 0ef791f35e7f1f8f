package mockapi

import "slices"

// Names of Authy's calls, as fault rules match them and the journal shows them.
const (
	AppDetails       = "app/details"
	AppStats         = "app/stats"
	UserNew          = "users/new"
	UserUpdate       = "users/update"
	UserStatus       = "users/status"
	UserDelete       = "users/delete" // all three paths
	UserActivity     = "users/register_activity"
	UserSecret       = "users/secret"
	UserSecretExport = "users/secret/export"
	UserPhoneNumber  = "users/phone_number"
	Verify           = "verify"
	SMS              = "sms"
	Call             = "call"
	Email            = "email"
	ApprovalNew      = "approvals/new"
	ApprovalGet      = "approvals/get"
	PhoneStart       = "phones/verification/start"
	PhoneCheck       = "phones/verification/check"
	PhoneStatus      = "phones/verification/status"
	PhoneInfo        = "phones/info"
	QR               = "qr"      // the PNG that users/secret points to
	Unknown          = "unknown" // a path that Authy does not have
	// TLS is a TLS handshake, which only fault rules can name. At that time no API key is known, so
	// the rules of the first app apply.
	TLS = "tls"
)

// Endpoints returns the names of all of Authy's calls, in the order of the reference.
func Endpoints() []string {
	return []string{
		AppDetails, AppStats, UserNew, UserUpdate, UserStatus, UserDelete, UserActivity, UserSecret, UserSecretExport,
		UserPhoneNumber, Verify, SMS, Call, Email, ApprovalNew, ApprovalGet, PhoneStart, PhoneCheck, PhoneStatus,
		PhoneInfo, QR, Unknown, TLS,
	}
}

// IsEndpoint says whether name is one of [Endpoints].
func IsEndpoint(name string) bool { return slices.Contains(Endpoints(), name) }
