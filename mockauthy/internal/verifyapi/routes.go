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
		{mockapi.V2EntityNew, "POST", service + "/Entities", entityNew},
		{mockapi.V2EntityGet, "GET", entity, entityGet},
		{mockapi.V2EntityList, "GET", service + "/Entities", entityList},
		{mockapi.V2EntityDelete, "DELETE", entity, entityDelete},
		{mockapi.V2ServiceNew, "POST", "/Services", serviceNew},
		{mockapi.V2ServiceGet, "GET", service, serviceGet},
		{mockapi.V2ServiceList, "GET", "/Services", serviceList},
		{mockapi.V2ServiceUpdate, "POST", service, serviceUpdate},
		{mockapi.V2ServiceDelete, "DELETE", service, serviceDelete},
	}
}

// newRouter puts the routes on a gorilla/mux that leaves every byte of a path where it is.
func newRouter(serve func(route) http.Handler) *mux.Router {
	m := mux.NewRouter().SkipClean(true).UseEncodedPath()
	for _, r := range routes() {
		m.Methods(r.method).Path("/v2" + r.path).Handler(serve(r))
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
	return reply{}, verify.ByCode(20004).Because("Verify has this path, but not with %s", strings.ToUpper(c.http.Method))
}
