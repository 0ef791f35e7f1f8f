package authyapi_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"sftpgo-authy/mockauthy/internal/authyapi"
)

// checker compares replies with the OpenAPI document. Every reply that a test here gets goes
// through it, unless a fault made it.
var checker = sync.OnceValues(func() (*schemas, error) {
	doc, err := openapi3.NewLoader().LoadFromData(authyapi.OpenAPI())
	if err != nil {
		return nil, err
	}
	s := &schemas{failure: doc.Components.Responses["Error"].Value}
	for path, item := range doc.Paths.Map() {
		pattern := regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]*")
		for method, op := range item.Operations() {
			s.operations = append(s.operations, operation{method, regexp.MustCompile("^" + pattern + "$"), op})
		}
	}
	return s, nil
})

type schemas struct {
	operations []operation
	failure    *openapi3.Response
}

type operation struct {
	method string
	path   *regexp.Regexp
	*openapi3.Operation
}

// check says how a reply differs from the document.
func (s *schemas) check(method, path string, got answer) error {
	path, _, _ = strings.Cut(path, "?")
	response := s.failure
	for _, op := range s.operations {
		if op.method != method || !op.path.MatchString(path) {
			continue
		}
		if r := op.Responses.Status(got.status); r != nil {
			response = r.Value
		}
	}
	kind, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	media := response.Content.Get(kind)
	if media == nil {
		return fmt.Errorf("%s %s: %d with content type %q is not documented", method, path, got.status, kind)
	}
	if kind != "application/json" {
		return nil
	}
	var body any
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if err := media.Schema.Value.VisitJSON(body, openapi3.EnableJSONSchema2020()); err != nil {
		return fmt.Errorf("%s %s: %d %s: %w", method, path, got.status, got.body, err)
	}
	return nil
}
