package verify

import (
	"fmt"
	"slices"
	"strconv"
)

// Error is a refusal of Twilio's. Values are copies of rows of the table ([ByCode], [Lookup]).
type Error struct {
	Code    int    // Twilio's, such as 60318
	Name    string // ours, for fault rules: "factor_unverified"
	Status  int    // HTTP status
	Message string
	// Limit is the unique name of the rate limit that was reached, if one was.
	Limit string
	// RetryAfter is in how many seconds a start is below that limit again.
	RetryAfter int64
	// Reason says in words why it was refused, for the journal. It never contains a code or a key.
	Reason string
}

// Error returns code, message and reason.
func (e *Error) Error() string {
	s := "verify error " + strconv.Itoa(e.Code) + ": " + e.Message
	if e.Reason != "" {
		s += " (" + e.Reason + ")"
	}
	return s
}

// Because copies e with a reason for the journal.
func (e *Error) Because(format string, args ...any) *Error {
	c := *e
	c.Reason = fmt.Sprintf(format, args...)
	return &c
}

// ByCode finds an error by Twilio's code; 20001 stands for one that the table lacks. The value is
// the caller's own.
func ByCode(code int) *Error {
	e, ok := Lookup(strconv.Itoa(code))
	if !ok {
		e, _ = Lookup("20001")
	}
	return e
}

// Lookup finds an error by name or by code, as fault rules write it.
func Lookup(nameOrCode string) (*Error, bool) {
	i := slices.IndexFunc(errorTable[:], func(e Error) bool {
		return strconv.Itoa(e.Code) == nameOrCode || e.Name == nameOrCode
	})
	if i < 0 {
		return nil, false
	}
	e := errorTable[i]
	return &e, true
}

// Errors returns a copy of the whole table, ordered by code.
func Errors() []Error { return slices.Clone(errorTable[:]) }

// refuse returns the error with that code and a reason.
func refuse(code int, format string, args ...any) *Error {
	return ByCode(code).Because(format, args...)
}

// Missing is the error of a parameter that is not there: "Missing required parameter FriendlyName
// in the post body" (issue 1019 of twilio-node).
func Missing(parameter string) *Error {
	e := refuse(20001, "there is no %s", parameter)
	e.Message = "Missing required parameter " + parameter + " in the post body"
	return e
}

// Invalid is the error of a parameter that cannot be: 60200, or 60300 for those of entities,
// factors and challenges, with what would be right in the reason.
func Invalid(code int, parameter, format string, args ...any) *Error {
	e := refuse(code, parameter+": "+format, args...)
	e.Message += ": " + parameter
	return e
}

// errorTable has the errors that a client of TOTP or of sent codes can meet. Statuses and meanings
// are those of Twilio's error dictionary, the messages its titles; a capture exists of 20003, 20404
// and 60200, documents of 20001, 20429 and 60311. It is never changed.
var errorTable = [...]Error{
	{Code: 20001, Name: "bad_request", Status: 400, Message: "Bad request"},
	{Code: 20003, Name: "authenticate", Status: 401, Message: "Authenticate"},
	{Code: 20004, Name: "method_not_allowed", Status: 405, Message: "Method not allowed"},
	{Code: 20403, Name: "account_inactive", Status: 403, Message: "Account not active"},
	{Code: 20404, Name: "not_found", Status: 404, Message: "The requested resource was not found"},
	{Code: 20429, Name: "too_many_requests", Status: 429, Message: "Too many requests"},
	{Code: 20500, Name: "internal_server_error", Status: 500, Message: "Internal server error"},
	{Code: 20503, Name: "service_unavailable", Status: 503, Message: "Service unavailable"},
	{Code: 21608, Name: "number_unverified", Status: 403,
		Message: "The phone number is unverified. Trial accounts cannot send messages to unverified numbers"},
	{Code: 60200, Name: "invalid_parameter", Status: 400, Message: "Invalid parameter"},
	{Code: 60202, Name: "max_check_attempts", Status: 429, Message: "Max check attempts reached"},
	{Code: 60203, Name: "max_send_attempts", Status: 429, Message: "Max send attempts reached"},
	{Code: 60204, Name: "feature_unsupported", Status: 403, Message: "Service does not support this feature"},
	{Code: 60205, Name: "landline", Status: 403, Message: "SMS is not supported by landline phone number"},
	{Code: 60206, Name: "psd2_parameters", Status: 400, Message: "PSD2: both Amount and Payee parameters are required"},
	{Code: 60207, Name: "max_rate_limits", Status: 400, Message: "Max rate limits count reached for a service"},
	{Code: 60208, Name: "rate_limit_exists", Status: 400, Message: "Rate limit's unique name already exists"},
	{Code: 60209, Name: "max_buckets", Status: 400, Message: "Max buckets count reached for a rate limit"},
	{Code: 60210, Name: "bucket_exists", Status: 400, Message: "Bucket with that interval already exists"},
	{Code: 60211, Name: "rate_limit_unknown", Status: 400, Message: "Rate limit not found"},
	{Code: 60212, Name: "too_many_concurrent", Status: 429, Message: "Too many concurrent requests for phone number"},
	{Code: 60220, Name: "china_registration", Status: 400, Message: "Use case vetting required to send to China"},
	{Code: 60221, Name: "to_or_sid", Status: 400, Message: "Missing 'To' and 'VerificationSid' parameters"},
	{Code: 60222, Name: "from_disabled", Status: 403, Message: "From address disabled"},
	{Code: 60223, Name: "channel_disabled", Status: 403, Message: "Delivery channel disabled"},
	{Code: 60238, Name: "blocked_by_twilio", Status: 403, Message: "Verify service blocked the verification"},
	{Code: 60246, Name: "service_exists", Status: 409, Message: "Service already exists"},
	{Code: 60248, Name: "name_restricted", Status: 400, Message: "Friendly name has a restricted word"},
	{Code: 60300, Name: "invalid_param", Status: 400, Message: "Invalid parameter"},
	{Code: 60301, Name: "entity_exists", Status: 409, Message: "Entity already exists"},
	{Code: 60302, Name: "factor_type_exists", Status: 400, Message: "Factor type already exists"},
	{Code: 60305, Name: "access_token_parameters", Status: 400, Message: "Access token invalid parameters"},
	{Code: 60306, Name: "invalid_request", Status: 400, Message: "Invalid request"},
	{Code: 60308, Name: "challenge_attempts", Status: 429,
		Message: "Challenge verification attempts limit reached"},
	{Code: 60309, Name: "notifications_limit", Status: 429, Message: "Notifications limit reached"},
	{Code: 60310, Name: "factor_attempts", Status: 429, Message: "Factor verification attempts limit reached"},
	{Code: 60311, Name: "factor_verification_failed", Status: 403, Message: "Factor verification failed"},
	{Code: 60312, Name: "challenge_creation_limit", Status: 429, Message: "Challenge creation limit reached"},
	{Code: 60313, Name: "factor_creation_unauthorized", Status: 403, Message: "Unauthorized factor creation"},
	{Code: 60314, Name: "binding_invalid", Status: 400, Message: "Factor's binding format is invalid"},
	{Code: 60315, Name: "max_factors", Status: 400, Message: "Max factors limit reached for an entity"},
	{Code: 60317, Name: "factor_exists", Status: 409, Message: "Factor already exists"},
	{Code: 60318, Name: "factor_unverified", Status: 403, Message: "Factor is unverified"},
	{Code: 60322, Name: "challenge_responded", Status: 403, Message: "Challenge already responded"},
	{Code: 60323, Name: "challenge_expired", Status: 403, Message: "Challenge expired"},
	{Code: 60324, Name: "challenge_failed", Status: 403, Message: "Challenge verification failed"},
	{Code: 60326, Name: "factor_creation_limit", Status: 429, Message: "Factor creation limit reached"},
	{Code: 60328, Name: "entities_rate_limit", Status: 429, Message: "Entities rate limit reached"},
	{Code: 60330, Name: "webhook_failed", Status: 400, Message: "Webhook request failed"},
	{Code: 60367, Name: "identity_invalid", Status: 400, Message: "Identity is invalid or missing"},
	{Code: 60369, Name: "factor_type_invalid", Status: 400, Message: "Factor type is invalid or missing"},
	{Code: 60370, Name: "factor_config_invalid", Status: 400, Message: "Factor configuration is invalid or missing"},
	{Code: 60373, Name: "page_size_invalid", Status: 400, Message: "Page size is invalid"},
	{Code: 60374, Name: "page_token_invalid", Status: 400, Message: "Page token is invalid"},
	{Code: 60390, Name: "factor_not_found", Status: 404, Message: "Factor not found"},
	{Code: 60391, Name: "challenge_not_found", Status: 404, Message: "Challenge not found"},
	{Code: 60392, Name: "entity_not_found", Status: 404, Message: "Entity not found"},
	{Code: 60410, Name: "fraud_guard", Status: 403, Message: "Verification delivery attempt blocked"},
	{Code: 60605, Name: "geo_permissions", Status: 403, Message: "Verification delivery blocked by geo permissions"},
	{Code: 70051, Name: "authorization_failed", Status: 403, Message: "Authorization error"},
}
