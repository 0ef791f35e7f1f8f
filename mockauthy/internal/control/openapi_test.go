package control

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gorilla/mux"

	"sftpgo-authy/mockauthy/internal/world"
)

var update = flag.Bool("update", false, "write openapi.json")

// TestOpenAPI fails when the document is not what follows from routes, types and comments. -update
// writes it.
func TestOpenAPI(t *testing.T) {
	made, err := json.MarshalIndent(build(t), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	made = append(made, '\n')
	if *update {
		if err := os.WriteFile("openapi.json", made, 0o644); err != nil {
			t.Fatal(err)
		}
		openAPI = made
	}
	if !bytes.Equal(made, openAPI) {
		t.Error("openapi.json is not up to date: go test ./mockauthy/internal/control -run TestOpenAPI -update")
	}
	doc, err := openapi3.NewLoader().LoadFromData(OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Fatal(err)
	}
}

// TestEveryRouteIsDocumented walks the router itself.
func TestEveryRouteIsDocumented(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	routed := map[string]bool{}
	err = New(&world.Worlds{}, Options{}).router.Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := r.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := r.GetMethods()
		for _, method := range methods {
			routed[method+" "+path] = true
			if item := doc.Paths.Value(path); item == nil || item.GetOperation(method) == nil {
				t.Errorf("%s %s is not documented", method, path)
			}
		}
		return err
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

// build makes the document out of the routes, their descriptions, the types and the comments in
// their source.
func build(t *testing.T) map[string]any {
	t.Helper()
	s := &schemas{t: t, comments: comments(t, "../../mockapi", "."), made: map[string]any{}}
	described, paths := descriptions(), map[string]map[string]any{}
	for _, r := range (&Handler{}).routes() {
		name := r.method + " " + r.path
		d, ok := described[name]
		if !ok {
			t.Errorf("%s has no description", name)
		}
		if d.global != (r.global != nil) {
			t.Errorf("%s: the description says that it is about the server: %t", name, d.global)
		}
		delete(described, name)
		if paths[r.path] == nil {
			paths[r.path] = map[string]any{}
		}
		paths[r.path][strings.ToLower(r.method)] = s.operation(r, d)
	}
	for name := range described {
		t.Errorf("%s is described and is no route", name)
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "mockauthy's control API", "version": "1",
			"license": map[string]any{"name": "MIT", "identifier": "MIT"},
			"description": "Everything that a test may want of the mock. A call is about the app of the header " +
				"X-Authy-API-Key (or the parameter api_key), else the first. Bodies are JSON without unknown " +
				"fields. Requests with a foreign Origin, or a Host that is not this server's, are refused with 403.",
		},
		"paths":      paths,
		"components": map[string]any{"schemas": s.made},
	}
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

func (s *schemas) operation(r route, d description) map[string]any {
	words := regexp.MustCompile(`\w+`).FindAllString(strings.TrimPrefix(r.path, "/_mock"), -1)
	parameters := []any{}
	for _, m := range inBraces.FindAllStringSubmatch(r.path, -1) {
		parameters = append(parameters, map[string]any{"name": m[1], "in": "path", "required": true,
			"schema": map[string]any{"type": "string"}})
	}
	for _, p := range d.query {
		kind := "string"
		if p.number {
			kind = "integer"
		}
		parameters = append(parameters, map[string]any{"name": p.name, "in": "query", "description": p.text,
			"schema": map[string]any{"type": kind}})
	}
	if !d.global {
		parameters = append(parameters,
			map[string]any{"name": "X-Authy-API-Key", "in": "header",
				"description": "the app; the first one if not given", "schema": map[string]any{"type": "string"}},
			map[string]any{"name": "api_key", "in": "query", "description": "the app, for what cannot set headers",
				"schema": map[string]any{"type": "string"}})
	}
	op := map[string]any{"operationId": strings.Join(append([]string{strings.ToLower(r.method)}, words...), "_"),
		"summary": d.summary, "parameters": parameters}
	if d.body != nil {
		op["requestBody"] = map[string]any{
			"content": map[string]any{jsonType: map[string]any{"schema": s.request(d.body)}}}
	}
	status, answer := d.status, map[string]any{"description": "done"}
	switch {
	case d.media != "":
		answer["content"] = map[string]any{d.media: map[string]any{"schema": map[string]any{"type": "string"}}}
	case d.answer != nil:
		answer["content"] = map[string]any{jsonType: map[string]any{"schema": s.response(d.answer)}}
	case status == 0:
		status = http.StatusNoContent
	}
	if status == 0 {
		status = http.StatusOK
	}
	refused := map[string]any{"description": "refused",
		"content": map[string]any{jsonType: map[string]any{"schema": s.response(refusal{})}}}
	op["responses"] = map[string]any{strconv.Itoa(status): answer, "4XX": refused}
	return op
}

// required are the fields without which a request makes no sense.
func required(name string) []string {
	return map[string][]string{"NewUser": {"cellphone"}, "NewRule": {"effect"}}[name]
}
