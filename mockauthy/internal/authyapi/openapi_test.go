package authyapi

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gorilla/mux"
)

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestOpenAPIDocumentIsValid(t *testing.T) {
	t.Parallel()
	if err := document(t).Validate(context.Background(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Fatal(err)
	}
}

// Every route is documented and every documented call is a route.
func TestOpenAPIDocumentAndRouterAgree(t *testing.T) {
	t.Parallel()
	doc, routed := document(t), map[string]bool{}
	router := newRouter(routes(), func(route) http.Handler { return http.NotFoundHandler() })
	err := router.Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		template, err := r.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := r.GetMethods()
		if err != nil {
			if !strings.HasSuffix(template, "/xml/") && template != "/protected/" && template != "/onetouch/" {
				t.Errorf("%s takes any method", template)
			}
			return nil // the document's description speaks of XML and of unknown paths
		}
		path := regexp.MustCompile(`:\[\^/\]\*`).ReplaceAllString(template, "")
		for _, method := range methods {
			if method == http.MethodHead {
				continue // as GET, which the description says
			}
			routed[method+" "+path] = true
			if item := doc.Paths.Value(path); item == nil || item.GetOperation(method) == nil {
				t.Errorf("%s %s is not documented", method, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if !routed[method+" "+path] {
				t.Errorf("%s %s is documented and not routed", method, path)
			}
		}
	}
}
