package verifyapi

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/mockapi"
)

// route is one call of Verify v2.
type route struct {
	endpoint string // its name in fault rules and in the journal
	method   string
	path     string // below /v2
	handle   func(*call) (reply, error)
}

// routes lists every call that the mock answers. The router tries them in order, so that what a
// login uses comes first.
func routes() []route {
	const service, entity = "/Services/{service}", "/Services/{service}/Entities/{identity}"
	const limits = service + "/RateLimits"
	return []route{
		{mockapi.V2ChallengeNew, "POST", entity + "/Challenges", challengeNew},
		{mockapi.V2ChallengeUpdate, "POST", entity + "/Challenges/{sid}", challengeUpdate},
		{mockapi.V2ChallengeGet, "GET", entity + "/Challenges/{sid}", challengeGet},
		{mockapi.V2ChallengeList, "GET", entity + "/Challenges", challengeList},
		{mockapi.V2FactorNew, "POST", entity + "/Factors", factorNew},
		{mockapi.V2FactorUpdate, "POST", entity + "/Factors/{sid}", factorUpdate},
		{mockapi.V2FactorGet, "GET", entity + "/Factors/{sid}", factorGet},
		{mockapi.V2FactorList, "GET", entity + "/Factors", factorList},
		{mockapi.V2FactorDelete, "DELETE", entity + "/Factors/{sid}", factorDelete},
		{mockapi.V2VerificationCheck, "POST", service + "/VerificationCheck", verificationCheck},
		{mockapi.V2VerificationNew, "POST", service + "/Verifications", verificationNew},
		{mockapi.V2VerificationUpdate, "POST", service + "/Verifications/{sid}", verificationUpdate},
		{mockapi.V2VerificationGet, "GET", service + "/Verifications/{sid}", verificationGet},
		{mockapi.V2EntityNew, "POST", service + "/Entities", entityNew},
		{mockapi.V2EntityGet, "GET", entity, entityGet},
		{mockapi.V2EntityList, "GET", service + "/Entities", entityList},
		{mockapi.V2EntityDelete, "DELETE", entity, entityDelete},
		{mockapi.V2ServiceNew, "POST", "/Services", serviceNew},
		{mockapi.V2ServiceGet, "GET", service, serviceGet},
		{mockapi.V2ServiceList, "GET", "/Services", serviceList},
		{mockapi.V2ServiceUpdate, "POST", service, serviceUpdate},
		{mockapi.V2ServiceDelete, "DELETE", service, serviceDelete},
		{mockapi.V2Attempts, "GET", "/Attempts/Summary", attemptSummary},
		{mockapi.V2Attempts, "GET", "/Attempts/{sid}", attemptGet},
		{mockapi.V2Attempts, "GET", "/Attempts", attemptList},
		{mockapi.V2RateLimits, "POST", limits, rateLimitSave},
		{mockapi.V2RateLimits, "GET", limits, rateLimitList},
		{mockapi.V2RateLimits, "POST", limits + "/{limit}", rateLimitSave},
		{mockapi.V2RateLimits, "GET", limits + "/{limit}", rateLimitGet},
		{mockapi.V2RateLimits, "DELETE", limits + "/{limit}", rateLimitDelete},
		{mockapi.V2RateLimits, "POST", limits + "/{limit}/Buckets", bucketSave},
		{mockapi.V2RateLimits, "GET", limits + "/{limit}/Buckets", bucketList},
		{mockapi.V2RateLimits, "POST", limits + "/{limit}/Buckets/{sid}", bucketSave},
		{mockapi.V2RateLimits, "GET", limits + "/{limit}/Buckets/{sid}", bucketGet},
		{mockapi.V2RateLimits, "DELETE", limits + "/{limit}/Buckets/{sid}", bucketDelete},
		{mockapi.V2Webhooks, "POST", service + "/Webhooks", webhookSave},
		{mockapi.V2Webhooks, "GET", service + "/Webhooks", webhookList},
		{mockapi.V2Webhooks, "POST", service + "/Webhooks/{sid}", webhookSave},
		{mockapi.V2Webhooks, "GET", service + "/Webhooks/{sid}", webhookGet},
		{mockapi.V2Webhooks, "DELETE", service + "/Webhooks/{sid}", webhookDelete},
	}
}

// missing are the parts of Verify that the mock does not have, and how their paths begin.
func missing() []struct{ what, path string } {
	const service = "/Services/{service}"
	return []struct{ what, path string }{
		{"notifications of push factors", service + "/Entities/{identity}/Challenges/{sid}/Notifications"},
		{"passkeys", service + "/Passkeys"},
		{"access tokens", service + "/AccessTokens"},
		{"messaging configurations", service + "/MessagingConfigurations"},
		{"templates", "/Templates"}, {"forms", "/Forms"}, {"safe lists", "/SafeList"},
	}
}

// unsupported says that the mock does not have something, in words that nobody takes for Twilio's.
func unsupported(what string) error {
	e := verify.ByCode(60204).Because("the mock has no %s", what)
	e.Message = "mockauthy has no " + what + "; see docs/quirks.md"
	return e
}

// newRouter puts the routes on a gorilla/mux that leaves every byte of a path where it is.
func newRouter(serve func(route) http.Handler) *mux.Router {
	m := mux.NewRouter().SkipClean(true).UseEncodedPath()
	for _, r := range routes() {
		// The path comes first: a later route with another path, but the method asked for, would
		// make the router forget that the path is one of Verify's, and 405 a 404.
		m.Path("/v2" + r.path).Methods(r.method).Handler(serve(r))
	}
	for _, part := range missing() {
		m.PathPrefix("/v2" + part.path).Handler(serve(route{endpoint: mockapi.V2Unsupported,
			handle: func(*call) (reply, error) { return reply{}, unsupported(part.what) }}))
	}
	m.NotFoundHandler = serve(route{endpoint: mockapi.V2Unknown, handle: unknownPath})
	m.MethodNotAllowedHandler = serve(route{endpoint: mockapi.V2Unknown, handle: wrongMethod})
	return m
}

// unknownPath answers every path that Verify does not have.
func unknownPath(*call) (reply, error) {
	return reply{}, verify.ByCode(20404).Because("Verify has no call with this path; a part of it may be empty")
}

func wrongMethod(c *call) (reply, error) {
	return reply{}, verify.ByCode(20004).
		Because("Verify has this path, but not with %s", strings.ToUpper(c.http.Method))
}
