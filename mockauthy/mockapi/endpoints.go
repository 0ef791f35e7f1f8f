package mockapi

import "slices"

// Names of Authy's calls, as fault rules match them and the journal shows them. Those of Verify v2
// begin with v2/.
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

	V2ServiceNew         = "v2/services/new"
	V2ServiceGet         = "v2/services/get"
	V2ServiceList        = "v2/services/list"
	V2ServiceUpdate      = "v2/services/update"
	V2ServiceDelete      = "v2/services/delete"
	V2EntityNew          = "v2/entities/new"
	V2EntityGet          = "v2/entities/get"
	V2EntityList         = "v2/entities/list"
	V2EntityDelete       = "v2/entities/delete"
	V2FactorNew          = "v2/factors/new"
	V2FactorGet          = "v2/factors/get"
	V2FactorList         = "v2/factors/list"
	V2FactorUpdate       = "v2/factors/update" // verifies too
	V2FactorDelete       = "v2/factors/delete"
	V2ChallengeNew       = "v2/challenges/new"
	V2ChallengeGet       = "v2/challenges/get"
	V2ChallengeList      = "v2/challenges/list"
	V2ChallengeUpdate    = "v2/challenges/update"
	V2VerificationNew    = "v2/verifications/new"
	V2VerificationGet    = "v2/verifications/get"
	V2VerificationUpdate = "v2/verifications/update"
	V2VerificationCheck  = "v2/verifications/check"
	V2Attempts           = "v2/attempts"
	V2RateLimits         = "v2/rate_limits" // buckets too
	V2Webhooks           = "v2/webhooks"
	V2Unsupported        = "v2/unsupported" // push, passkeys and the like
	V2Unknown            = "v2/unknown"     // a path that Verify does not have

	// TLS is a TLS handshake, which only fault rules can name. At that time no API key is known, so
	// the rules of the first app apply.
	TLS = "tls"
)

// Endpoints returns the names of all calls of Authy and Verify, in the order of the reference.
func Endpoints() []string {
	return []string{
		AppDetails, AppStats, UserNew, UserUpdate, UserStatus, UserDelete, UserActivity, UserSecret, UserSecretExport,
		UserPhoneNumber, Verify, SMS, Call, Email, ApprovalNew, ApprovalGet, PhoneStart, PhoneCheck, PhoneStatus,
		PhoneInfo, QR, Unknown,
		V2ServiceNew, V2ServiceGet, V2ServiceList, V2ServiceUpdate, V2ServiceDelete, V2EntityNew, V2EntityGet,
		V2EntityList, V2EntityDelete, V2FactorNew, V2FactorGet, V2FactorList, V2FactorUpdate, V2FactorDelete,
		V2ChallengeNew, V2ChallengeGet, V2ChallengeList, V2ChallengeUpdate, V2VerificationNew, V2VerificationGet,
		V2VerificationUpdate, V2VerificationCheck, V2Attempts, V2RateLimits, V2Webhooks, V2Unsupported, V2Unknown,
		TLS,
	}
}

// IsEndpoint says whether name is one of [Endpoints].
func IsEndpoint(name string) bool { return slices.Contains(Endpoints(), name) }
