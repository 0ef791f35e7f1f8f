package control_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"sftpgo-authy/mockauthy/internal/control"
)

// documented returns the document's idea of routes, made once: it never changes.
var documented = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(control.OpenAPI())
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

// validate holds a reply against the document. Calls that the document does not have are answered
// with 404 or 405.
func validate(t *testing.T, r *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	router, err := documented()
	if err != nil {
		t.Fatal(err)
	}
	route, path, err := router.FindRoute(r)
	if err != nil {
		if rec.Code < 400 {
			t.Errorf("%s %s: %v, and yet it is answered with %d", r.Method, r.URL, err, rec.Code)
		}
		return
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: path, Route: route},
		Status:                 rec.Code, Header: rec.Header(), Body: io.NopCloser(bytes.NewReader(rec.Body.Bytes())),
		// Pictures and certificates have no schema to hold.
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true,
			ExcludeResponseBody: rec.Code == 200 && rec.Header().Get("Content-Type") != "application/json"},
	})
	if err != nil {
		t.Errorf("%s %s: %d is not as documented: %v", r.Method, r.URL, rec.Code, err)
	}
}
