package control

import (
	_ "embed" // for the document
)

// openAPI is written by TestOpenAPI from the routes and the comments of the types: go test
// ./mockauthy/internal/control -update
//
//go:embed openapi.json
var openAPI []byte

// OpenAPI returns the OpenAPI 3.1 document of the control API, as GET /_mock/openapi.json does.
func OpenAPI() []byte { return append([]byte(nil), openAPI...) }

// Media types of answers.
const (
	jsonType = "application/json"
	textType = "text/plain"
)

func (h *Handler) document(*call) (reply, error) { return ok(file{jsonType, openAPI}) }

// authyDocument returns the document of Authy's API as this server answers it.
func (h *Handler) authyDocument(*call) (reply, error) { return ok(file{jsonType, h.o.AuthyDocument}) }
